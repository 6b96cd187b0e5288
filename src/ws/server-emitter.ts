// The EventEmitter that a WebSocketServer is, with the types of its events.

import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from './websocket.ts';

/** The arguments of each event of a server. */
export interface ServerEvents<Socket, Request> {
  connection: [webSocket: Socket, request: Request];
  error: [error: Error];
  headers: [headers: string[], request: Request];
  close: [];
  listening: [];
  wsClientError: [error: Error, socket: Duplex, request: Request];
}

type Listener<This, Values extends unknown[]> = (this: This, ...values: Values) => void;
// biome-ignore lint/suspicious/noExplicitAny: as EventEmitter declares it, for events of the application's own
type AnyListener<This> = (this: This, ...values: any[]) => void;

/** An EventEmitter with the events of a server. */
export interface ServerEmitter<Socket = WebSocket, Request = IncomingMessage> extends EventEmitter {
  on<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: Listener<this, ServerEvents<Socket, Request>[Name]>,
  ): this;
  on(event: string | symbol, listener: AnyListener<this>): this;
  once<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: Listener<this, ServerEvents<Socket, Request>[Name]>,
  ): this;
  once(event: string | symbol, listener: AnyListener<this>): this;
  off<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: Listener<this, ServerEvents<Socket, Request>[Name]>,
  ): this;
  off(event: string | symbol, listener: AnyListener<this>): this;
  addListener<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: Listener<this, ServerEvents<Socket, Request>[Name]>,
  ): this;
  addListener(event: string | symbol, listener: AnyListener<this>): this;
  removeListener<Name extends keyof ServerEvents<Socket, Request>>(
    event: Name,
    listener: Listener<this, ServerEvents<Socket, Request>[Name]>,
  ): this;
  removeListener(event: string | symbol, listener: AnyListener<this>): this;
}

/** The class to extend. */
export const ServerEmitter = EventEmitter as unknown as {
  new <Socket, Request>(): ServerEmitter<Socket, Request>;
  prototype: ServerEmitter;
} & Omit<typeof EventEmitter, 'prototype'>;
