import assert from 'node:assert/strict';
import { WebSocket, WebSocketServer } from 'ws';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: 'y-websocket',
    exercised: 'WebSocketPolyfill: two documents that meet by a server with y-protocols, binary both ways, destroy',
    asks: null, // it gets the class as an option
    beside: ['yjs', 'y-protocols'],
  },
  async (scope) => {
    const { WebsocketProvider } = await import('y-websocket');
    const Y = await import('yjs');
    const sync = await import('y-protocols/sync');
    const encoding = await import('lib0/encoding');
    const decoding = await import('lib0/decoding');
    const { server, host } = await place(scope);
    const shared = new Y.Doc();
    const hub = new WebSocketServer({ server });
    scope.defer(() => hub.close());
    hub.on('connection', (socket) => {
      socket.binaryType = 'arraybuffer';
      socket.on('message', (data) => {
        const input = decoding.createDecoder(new Uint8Array(data as ArrayBuffer));
        if (decoding.readVarUint(input) !== 0) return; // awareness
        const answer = encoding.createEncoder();
        encoding.writeVarUint(answer, 0);
        sync.readSyncMessage(input, answer, shared, socket);
        if (encoding.length(answer) > 1) socket.send(encoding.toUint8Array(answer));
      });
    });
    shared.on('update', (update: Uint8Array) => {
      const message = encoding.createEncoder();
      encoding.writeVarUint(message, 0);
      sync.writeUpdate(message, update);
      for (const client of hub.clients) client.send(encoding.toUint8Array(message));
    });
    const open = async () => {
      const document = new Y.Doc();
      const options = { WebSocketPolyfill: WebSocket as never, disableBc: true };
      const provider = new WebsocketProvider(`ws://${host}`, 'room', document, options);
      scope.defer(() => {
        provider.destroy();
        document.destroy();
      });
      await new Promise((resolve) => provider.once('sync', resolve));
      return document.getText('shared');
    };
    const [first, second] = [await open(), await open()];
    const heard = new Promise<void>((resolve) => second.observe(() => resolve()));
    first.insert(0, 'written by the first');
    await heard;
    assert.equal(second.toString(), 'written by the first');
    assert.equal(shared.getText('shared').toString(), 'written by the first');
  },
);
