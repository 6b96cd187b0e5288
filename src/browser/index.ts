// The public entry `harmony-websocket` under the `browser` condition: the same names as src/kit/index.ts, whose
// declarations serve both, over the browser's own WebSocket. docs/browser.md lists what is different.

import { KitWebSocket } from '../kit/client/web-socket.ts';
import { setDiagnostics } from '../kit/diagnostics.ts';
import type * as kit from '../kit/index.ts';
import { TlsProtocol } from '../kit/tls-protocol.ts';
import { pageDiagnostics } from './diagnostics.ts';
import { readRequest } from './request.ts';
import { AbsentServer } from './server.ts';

export { BusinessError } from '../kit/business-error.ts';
export { hilog } from './logger.ts';

setDiagnostics(pageDiagnostics);

export const webSocket: typeof kit.webSocket = {
  createWebSocket: () => new KitWebSocket(readRequest),
  createWebSocketServer: () => new AbsentServer(),
  TlsProtocol,
};

export default webSocket;
