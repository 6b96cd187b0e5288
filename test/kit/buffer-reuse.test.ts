// A buffer may be used again as soon as `send` has returned: the peer gets the bytes that were in it during the call. The
// engine promises this, and the kit relies on it. The sizes are those at which the engine changed its way
// of writing, and one byte to each side.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import { connect, createServer } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { Inbox } from '../support/inbox.ts';
import { portOf } from './recorder.ts';

const host = '127.0.0.1';
const sizes = [16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, 1_100_000];

/** Sends messages of every size in a row, each out of the one buffer that the application has. */
type Send = (data: string | ArrayBuffer) => void;

function sendAll(send: Send): void {
  for (const size of sizes) {
    const buffer = new ArrayBuffer(size);
    const bytes = new Uint8Array(buffer).fill(size % 251);
    send(buffer);
    bytes.fill(0xff);
    send(textOf(size));
    // Transferred memory is gone for a sender that would still read it.
    structuredClone(buffer, { transfer: [buffer] });
  }
}

/** Of characters that take two bytes each, and one at the end where the size is odd. */
function textOf(size: number): string {
  return 'é'.repeat(size >> 1) + (size % 2 === 1 ? 'x' : '');
}

async function checkAll(received: { next(): Promise<string | ArrayBuffer | Uint8Array> }): Promise<void> {
  for (const size of sizes) {
    const data = await received.next();
    assert.ok(typeof data !== 'string');
    const bytes = Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    assert.equal(bytes.length, size);
    assert.ok(bytes.equals(Buffer.alloc(size, size % 251)), `binary, ${size} bytes`);
    const text = await received.next();
    assert.ok(text === textOf(size), `text, ${size} bytes`);
  }
}

describe('a buffer is overwritten at once after send', { timeout: 60_000 }, () => {
  test('by the client and the server of the engine', async () => {
    const atServer = new Inbox<string | Uint8Array>();
    const atClient = new Inbox<string | Uint8Array>();
    const server = createServer({
      open: (connection) => sendAll((data) => void connection.send(data)),
      message: (_, data) => atServer.push(data),
    });
    const { port } = await server.listen({ port: 0, host });
    const connection = await connect(`ws://${host}:${port}/`, {
      handlers: { message: (_, data) => atClient.push(data) },
    });
    sendAll((data) => void connection.send(data));
    await checkAll(atServer);
    await checkAll(atClient);
    connection.terminate();
    await server.close();
  });

  test('by the client and the server of the kit', async () => {
    const atServer = new Inbox<string | ArrayBuffer>();
    const atClient = new Inbox<string | ArrayBuffer>();
    const answers: Promise<boolean>[] = [];
    const server = webSocket.createWebSocketServer();
    server.on('messageReceive', ({ data }) => atServer.push(data));
    server.on('connect', (connection) => sendAll((data) => answers.push(server.send(data, connection))));
    await server.start({
      serverIP: host,
      serverPort: 0,
      maxConcurrentClientsNumber: 10,
      maxConnectionsForOneClient: 10,
    });
    const client = webSocket.createWebSocket();
    client.on('message', (_, data) => atClient.push(data));
    await client.connect(`ws://${host}:${portOf(server)}/`);
    sendAll((data) => answers.push(client.send(data)));
    await checkAll(atServer);
    await checkAll(atClient);
    assert.ok((await Promise.all(answers)).every((answer) => answer));
    await client.close();
    await server.stop();
  });
});
