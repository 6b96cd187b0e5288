// The public entry `harmony-websocket`: `webSocket` as `@kit.NetworkKit` has it, `hilog`, and the error and callback
// types of `@kit.BasicServicesKit`.

import { hilogSettings } from '../hilog/environment.ts';
import {
  createHilog,
  type Hilog,
  type LogLevel as HilogLevel,
  type OutputType as HilogOutput,
  type PreferStrategy as HilogPreference,
} from '../hilog/hilog.ts';
import { nodeContexts } from '../node/contexts.ts';
import { readEngineRequest } from './client/engine-link.ts';
import { KitWebSocket } from './client/web-socket.ts';
import { setDiagnostics } from './diagnostics.ts';
import { hostDiagnostics } from './host-diagnostics.ts';
import { setBasePolicy } from './policy.ts';
import { policyOfEnvironment } from './policy-environment.ts';
import { KitWebSocketServer } from './server/web-socket-server.ts';
import { TlsProtocol } from './tls-protocol.ts';
import type * as kit from './types.ts';

export type { Hilog } from '../hilog/hilog.ts';
export { type AsyncCallback, BusinessError, type Callback, type ErrorCallback } from './business-error.ts';

setDiagnostics(hostDiagnostics);
setBasePolicy(policyOfEnvironment(process.env));

/**
 * The module: an object with three members at run time, and a namespace of types.
 *
 * There are three extensions, none of them enumerable: server objects have a `serverPort` (the real port of the
 * listener that started last); the second argument of a server's `close` event has a `closeReason` (the reason, under
 * the name that devices use); and errors have a `cause`, if more is known than the kit's codes can express.
 */
export const webSocket = {
  /** Makes a client, which is not connected yet. */
  createWebSocket(): kit.WebSocket {
    return new KitWebSocket(readEngineRequest, nodeContexts);
  },
  /** Makes a server, which does not listen yet. */
  createWebSocketServer(): kit.WebSocketServer {
    return new KitWebSocketServer();
  },
  /** TLS versions by name. */
  TlsProtocol,
};

export declare namespace webSocket {
  /** A client certificate and its key. */
  export type ClientCert = kit.ClientCert;
  /** Listener of a server's `close` event. */
  export type ClientConnectionCloseCallback = kit.ClientConnectionCloseCallback;
  /** How a connection ended. */
  export type CloseResult = kit.CloseResult;
  /** An HTTP proxy. */
  export type HttpProxy = kit.HttpProxy;
  /** Value of `open` in ArkTS-static. */
  export type OpenResult = kit.OpenResult;
  /** The proxy to use. */
  export type ProxyConfiguration = kit.ProxyConfiguration;
  /** Header fields of the server's response. */
  export type ResponseHeaders = kit.ResponseHeaders;
  /** A server certificate and its key. */
  export type ServerCert = kit.ServerCert;
  /** The number of a TLS version. */
  export type TlsProtocol = kit.TlsProtocol;
  /** A client. */
  export type WebSocket = kit.WebSocket;
  /** What `close` takes. */
  export type WebSocketCloseOptions = kit.WebSocketCloseOptions;
  /** A client of the server. */
  export type WebSocketConnection = kit.WebSocketConnection;
  /** A message that the server received. */
  export type WebSocketMessage = kit.WebSocketMessage;
  /** Value of `openInfo`. */
  export type WebSocketOpenInfo = kit.WebSocketOpenInfo;
  /** What `connect` takes. */
  export type WebSocketRequestOptions = kit.WebSocketRequestOptions;
  /** A server. */
  export type WebSocketServer = kit.WebSocketServer;
  /** What `start` takes. */
  export type WebSocketServerConfig = kit.WebSocketServerConfig;

  /** The members of the enum as types. */
  export namespace TlsProtocol {
    /** TLS 1.0. */
    export type TLS_V_1_0 = 0;
    /** TLS 1.1. */
    export type TLS_V_1_1 = 1;
    /** TLS 1.2. */
    export type TLS_V_1_2 = 2;
    /** TLS 1.3. */
    export type TLS_V_1_3 = 3;
  }
}

/** The logger of OpenHarmony. */
export const hilog: Hilog = createHilog(hilogSettings(process.env));

export declare namespace hilog {
  /** The number of a level. */
  export type LogLevel = HilogLevel;
  /** The number of a place that log lines go to. */
  export type OutputType = HilogOutput;
  /** The number of a strategy. */
  export type PreferStrategy = HilogPreference;
}

export default webSocket;
