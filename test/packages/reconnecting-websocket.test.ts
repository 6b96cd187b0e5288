import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'reconnecting-websocket',
    exercised: 'the class as an option: messages queued before open, back after a cut, close with a code',
    asks: null, // it gets the class as an option
  },
  async (scope) => {
    const loaded = (await import('reconnecting-websocket')).default as unknown as { default?: unknown };
    type Class = typeof import('reconnecting-websocket').default;
    const Reconnecting = (loaded.default ?? loaded) as Class;
    const { server, host } = await place(scope);
    const sockets = new WebSocketServer({ server });
    scope.defer(() => sockets.close());
    sockets.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => {
        if (String(data) === 'cut') socket.terminate();
        else socket.send(data, { binary: isBinary });
      });
    });
    const client = new Reconnecting(`ws://${host}`, 'chat', {
      WebSocket,
      minReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      minUptime: 0,
    } as never);
    scope.defer(() => client.close());
    client.binaryType = 'arraybuffer' as never;
    const next = () =>
      new Promise<MessageEvent>((resolve) => {
        client.onmessage = resolve as never;
      });
    const first = next();
    client.send('sent before it was open');
    assert.equal((await first).data, 'sent before it was open');
    assert.equal(client.protocol, 'chat');
    const again = once(sockets, 'connection');
    client.send('cut');
    await again;
    const second = next();
    client.send(new Uint8Array([1, 2, 255]) as never);
    assert.deepEqual(new Uint8Array((await second).data as ArrayBuffer), new Uint8Array([1, 2, 255]));
    const end = new Promise<CloseEvent>((resolve) => client.addEventListener('close', resolve as never));
    client.close(4007, 'enough');
    assert.equal((await end).code, 4007);
  },
);
