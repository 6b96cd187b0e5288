// The client that a runtime has of its own: Bun's, Deno's.

import { echo } from '../clients/echoing.ts';
import { type StandardWebSocket, standardClient } from './standard-client.ts';

await echo(standardClient((globalThis as unknown as { WebSocket: new (url: string) => StandardWebSocket }).WebSocket));
