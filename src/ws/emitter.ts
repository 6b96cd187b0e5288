// The EventEmitter that a WebSocket is, with the types of its events.

import { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RawData } from './data.ts';

/** The arguments of each event of a WebSocket. */
export interface WebSocketEvents {
  open: [];
  message: [data: RawData, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  upgrade: [response: IncomingMessage];
  redirect: [url: string, request: ClientRequest];
  'unexpected-response': [request: ClientRequest, response: IncomingMessage];
}

type Listener<This, Name extends keyof WebSocketEvents> = (this: This, ...values: WebSocketEvents[Name]) => void;
// biome-ignore lint/suspicious/noExplicitAny: as EventEmitter declares it, for events of the application's own
type AnyListener<This> = (this: This, ...values: any[]) => void;

/** An EventEmitter with the events of a WebSocket. */
export interface WebSocketEmitter extends EventEmitter {
  on<Name extends keyof WebSocketEvents>(event: Name, listener: Listener<this, Name>): this;
  on(event: string | symbol, listener: AnyListener<this>): this;
  once<Name extends keyof WebSocketEvents>(event: Name, listener: Listener<this, Name>): this;
  once(event: string | symbol, listener: AnyListener<this>): this;
  off<Name extends keyof WebSocketEvents>(event: Name, listener: Listener<this, Name>): this;
  off(event: string | symbol, listener: AnyListener<this>): this;
  addListener<Name extends keyof WebSocketEvents>(event: Name, listener: Listener<this, Name>): this;
  addListener(event: string | symbol, listener: AnyListener<this>): this;
  removeListener<Name extends keyof WebSocketEvents>(event: Name, listener: Listener<this, Name>): this;
  removeListener(event: string | symbol, listener: AnyListener<this>): this;
}

/** The class to extend. */
export const WebSocketEmitter = EventEmitter as unknown as {
  new (): WebSocketEmitter;
  prototype: WebSocketEmitter;
} & Omit<typeof EventEmitter, 'prototype'>;
