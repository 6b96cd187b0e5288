// `ws`. `bufferutil` is for the harness to allow.

import { WebSocket, WebSocketServer } from 'ws';
import { serveAsWs } from '../servers/ws-program.ts';

serveAsWs({ WebSocket, WebSocketServer });
