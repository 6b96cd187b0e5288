import assert from 'node:assert/strict';
import { call } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: '@fastify/websocket',
    exercised: 'routes, hooks that refuse, injectWS, text, binary, app.close() with open sockets',
  },
  async (scope) => {
    const { default: fastify } = await import('fastify');
    const { default: websocket } = await import('@fastify/websocket');
    const app = fastify({ forceCloseConnections: true });
    await app.register(websocket, { options: { maxPayload: 1024 } });
    await app.register(async (routes) => {
      routes.addHook('preValidation', async (request, reply) => {
        if (request.headers['x-token'] !== 'let me in') await reply.code(401).send('not you');
      });
      routes.get('/echo', { websocket: true }, (socket) => {
        socket.on('message', (data: Buffer, isBinary: boolean) => socket.send(data, { binary: isBinary }));
      });
    });
    const url = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws');
    scope.defer(() => app.close());
    const headers = { 'x-token': 'let me in' };
    const { socket, messages } = await call(scope, `${url}/echo`, [], { headers });
    socket.send('text');
    socket.send(Buffer.from('fe01', 'hex'));
    assert.equal(await messages.next(), 'text');
    assert.deepEqual(await messages.next(), Buffer.from('fe01', 'hex'));
    const large = await call(scope, `${url}/echo`, [], { headers });
    large.socket.send(Buffer.alloc(1025));
    assert.equal((await large.end).slice(0, 4), '1009');
    await assert.rejects(call(scope, `${url}/echo`), /401/u);
    const injected = await app.injectWS('/echo', { headers });
    injected.send('injected');
    const data = await new Promise((resolve) => injected.once('message', resolve));
    assert.equal(String(data), 'injected');
    injected.terminate();
  },
);
