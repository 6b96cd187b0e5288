// The program of `ws` on this package: the same code, with one import changed.

import { WebSocket, WebSocketServer } from 'harmony-websocket/ws';
import { serveAsWs, type WsClasses } from './ws-program.ts';

serveAsWs({ WebSocket, WebSocketServer } as unknown as WsClasses);
