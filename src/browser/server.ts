// `webSocket.createWebSocketServer()` in a browser: an object with the methods of a server, which are refused.
// Listeners are checked and never called, so that code that prepares both ends can be loaded.

import { answerPromise } from '../kit/answer-promise.ts';
import { addListener, clearListener, type ListenerTable, removeListener, setListener } from '../kit/listeners.ts';
import type { WebSocketConnection, WebSocketServer } from '../kit/types.ts';
import { refusedOperation } from './refusal.ts';

export class AbsentServer implements WebSocketServer {
  /** One slot is enough for events that never happen. */
  readonly #slot: ListenerTable<{ never: unknown }> = { never: undefined };

  start(): Promise<boolean> {
    return refused('start', 'start');
  }

  stop(): Promise<boolean> {
    return refused('stop', 'stop');
  }

  send(): Promise<boolean> {
    return refused('send', 'send of a server');
  }

  close(): Promise<boolean> {
    return refused('close', 'close of a server');
  }

  /** @throws BusinessError 2302999, as before `start` */
  listAllConnections(): WebSocketConnection[] {
    throw refusedOperation('listAllConnections');
  }

  on(...args: unknown[]): void {
    addListener(this.#slot, args);
  }

  off(...args: unknown[]): void {
    removeListener(this.#slot, args);
  }

  onConnect(...args: unknown[]): void {
    setListener(this.#slot, 'never', args);
  }

  offConnect(...args: unknown[]): void {
    clearListener(this.#slot, 'never', args);
  }

  onMessageReceive(...args: unknown[]): void {
    setListener(this.#slot, 'never', args);
  }

  offMessageReceive(...args: unknown[]): void {
    clearListener(this.#slot, 'never', args);
  }

  onWebSocketServerClose(...args: unknown[]): void {
    setListener(this.#slot, 'never', args);
  }

  offWebSocketServerClose(...args: unknown[]): void {
    clearListener(this.#slot, 'never', args);
  }

  onWebSocketServerError(...args: unknown[]): void {
    setListener(this.#slot, 'never', args);
  }

  offWebSocketServerError(...args: unknown[]): void {
    clearListener(this.#slot, 'never', args);
  }
}

function refused(method: string, what: string): Promise<never> {
  return answerPromise(Promise.reject(refusedOperation(what)), `WebSocketServer.${method}`);
}
