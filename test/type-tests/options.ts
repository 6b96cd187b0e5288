// kit specification §1.3 and §1.8: options of `connect` and configuration of a server, field by field.

import type { webSocket } from '../../src/kit/index.ts';
import { same } from './same.ts';

interface RequestOptions {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header?: Object;
  caPath?: string;
  clientCert?: webSocket.ClientCert;
  proxy?: webSocket.ProxyConfiguration;
  protocol?: string;
  skipServerCertVerification?: boolean;
  pingInterval?: number;
  pongTimeout?: number;
  minSupportTlsProtocol?: webSocket.TlsProtocol;
  supportOriginPort?: boolean;
}
same<webSocket.WebSocketRequestOptions, RequestOptions>(true);
same<webSocket.ClientCert, { certPath: string; keyPath: string; keyPassword?: string }>(true);
same<webSocket.ProxyConfiguration, 'system' | 'no-proxy' | webSocket.HttpProxy>(true);
same<
  webSocket.HttpProxy,
  { host: string; port: number; exclusionList: string[]; username?: string; password?: string }
>(true);

interface ServerConfig {
  serverIP?: string;
  serverPort: number;
  serverCert?: webSocket.ServerCert;
  maxConcurrentClientsNumber: number;
  protocol?: string;
  maxConnectionsForOneClient: number;
}
same<webSocket.WebSocketServerConfig, ServerConfig>(true);
same<webSocket.ServerCert, { certPath: string; keyPath: string }>(true);

export const everything: webSocket.WebSocketRequestOptions = {
  header: { name: 'value', number: 5 },
  caPath: '',
  clientCert: { certPath: '', keyPath: '', keyPassword: '' },
  proxy: { host: 'h', port: 1, exclusionList: [], username: 'u', password: 'p' },
  protocol: 'chat',
  skipServerCertVerification: true,
  pingInterval: 30,
  pongTimeout: 30,
  minSupportTlsProtocol: 2,
  supportOriginPort: true,
};
export const nothing: webSocket.WebSocketRequestOptions = {};
// @ts-expect-error: a number
everything.pingInterval = '30';
// @ts-expect-error: neither of the two strings
everything.proxy = 'none';
// @ts-expect-error: no such version
everything.minSupportTlsProtocol = 4;
// @ts-expect-error: settings beyond the kit have another entry
everything.maxMessageSize = 5;
// @ts-expect-error: exclusionList is required by the type
export const proxy: webSocket.HttpProxy = { host: 'h', port: 1 };
// @ts-expect-error: a key belongs to it
export const certificate: webSocket.ClientCert = { certPath: '' };
// @ts-expect-error: both limits and the port are required by the type
export const config: webSocket.WebSocketServerConfig = { serverIP: '0.0.0.0' };
