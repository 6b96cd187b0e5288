import assert from 'node:assert/strict';
import { WebSocketServer } from 'ws';
import { call, place } from './place.ts';
import { trial } from './trial.ts';

trial(
  { name: 'crossws', exercised: '{ wss }: upgrade hook with a refusal, topics, text, binary, close with a code' },
  async (scope) => {
    const { default: adapter } = await import('crossws/adapters/node');
    const closes: unknown[] = [];
    const crossing = adapter({
      wss: new WebSocketServer({ noServer: true }) as never,
      hooks: {
        upgrade(request) {
          if (new URL(request.url).searchParams.has('refuse')) return new Response('not you', { status: 403 });
          return { headers: { 'x-served-by': 'crossws' } };
        },
        open(peer) {
          peer.subscribe('all');
        },
        message(peer, message) {
          if (message.text() === 'everybody') peer.publish('all', `from ${peer.id.length > 0}`);
          else peer.send(message.uint8Array());
        },
        close(_peer, details) {
          closes.push([details.code, details.reason]);
        },
      },
    });
    const { server, host } = await place(scope);
    server.on('upgrade', (request, socket, head) => void crossing.handleUpgrade(request, socket, head));
    scope.defer(() => crossing.closeAll(1001, 'over', true));
    const first = await call(scope, `ws://${host}/`);
    const second = await call(scope, `ws://${host}/`);
    first.socket.send('bytes');
    assert.equal((await first.messages.next()).toString(), 'bytes');
    first.socket.send('everybody');
    assert.equal((await second.messages.next()).toString(), 'from true');
    first.socket.close(4000, 'done');
    await first.end;
    while (closes.length < 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(closes, [[4000, 'done']]);
    await assert.rejects(call(scope, `ws://${host}/?refuse`), /403/u);
  },
);

trial(
  {
    name: 'h3',
    asks: 'crossws',
    beside: ['crossws'],
    exercised: 'defineWebSocketHandler by crossws: text, binary, close',
  },
  async (scope) => {
    const { H3, defineWebSocketHandler, serve } = await import('h3');
    const { plugin } = await import('crossws/server');
    const app = new H3();
    app.get(
      '/ws',
      defineWebSocketHandler({
        message(peer, message) {
          if (message.text() === 'leave') peer.close(4004, 'left');
          else peer.send(message.uint8Array());
        },
      }),
    );
    const server = serve(app, {
      port: 0,
      hostname: '127.0.0.1',
      silent: true,
      plugins: [
        plugin({ resolve: async (request) => ((await app.fetch(request)) as { crossws?: object }).crossws ?? {} }),
      ],
    });
    await server.ready();
    scope.defer(() => server.close(true));
    const { socket, messages, end } = await call(scope, `${server.url?.replace('http', 'ws')}ws`);
    socket.send('hello');
    assert.equal((await messages.next()).toString(), 'hello');
    socket.send('leave');
    assert.equal(await end, '4004 left');
  },
);
