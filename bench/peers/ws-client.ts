// The client of `ws`.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { echo } from '../clients/echoing.ts';

await echo(async (url, received) => {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (data, isBinary) => received(isBinary ? (data as Buffer) : data.toString()));
  await once(socket, 'open');
  return { send: (data) => socket.send(data) };
});
