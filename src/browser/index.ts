// The public entry `harmony-websocket` under the `browser` condition: the names of src/kit/index.ts, over the browser's
// own WebSocket. The declarations of src/kit/index.ts serve both. docs/browser.md lists the differences.

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
