// The public entry `harmony-websocket/ws`: the classes and functions of `ws` on this engine. `require` gives the class
// WebSocket, with the others as its members, as `require('ws')` does.

import { extension } from './extension.ts';
import { PerMessageDeflate } from './permessage-deflate.ts';
import { WebSocketReceiver as Receiver } from './receiver.ts';
import { WebSocketSender as Sender } from './sender.ts';
import { createWebSocketStream } from './stream.ts';
import { subprotocol } from './subprotocol.ts';
import type * as types from './types.ts';
import { WebSocket as WebSocketClass } from './websocket.ts';

const members = {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  subprotocol,
  WebSocket: WebSocketClass,
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
  type WebSocketEventMap = types.WebSocketEventMap;
}

export type {
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
  WebSocketEventMap,
} from './types.ts';
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
