import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { call, closed, placeOf } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: '@hono/node-server',
    exercised: 'upgradeWebSocket with a WebSocketServer: text, binary, close by both sides, plain HTTP beside',
  },
  async (scope) => {
    const { serve, upgradeWebSocket } = await import('@hono/node-server');
    const { Hono } = await import('hono');
    const app = new Hono();
    const closes: string[] = [];
    app.get('/', (context) => context.text('plain'));
    app.get(
      '/ws',
      upgradeWebSocket((context) => ({
        onOpen: (_event, socket) => socket.send(`welcome ${context.req.query('name')}`),
        onMessage: (event, socket) => {
          if (event.data === 'leave') socket.close(4002, 'as asked');
          else socket.send(event.data as string);
        },
        onClose: (event) => closes.push(`${event.code} ${event.reason}`),
      })),
    );
    const sockets = new WebSocketServer({ noServer: true });
    const server = serve({
      fetch: app.fetch,
      port: 0,
      hostname: '127.0.0.1',
      websocket: { server: sockets },
    }) as Server;
    scope.defer(() => closed(server));
    if (!server.listening) await once(server, 'listening');
    const { host } = placeOf(server);
    assert.equal(await (await fetch(`http://${host}/`, { headers: { Connection: 'close' } })).text(), 'plain');
    const first = await call(scope, `ws://${host}/ws?name=ann`);
    assert.equal(await first.messages.next(), 'welcome ann');
    first.socket.send('text');
    first.socket.send(Buffer.from('c0ffee', 'hex'));
    assert.equal(await first.messages.next(), 'text');
    assert.equal((await first.messages.next()).toString('hex' as never), 'c0ffee');
    first.socket.send('leave');
    assert.equal(await first.end, '4002 as asked');
    const second = await call(scope, `ws://${host}/ws`);
    second.socket.close(4003, 'enough');
    await second.end;
    while (closes.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(closes, ['4002 as asked', '4003 enough']);
  },
);
