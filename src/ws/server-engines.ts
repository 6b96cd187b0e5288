// The engine's servers of a server in the shape of `ws`: one for each compression and size of message that its options have
// had. `ws` reads both for each upgrade, and crossws changes them for one.

import { createServer, type Server as EngineServer } from '../server/server.ts';
import type { SocketOptions } from './client-options.ts';
import { serverSettings } from './server-options.ts';
import { type WebSocket, webSocketHandlers } from './websocket.ts';

export class ServerEngines {
  readonly #made = new Map<string, EngineServer<WebSocket>>();
  #engine: EngineServer<WebSocket> | undefined;
  #perMessageDeflate: unknown;
  #maxPayload: unknown;

  /**
   * The engine's server for the options as they are now.
   *
   * @throws WebSocketError ERR_WS_OPTION
   */
  for(options: SocketOptions): EngineServer<WebSocket> {
    const { perMessageDeflate, maxPayload } = options;
    if (
      this.#engine === undefined ||
      perMessageDeflate !== this.#perMessageDeflate ||
      maxPayload !== this.#maxPayload
    ) {
      this.#engine = this.#find(options);
      this.#perMessageDeflate = perMessageDeflate;
      this.#maxPayload = maxPayload;
    }
    return this.#engine;
  }

  #find(options: SocketOptions): EngineServer<WebSocket> {
    const settings = serverSettings(options);
    const key = JSON.stringify([settings.compression, options.maxPayload]);
    const present = this.#made.get(key);
    if (present !== undefined) return present;
    const made = createServer<WebSocket>({
      ...settings,
      ...webSocketHandlers,
      upgrade: () => {
        throw new Error('each upgrade has its owner');
      },
    } as Parameters<typeof createServer<WebSocket>>[0]);
    this.#made.set(key, made);
    return made;
  }
}
