import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'mqtt',
    exercised: 'over ws to aedes by createWebSocketStream: QoS 1, retained, 256 KiB, will of a cut client',
    beside: ['aedes'],
  },
  async (scope) => {
    const { connectAsync } = (await import('mqtt')).default;
    const { Aedes } = await import('aedes');
    const broker = await Aedes.createBroker();
    scope.defer(() => new Promise<void>((resolve) => broker.close(() => resolve())));
    const { server, host } = await place(scope);
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) => broker.handle(readWhole(createWebSocketStream(socket)), request));
    const open = async (options = {}) => {
      const client = await connectAsync(`ws://${host}`, { reconnectPeriod: 0, ...options });
      scope.defer(() => client.end(true));
      return client;
    };
    const listener = await open();
    const received: [topic: string, payload: Buffer][] = [];
    listener.on('message', (topic, payload) => received.push([topic, payload]));
    await listener.subscribeAsync(['room/#', 'gone'], { qos: 1 });
    const speaker = await open({
      will: { topic: 'gone', payload: Buffer.from('without a word'), qos: 1, retain: false },
    });
    const large = Buffer.alloc(256 * 1024, 0xa5);
    await speaker.publishAsync('room/1', large, { qos: 1 });
    await speaker.publishAsync('room/2', 'kept', { qos: 1, retain: true });
    speaker.stream.destroy();
    while (received.length < 3) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      received.map(([topic]) => topic),
      ['room/1', 'room/2', 'gone'],
    );
    assert.ok(received[0]?.[1].equals(large));
    assert.equal(String(received[2]?.[1]), 'without a word');
    const late = await open();
    const retained = new Promise<Buffer>((resolve) => late.once('message', (_topic, payload) => resolve(payload)));
    await late.subscribeAsync('room/2');
    assert.equal(String(await retained), 'kept');
    await listener.endAsync();
  },
);

/** `read()` gives a chunk at a time from Node 26 on, and aedes, which reads once for each `readable`, counts on everything. */
function readWhole(stream: Duplex): Duplex {
  const read = stream.read.bind(stream);
  stream.read = (size?: number | null) => {
    if (typeof size === 'number') return read(size) as unknown;
    const chunks: Buffer[] = [];
    for (let chunk = read() as Buffer | null; chunk !== null; chunk = read() as Buffer | null) chunks.push(chunk);
    return chunks.length === 0 ? null : Buffer.concat(chunks);
  };
  return stream;
}
