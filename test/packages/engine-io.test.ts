import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { WebSocketServer } from 'ws';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  { name: 'engine.io', exercised: 'wsEngine option, upgrade from polling, compression, text and binary, close' },
  async (scope) => {
    const { Server } = await import('engine.io');
    const { Socket } = await import('engine.io-client');
    const { server, host } = await place(scope);
    const engine = new Server({ wsEngine: WebSocketServer, perMessageDeflate: { threshold: 16 } });
    engine.attach(server);
    scope.defer(() => engine.close());
    let socket = new EventEmitter();
    engine.on('connection', (opened) => {
      socket = opened;
      socket.on('message', (data: string | Buffer) => opened.send(data));
    });
    const client = new Socket(`ws://${host}`, { transports: ['polling', 'websocket'] });
    scope.defer(() => client.close());
    const received: (string | Buffer)[] = [];
    client.on('message', (data) => received.push(data as string | Buffer));
    await new Promise((resolve) => client.once('upgrade', resolve));
    const text = 'compressed, as it is long enough: '.repeat(20);
    client.send(text);
    client.send(Buffer.from('0001fe', 'hex'));
    while (received.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(received[0], text);
    assert.equal(Buffer.from(received[1] as Buffer).toString('hex'), '0001fe');
    const end = once(socket, 'close');
    client.close();
    assert.equal((await end)[0], 'transport close');
  },
);
