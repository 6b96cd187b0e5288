// WebSockets of the web's class for one test, and what their listeners are told.

import type { FailureEvent } from '../../src/whatwg/index.ts';
import { type CloseEvent, type MessageEvent, WebSocket, type WebSocketOptions } from '../../src/whatwg/index.ts';
import type { Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

/** What happened, in words: `open`, `message x`, `error`, `close 1000 reason clean`. */
export interface Recording {
  readonly socket: WebSocket;
  readonly events: string[];
  readonly messages: Inbox<unknown>;
  /** Resolves with the event. */
  readonly opened: Promise<Event>;
  /** Resolves with the event. */
  readonly failed: Promise<FailureEvent>;
  /** Resolves with the event. */
  readonly closed: Promise<CloseEvent>;
}

/** Makes a WebSocket. It is closed at the end of the scope. */
export function record(scope: Scope, url: string, options?: string | string[] | WebSocketOptions): Recording {
  return recordOf(scope, new WebSocket(url, options));
}

export function recordOf(scope: Scope, socket: WebSocket): Recording {
  const events: string[] = [];
  const messages = new Inbox<unknown>();
  const on = <Shape extends Event>(type: string, seen: (event: Shape) => void): Promise<Shape> =>
    new Promise((resolve) => {
      socket.addEventListener(type, (event) => {
        seen(event as Shape);
        resolve(event as Shape);
      });
    });
  const opened = on<Event>('open', () => events.push('open'));
  void on<MessageEvent>('message', ({ data }) => {
    events.push(`message ${String(data)}`);
    messages.push(data);
  });
  const failed = on<FailureEvent>('error', () => events.push('error'));
  const closed = on<CloseEvent>('close', ({ code, reason, wasClean }) => {
    events.push(`close ${code} ${JSON.stringify(reason)} ${wasClean ? 'clean' : 'not clean'}`);
  });
  scope.defer(async () => {
    if (socket.readyState === socket.CLOSED) return;
    socket.close();
    await closed;
  });
  return { socket, events, messages, opened, failed, closed };
}

/** Runs `call` and returns what it throws. */
export function thrownBy(call: () => unknown): Error & { readonly code?: unknown } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
