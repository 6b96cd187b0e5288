// The client of undici, which Node has as its global WebSocket.

import { WebSocket } from 'undici';
import { echo } from '../clients/echoing.ts';
import { type StandardWebSocket, standardClient } from './standard-client.ts';

await echo(standardClient(WebSocket as unknown as new (url: string) => StandardWebSocket));
