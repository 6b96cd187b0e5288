// Interop of our client with libwebsockets' test server. It mirrors in pieces of its own making (see the peer), so large
// messages are compared as the sum of the pieces that return.

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type ClientConnection, connect } from '../../src/engine/index.ts';
import { peer } from '../support/peers.ts';
import { same } from './cases.ts';
import { LibwebsocketsServer } from './peers/libwebsockets.ts';
import { Inbox, type Message } from './peers/peer.ts';

const { path, skip } = peer('libwebsockets');

describe('our client and the server of libwebsockets', { skip }, () => {
  let server: LibwebsocketsServer;
  before(async () => {
    server = await LibwebsocketsServer.start(path);
  });
  after(() => server?.stop());

  async function open(
    context: TestContext,
    subprotocol: string,
  ): Promise<{ connection: ClientConnection; messages: Inbox<Message>; pongs: Inbox<string> }> {
    const messages = new Inbox<Message>();
    const pongs = new Inbox<string>();
    const connection = await connect(`ws://127.0.0.1:${server.port}/`, {
      subprotocols: [subprotocol],
      handlers: {
        message: (_, data) => messages.push(data),
        pong: (_, payload) => pongs.push(payload.toString()),
        close: (_, { code, reason }) => messages.end(new Error(`closed with ${code} ${reason}`)),
      },
    });
    context.after(async () => {
      connection.terminate();
      await connection.closed;
    });
    return { connection, messages, pongs };
  }

  /** What comes back until it is as long as `expected`. All of it must be text. */
  async function mirrored(messages: Inbox<Message>, expected: string): Promise<string> {
    const pieces: string[] = [];
    for (let length = 0; length < expected.length; ) {
      const piece = await messages.next();
      assert.equal(typeof piece, 'string');
      pieces.push(piece as string);
      length += piece.length;
    }
    return pieces.join('');
  }

  test('RFC 6455 §5.6 text and empty text are mirrored', async (t) => {
    const { connection, messages } = await open(t, 'lws-mirror-protocol');
    for (const text of ['hello', 'Grüße, 世界 👋', '', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(4000)]) {
      connection.send(text);
      same(await messages.next(), text);
    }
  });

  test('RFC 6455 §5.6 binary and empty binary arrive (the mirror answers with text)', async (t) => {
    const { connection, messages } = await open(t, 'lws-mirror-protocol');
    connection.send(new TextEncoder().encode('binary'));
    same(await messages.next(), 'binary');
    connection.send(new Uint8Array(0));
    same(await messages.next(), '');
  });

  for (const size of [1, 16]) {
    test(`${size} MiB of text come back complete`, async (t) => {
      const { connection, messages } = await open(t, 'lws-mirror-protocol');
      // ASCII, since the pieces are cut anywhere and each must be valid text.
      const lines = Array.from({ length: size * 65_536 }, (_, line) => `${line}`.padStart(15, '.'));
      const text = `${lines.join('\n')}\n`;
      connection.send(text);
      same(await mirrored(messages, text), text);
    });
  }

  test('RFC 6455 §5.4 fragments with a ping between them arrive in order', async (t) => {
    const { connection, messages, pongs } = await open(t, 'lws-mirror-protocol');
    connection.sendFragment('frag', { fin: false });
    connection.ping('between');
    connection.sendFragment('mented', { fin: true });
    same(await mirrored(messages, 'fragmented'), 'fragmented');
    same(await pongs.next(), 'between');
  });

  test('many small messages in order', async (t) => {
    const { connection, messages } = await open(t, 'lws-mirror-protocol');
    // They leave in one write, so the mirror cuts some of them where its buffer ends.
    const text = Array.from({ length: 1000 }, (_, index) => `message ${index}\n`);
    for (const line of text) connection.send(line);
    same(await mirrored(messages, text.join('')), text.join(''));
  });

  test('RFC 6455 §7.1.2 we close with a code and a reason', async (t) => {
    const { connection } = await open(t, 'lws-mirror-protocol');
    const { code, wasClean } = await connection.close(4001, 'bye');
    assert.deepEqual({ code, wasClean }, { code: 4001, wasClean: true });
  });

  test('RFC 6455 §7.1.2 the server closes with a code and a reason', async (t) => {
    const { connection } = await open(t, 'dumb-increment-protocol');
    connection.send('closeme\n');
    const { code, reason, wasClean, error } = await connection.closed;
    assert.deepEqual(
      { code, reason, wasClean, error },
      { code: 1001, reason: 'seeya', wasClean: true, error: undefined },
    );
  });

  test('the server speaks without being spoken to', async (t) => {
    const { messages } = await open(t, 'dumb-increment-protocol');
    for (const count of ['0', '1', '2', '3']) same(await messages.next(), count);
  });

  test('RFC 6455 §4.2.2 the subprotocol is selected', async (t) => {
    const { connection } = await open(t, 'lws-mirror-protocol');
    assert.equal(connection.subprotocol, 'lws-mirror-protocol');
  });

  test('TLS', { skip: 'the program can serve only its own certificate, whose RSA key of 1024 bits OpenSSL refuses' });
});
