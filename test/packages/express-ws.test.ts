import assert from 'node:assert/strict';
import { call, closed, placeOf } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'express-ws',
    exercised: 'app.ws and a router with parameters and middleware: text, binary, getWss().clients',
  },
  async (scope) => {
    const { default: express } = await import('express');
    const { default: expressWs } = await import('express-ws');
    const { app, getWss } = expressWs(express() as never);
    app.ws('/rooms/:room', (socket, request) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        socket.send(isBinary ? data : `${request.params.room}: ${data}`);
      });
    });
    app.get('/plain', (_request, response) => {
      response.send('plain');
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    scope.defer(() => closed(server));
    const { host } = placeOf(server);
    const { socket, messages, end } = await call(scope, `ws://${host}/rooms/blue`);
    socket.send('hello');
    assert.equal(await messages.next(), 'blue: hello');
    socket.send(Buffer.from('ab', 'hex'));
    assert.deepEqual(await messages.next(), Buffer.from('ab', 'hex'));
    assert.equal(getWss().clients.size, 1);
    const plain = await fetch(`http://${host}/plain`, { headers: { Connection: 'close' } });
    assert.equal(await plain.text(), 'plain');
    for (const client of getWss().clients) client.close(4005, 'by the server');
    assert.equal(await end, '4005 by the server');
  },
);
