// The kit's client: `webSocket.createWebSocket()`. It checks calls in the order of kit specification §2.3 and answers
// them. A session (client-session.ts) is responsible from `connect` to the end of a connection.

import { type Contexts, noContexts } from '../../core/ports.ts';
import { type AsyncCallback, asBusinessError, type BusinessError, businessError } from '../business-error.ts';
import { requestedClose } from '../close-result.ts';
import { counted, described } from '../described.ts';
import { addListener, clearListener, type ListenerTable, removeListener, setListener } from '../listeners.ts';
import { payloadError, payloadOf } from '../payload.ts';
import { domainDenial, networkDenial } from '../policy.ts';
import type { WebSocket, WebSocketCloseOptions, WebSocketRequestOptions } from '../types.ts';
import { type Answer, Answers, callbackOf, type MaybeCallback } from './answers.ts';
import { type ClientListeners, reportNoHost, type StaticClientListeners } from './client-events.ts';
import { ClientSession, type SessionOwner } from './client-session.ts';
import { connectCall } from './connect-call.ts';
import type { ConnectRequest, ReadRequest } from './link.ts';
import { parseUrl, type Target } from './url.ts';

/** A client object. It makes any number of connections, one after the other. */
export class KitWebSocket implements WebSocket {
  readonly #listeners: ListenerTable<ClientListeners> = {
    open: undefined,
    openInfo: undefined,
    message: undefined,
    close: undefined,
    error: undefined,
    dataEnd: undefined,
    headerReceive: undefined,
  };
  readonly #staticListeners: ListenerTable<StaticClientListeners> = {
    open: undefined,
    message: undefined,
    close: undefined,
    error: undefined,
    dataEnd: undefined,
    headerReceive: undefined,
  };
  readonly #owner: SessionOwner = {
    listeners: this.#listeners,
    staticListeners: this.#staticListeners,
    ended: (session) => {
      if (this.#session === session) this.#session = undefined;
    },
  };
  readonly #answers: Answers;
  /** Absent while idle. */
  #session: ClientSession | undefined;
  readonly #read: ReadRequest;
  readonly #contexts: Contexts;

  /**
   * @param read      reads the options for what connects: the engine, or the browser's own WebSocket
   * @param contexts  those of the host
   */
  constructor(read: ReadRequest, contexts: Contexts = noContexts) {
    this.#answers = new Answers('WebSocket', contexts);
    this.#read = read;
    this.#contexts = contexts;
  }

  connect(url: string, callback: AsyncCallback<boolean>): void;
  connect(url: string, options: WebSocketRequestOptions, callback: AsyncCallback<boolean>): void;
  connect(url: string, options?: WebSocketRequestOptions): Promise<boolean>;
  connect(...args: unknown[]): Answer {
    const callback = callbackOf(args);
    try {
      const { url, options } = connectCall(args);
      const request = this.#read(options);
      const denial = networkDenial();
      if (denial !== undefined) throw denial;
      const target = parseUrl(url);
      const foreignDomain = target.kind === 'target' ? domainDenial(target.host) : undefined;
      if (foreignDomain !== undefined) throw foreignDomain;
      request.check();
      if (this.#session !== undefined) {
        throw businessError(
          'connectionExists',
          'this object already has a connection, or is making or closing one; wait for its close event, or create another object',
        );
      }
      switch (target.kind) {
        case 'malformed':
          throw businessError('url', target.problem);
        case 'nowhere':
          reportNoHost(this.#owner, target.problem);
          throw businessError('connectFailed', target.problem);
        case 'target':
          return this.#begin(request, target, callback);
      }
    } catch (error) {
      return this.#answers.settle(callback, asBusinessError(error), 'connect');
    }
  }

  #begin(request: ConnectRequest, target: Target, callback: MaybeCallback): Answer {
    const call = this.#answers.begin(callback, 'connect');
    try {
      this.#session = new ClientSession(this.#owner, call, this.#contexts, request, target);
    } catch (error) {
      call.settle(asBusinessError(error));
    }
    return call.answer;
  }

  send(data: string | ArrayBuffer, callback: AsyncCallback<boolean>): void;
  send(data: string | ArrayBuffer): Promise<boolean>;
  send(...args: unknown[]): Answer {
    const callback = callbackOf(args);
    return this.#answers.settle(callback, this.#send(args, callback !== undefined), 'send');
  }

  #send(args: readonly unknown[], hasCallback: boolean): BusinessError | undefined {
    try {
      if (args.length !== 1 && !(args.length === 2 && hasCallback)) {
        return businessError(
          'parameter',
          `send got ${counted(args.length, 'argument')}; expected data, and optionally a callback`,
        );
      }
      const payload = payloadOf(args[0]);
      if (payload === undefined) return payloadError(args[0]);
      const denial = networkDenial();
      if (denial !== undefined) return denial;
      if (this.#session?.send(payload) === true) return undefined;
      const problem =
        this.#session === undefined
          ? 'the client is not connected; call connect, and wait for the open event'
          : 'the connection is closing and accepts no more messages';
      return businessError('notConnected', problem);
    } catch (error) {
      return asBusinessError(error);
    }
  }

  close(callback: AsyncCallback<boolean>): void;
  close(options: WebSocketCloseOptions, callback: AsyncCallback<boolean>): void;
  close(options?: WebSocketCloseOptions): Promise<boolean>;
  close(...args: unknown[]): Answer {
    const callback = callbackOf(args);
    try {
      const requested = requestedClose(closeOptions(args));
      const denial = networkDenial();
      if (denial !== undefined) throw denial;
      if (this.#session === undefined)
        throw businessError('unknown', 'the client is not connected: there is nothing to close');
      if (!this.#session.close(requested)) throw businessError('unknown', 'the connection is already closing');
    } catch (error) {
      return this.#answers.settle(callback, asBusinessError(error), 'close');
    }
    return this.#answers.settle(callback);
  }

  on(...args: unknown[]): void {
    addListener(this.#listeners, args);
  }

  off(...args: unknown[]): void {
    removeListener(this.#listeners, args);
  }

  onOpen(...args: unknown[]): void {
    setListener(this.#staticListeners, 'open', args);
  }

  offOpen(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'open', args);
  }

  onMessage(...args: unknown[]): void {
    setListener(this.#staticListeners, 'message', args);
  }

  offMessage(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'message', args);
  }

  onWebSocketClose(...args: unknown[]): void {
    setListener(this.#staticListeners, 'close', args);
  }

  offWebSocketClose(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'close', args);
  }

  onWebSocketError(...args: unknown[]): void {
    setListener(this.#staticListeners, 'error', args);
  }

  offWebSocketError(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'error', args);
  }

  onDataEnd(...args: unknown[]): void {
    setListener(this.#staticListeners, 'dataEnd', args);
  }

  offDataEnd(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'dataEnd', args);
  }

  onHeaderReceive(...args: unknown[]): void {
    setListener(this.#staticListeners, 'headerReceive', args);
  }

  offHeaderReceive(...args: unknown[]): void {
    clearListener(this.#staticListeners, 'headerReceive', args);
  }
}

/**
 * The options of `close`: `()`, `(callback)`, `(options)`, `(options, callback)`. Without a callback, `undefined`
 * stands for no options.
 *
 * @throws BusinessError 401 for other arguments
 */
function closeOptions(args: readonly unknown[]): object | undefined {
  const [first, second] = args;
  if (args.length === 0) return undefined;
  if (args.length === 1 && (first === undefined || typeof first === 'function')) return undefined;
  if (args.length > 2) {
    throw businessError('parameter', `close got ${args.length} arguments; expected at most options and a callback`);
  }
  if (args.length === 2 && typeof second !== 'function') {
    throw businessError(
      'parameter',
      `the second argument of close is ${described(second)}; expected a callback function`,
    );
  }
  if (typeof first !== 'object' || first === null) {
    throw businessError('parameter', `the options of close are ${described(first)}; expected an object or a callback`);
  }
  return first;
}
