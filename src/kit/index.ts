// The public entry `harmony-websocket`: `webSocket` as `@kit.NetworkKit` has it, `hilog`, and the error and callback types
// of `@kit.BasicServicesKit`.

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
 * The module: at run time an object with three members, in types also a namespace.
 *
 * Beyond the kit, objects of `createWebSocketServer` have a non-enumerable `serverPort` (the real port of the listener
 * started last), the second argument of a server's `close` event a non-enumerable `closeReason` (its reason, under the
 * name that devices use), and errors a non-enumerable `cause`, where the engine knows more than the kit's codes can say.
 */
export const webSocket = {
  /** A client, not connected. */
  createWebSocket(): kit.WebSocket {
    return new KitWebSocket(readEngineRequest, nodeContexts);
  },
  /** A server, not listening. */
  createWebSocketServer(): kit.WebSocketServer {
    return new KitWebSocketServer();
  },
  TlsProtocol,
};

export declare namespace webSocket {
  export type ClientCert = kit.ClientCert;
  export type ClientConnectionCloseCallback = kit.ClientConnectionCloseCallback;
  export type CloseResult = kit.CloseResult;
  export type HttpProxy = kit.HttpProxy;
  export type OpenResult = kit.OpenResult;
  export type ProxyConfiguration = kit.ProxyConfiguration;
  export type ResponseHeaders = kit.ResponseHeaders;
  export type ServerCert = kit.ServerCert;
  export type TlsProtocol = kit.TlsProtocol;
  export type WebSocket = kit.WebSocket;
  export type WebSocketCloseOptions = kit.WebSocketCloseOptions;
  export type WebSocketConnection = kit.WebSocketConnection;
  export type WebSocketMessage = kit.WebSocketMessage;
  export type WebSocketOpenInfo = kit.WebSocketOpenInfo;
  export type WebSocketRequestOptions = kit.WebSocketRequestOptions;
  export type WebSocketServer = kit.WebSocketServer;
  export type WebSocketServerConfig = kit.WebSocketServerConfig;

  /** The members of the enum as types. */
  export namespace TlsProtocol {
    export type TLS_V_1_0 = 0;
    export type TLS_V_1_1 = 1;
    export type TLS_V_1_2 = 2;
    export type TLS_V_1_3 = 3;
  }
}

/** The system's logger. */
export const hilog: Hilog = createHilog(hilogSettings(process.env));

export declare namespace hilog {
  export type LogLevel = HilogLevel;
  export type OutputType = HilogOutput;
  export type PreferStrategy = HilogPreference;
}

export default webSocket;
