// The public entry `harmony-websocket/ws`: the classes and functions of `ws` on this engine. `require` gives the class
// WebSocket, with the others as its members, as `require('ws')` does.

import type { IncomingMessage } from 'node:http';
import { extension } from './extension.ts';
import { PerMessageDeflate } from './permessage-deflate.ts';
import { WebSocketReceiver as Receiver } from './receiver.ts';
import { WebSocketSender as Sender } from './sender.ts';
import { createWebSocketStream } from './stream.ts';
import { subprotocol } from './subprotocol.ts';
import type * as types from './types.ts';
import { WebSocket as WebSocketClass } from './websocket.ts';
import { WebSocketServer as ServerClass } from './websocket-server.ts';

const members = {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  Server: ServerClass,
  subprotocol,
  WebSocket: WebSocketClass,
  WebSocketServer: ServerClass,
};

const WebSocket: typeof WebSocketClass & typeof members = Object.assign(WebSocketClass, members);
type WebSocket = WebSocketClass;

/** The types, by the names that they have as members of the class: `WebSocket.RawData`. */
declare namespace WebSocket {
  type WebSocket = WebSocketClass;
  type CertMeta = types.CertMeta;
  type ClientOptions = types.ClientOptions;
  type CloseEvent = types.CloseEvent;
  type Data = types.Data;
  type ErrorEvent = types.ErrorEvent;
  type Event = types.Event;
  type EventListenerOptions = types.EventListenerOptions;
  type FinishRequestCallback = types.FinishRequestCallback;
  type MessageEvent = types.MessageEvent;
  type PerMessageDeflateOptions = types.PerMessageDeflateOptions;
  type RawData = types.RawData;
  type AddressInfo = types.AddressInfo;
  type Server<
    Class extends typeof WebSocketClass = typeof WebSocketClass,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = ServerClass<Class, Request>;
  type ServerOptions<
    Class extends typeof WebSocketClass = typeof WebSocketClass,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = types.ServerOptions<Class, Request>;
  type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> =
    types.VerifyClientCallbackAsync<Request>;
  type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> =
    types.VerifyClientCallbackSync<Request>;
  type WebSocketServer<
    Class extends typeof WebSocketClass = typeof WebSocketClass,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = ServerClass<Class, Request>;
  type WebSocketEventMap = types.WebSocketEventMap;
}

export type {
  AddressInfo,
  CertMeta,
  ClientOptions,
  CloseEvent,
  Data,
  ErrorEvent,
  Event,
  EventListenerOptions,
  FinishRequestCallback,
  MessageEvent,
  PerMessageDeflateOptions,
  RawData,
  ServerOptions,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  WebSocketEventMap,
} from './types.ts';
export { WebSocketServer as Server, WebSocketServer } from './websocket-server.ts';
export {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  subprotocol,
  WebSocket,
  WebSocket as default,
  WebSocket as 'module.exports',
};
