// A connection whose large messages are read in parts, by a reader that the test steers, and what this reader was given:
// `text "ab"`, `binary 01 02`, `text "a" … ERR_WS_LOST`.

import type { Connection } from '../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../src/core/connection/handlers.ts';
import type { Role } from '../../src/core/constants.ts';
import { WebSocketError } from '../../src/core/errors.ts';
import type { MessageStream } from '../../src/core/message/message-stream.ts';
import { type OpenConnection, openConnection, type Setup } from './core-connection.ts';
import { turn } from './handles.ts';
import { concat } from './hex.ts';
import { showData } from './wire.ts';

export interface StreamedConnection extends OpenConnection {
  /** What the application has been given, in order. */
  readonly got: string[];
  /** The messages that are read in parts, as they began. */
  readonly streams: MessageStream[];
  /** Lets readers and what they set off go on until nothing moves. */
  settle(): Promise<void>;
}

/** How a message is read. Default: to its end. */
export type Read = (message: MessageStream) => unknown;

/** @param read  called in the `message` handler with each message in parts; its promise is the handler's */
export function openStreamed(role: Role, setup: Setup & { read?: Read } = {}): StreamedConnection {
  const { read, ...settings } = setup;
  const got: string[] = [];
  const streams: MessageStream[] = [];
  const handlers: ConnectionHandlers<Connection, string | Uint8Array | MessageStream> = {
    ...settings.handlers,
    message(_, data) {
      if (typeof data === 'string' || ArrayBuffer.isView(data)) {
        got.push(`whole ${showData(data)}`);
        return undefined;
      }
      streams.push(data);
      return read === undefined ? readAll(data).then((shown) => got.push(shown)) : read(data);
    },
  };
  const run = openConnection(role, {
    streamAbove: 0,
    ...settings,
    handlers: handlers as ConnectionHandlers<Connection>,
  });
  async function settle(): Promise<void> {
    const state = (): string =>
      [got.length, streams.at(-1)?.received, run.events.length, run.transport.calls.length].join();
    for (let quiet = 0, before = state(); quiet < 3; before = state()) {
      await turn();
      run.turn.end();
      quiet = state() === before ? quiet + 1 : 0;
    }
  }
  return { ...run, got, streams, settle };
}

/** Reads to the end. */
export async function readAll(message: MessageStream): Promise<string> {
  const kind = message.isBinary ? 'binary' : 'text';
  const parts: (string | Uint8Array)[] = [];
  let end = '';
  try {
    for await (const part of message) parts.push(part);
  } catch (error) {
    end = error instanceof WebSocketError ? ` … ${error.code}` : ` … ${error}`;
  }
  return `${kind} ${showData(joined(parts, message.isBinary))}${end}`;
}

export function joined(parts: readonly (string | Uint8Array)[], isBinary = false): string | Uint8Array {
  if (parts.every((part) => typeof part !== 'string') && (isBinary || parts.length > 0)) {
    return concat(parts as readonly Uint8Array[]);
  }
  return parts.join('');
}
