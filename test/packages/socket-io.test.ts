import assert from 'node:assert/strict';
import type { Socket } from 'socket.io-client';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  { name: 'socket.io', exercised: 'wsEngine by override, rooms, acknowledgements, binary, disconnect by both sides' },
  async (scope) => {
    const { Server } = await import('socket.io');
    const { io } = await import('socket.io-client');
    const { server, host } = await place(scope);
    const sockets = new Server(server, { transports: ['websocket'], serveClient: false });
    scope.defer(() => sockets.close());
    const ended: string[] = [];
    sockets.on('connection', (socket) => {
      socket.on('join', async (room: string, done: (rooms: number) => void) => {
        await socket.join(room);
        done(socket.rooms.size);
      });
      socket.on('say', (room: string, data: Buffer) => sockets.to(room).emit('said', data));
      socket.on('disconnect', (why) => ended.push(why));
    });
    const open = async () => {
      const client = io(`http://${host}`, { transports: ['websocket'], reconnection: false, forceNew: true });
      scope.defer(() => client.disconnect());
      await next(client, 'connect');
      return client;
    };
    const [first, second] = [await open(), await open()];
    assert.equal(await first.emitWithAck('join', 'blue'), 2);
    assert.equal(await second.emitWithAck('join', 'blue'), 2);
    const heard = [first, second].map((client) => next(client, 'said'));
    first.emit('say', 'blue', Buffer.from('00ff80', 'hex'));
    for (const data of await Promise.all(heard))
      assert.equal(Buffer.from(data as ArrayBuffer).toString('hex'), '00ff80');

    const left = next(first, 'disconnect');
    const [member] = await sockets.in('blue').fetchSockets();
    assert.ok(member !== undefined);
    sockets.in(first.id ?? '').disconnectSockets(true);
    assert.equal(await left, 'io server disconnect');
    second.disconnect();
    while (ended.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(ended.toSorted(), ['client namespace disconnect', 'server namespace disconnect']);
  },
);

function next(client: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => {
    client.once(event, resolve);
  });
}
