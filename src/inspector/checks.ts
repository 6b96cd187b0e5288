// The arguments of `createInspector`, checked, with their defaults.

import { webSocketError } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import { isLoopback } from './access.ts';
import type { HistoryBounds } from './history.ts';
import { inspectorSchema } from './option-rows.ts';
import { type InspectorOptions, inspectorDefaults } from './options.ts';

/** Checked options, with their defaults. */
export interface InspectorSettings {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly tls: ServerTlsOptions | undefined;
  readonly allowedOrigins: readonly string[];
  readonly history: HistoryBounds;
  readonly maxFramesPerSecond: number;
  readonly maxPayloadSize: number;
  readonly showSecrets: boolean;
}

/**
 * @throws WebSocketError ERR_WS_OPTION for a bad option, and for an address that others can reach without a token
 */
export function checkInspectorOptions(given: InspectorOptions | undefined): InspectorSettings {
  const options = readOptions(inspectorSchema, given);
  const { host = inspectorDefaults.host, token } = options;
  if (token === undefined && !isLoopback(host)) {
    const expected = `a loopback address such as 127.0.0.1, or a token as well: others can reach ${host}, and would see all messages`;
    throw webSocketError('ERR_WS_OPTION', 'host', host, expected);
  }
  return {
    host,
    port: options.port ?? inspectorDefaults.port,
    token,
    tls: options.tls,
    allowedOrigins: options.allowedOrigins ?? [],
    history: {
      connections: options.history?.connections ?? inspectorDefaults.history.connections,
      frames: options.history?.frames ?? inspectorDefaults.history.frames,
      bytes: options.history?.bytes ?? inspectorDefaults.history.bytes,
    },
    maxFramesPerSecond: options.maxFramesPerSecond ?? inspectorDefaults.maxFramesPerSecond,
    maxPayloadSize: options.maxPayloadSize ?? inspectorDefaults.maxPayloadSize,
    showSecrets: options.showSecrets ?? false,
  };
}

/** @throws WebSocketError ERR_WS_OPTION for something that is not a server of this package */
export function checkServer(server: unknown): void {
  const isServer =
    typeof server === 'object' && server !== null && typeof Reflect.get(server, 'observe') === 'function';
  if (isServer) return;
  const expected = 'a server of createServer: createInspector(server, { port: 9229 })';
  throw webSocketError('ERR_WS_OPTION', 'first argument of createInspector', server, expected);
}
