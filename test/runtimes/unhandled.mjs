// Rejections that nobody handles, on every supported runtime: those of the kit are a line each and the program goes on;
// with `own` it then ends by one of its own. Run by runtimes.test.ts.
//
//   RUNTIME unhandled.mjs DIST [own]

import process from 'node:process';

const [, , dist, own] = process.argv;
const { webSocket } = await import(`${dist}/kit/index.js`);

const ws = webSocket.createWebSocket();
void ws.send('nobody looks at it');
ws.close().then(() => console.log('closed'));
const leave = async () => {
  await webSocket.createWebSocketServer().stop();
};
void leave();
ws.send('handled').catch(() => console.log('handled'));
await new Promise((resolve) => setTimeout(resolve, 50));
console.log('alive');
if (own !== undefined) void Promise.reject(new Error('own'));
