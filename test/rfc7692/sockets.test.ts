// permessage-deflate over real sockets, with bare peers: what goes over the wire in the handshake (RFC 7692 §7.1), what
// becomes of bad answers, what a bomb costs, and that nothing of zlib stays behind.

import assert from 'node:assert/strict';
import type { Transform } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import zlib, { constants, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { type CompressionSettings, connect, createServer } from '../../src/engine/index.ts';
import { listen, open, pair } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { acceptHandshake, requestHandshake } from '../support/handshake.ts';
import { hex, toHex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw } from '../support/raw-peer.ts';
import { frame, wire } from '../support/wire.ts';

const MiB = 2 ** 20;

function extensionsIn(head: string): string | undefined {
  return /^sec-websocket-extensions: (.*)\r$/im.exec(head)?.[1];
}

describe('RFC 7692 §7.1 a server', () => {
  const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };

  test(
    'declines by silence unless compression was asked for',
    leavingNothing(async (scope) => {
      const { port, opened } = await listen(scope);
      const head = await requestHandshake(await connectRaw(scope, port), offer);
      assert.equal(extensionsIn(head), undefined);
      assert.equal((await opened.next()).extensions, '');
    }),
  );

  test(
    'answers with what it accepts, and only where something was offered',
    leavingNothing(async (scope) => {
      const { port, opened } = await listen(scope, { compression: { clientMaxWindowBits: 10 } });
      const head = await requestHandshake(await connectRaw(scope, port), offer);
      assert.equal(extensionsIn(head), 'permessage-deflate; client_max_window_bits=10');
      assert.equal((await opened.next()).extensions, 'permessage-deflate; client_max_window_bits=10');
      assert.equal(extensionsIn(await requestHandshake(await connectRaw(scope, port))), undefined);
      assert.equal((await opened.next()).extensions, '');
    }),
  );

  test(
    'echoes RFC 7692 §7.2.3.1 and §7.2.3.2 as they came',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {
        compression: { threshold: 0 },
        message: (connection, data) => void connection.send(data),
      });
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer, offer);
      peer.write(wire('server', 'c1 07  f2 48 cd c9 c9 07 00', 'c1 05  f2 00 11 00 00'));
      await peer.expect(hex('c1 07  f2 48 cd c9 c9 07 00', 'c1 05  f2 00 11 00 00'));
    }),
  );

  test(
    'fails with 1007 on bytes that are not DEFLATE, and the error names the reason',
    leavingNothing(async (scope) => {
      const errors = new Inbox<Error>();
      const { port } = await listen(scope, { compression: true, error: (_, error) => errors.push(error) });
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer, offer);
      peer.write(wire('server', 'c1 01 07'));
      const { first, payload } = await peer.readFrame();
      assert.deepEqual([first, payload.readUInt16BE()], [0x88, 1007]);
      isError(await errors.next(), 'ERR_WS_INFLATE', 'invalid block type', 'RFC 7692 §7.2.2');
      await peer.gone();
    }),
  );
});

describe('RFC 7692 §7.1 a client', () => {
  const offers: [compression: boolean | CompressionSettings | undefined, offer: string | undefined][] = [
    [undefined, undefined],
    [false, undefined],
    [true, 'permessage-deflate; client_max_window_bits'],
    [{ serverNoContextTakeover: true }, 'permessage-deflate; server_no_context_takeover; client_max_window_bits'],
  ];
  for (const [compression, offer] of offers) {
    test(
      `compression: ${JSON.stringify(compression)}`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const connecting = open(scope, server.url, { compression });
        const request = await acceptHandshake(await server.accepted());
        assert.equal(extensionsIn(request), offer);
        assert.equal((await connecting).extensions, '');
      }),
    );
  }

  const failures: [answer: string, code: 'ERR_WS_RESPONSE_DEFLATE' | 'ERR_WS_RESPONSE_EXTENSION', part: string][] = [
    ['permessage-deflate; server_max_window_bits=7', 'ERR_WS_RESPONSE_DEFLATE', 'server_max_window_bits=7'],
    ['permessage-deflate; client_max_window_bits', 'ERR_WS_RESPONSE_DEFLATE', 'has no value'],
    ['permessage-deflate; x=1', 'ERR_WS_RESPONSE_DEFLATE', 'unknown parameter x'],
    ['permessage-deflate, permessage-deflate', 'ERR_WS_RESPONSE_DEFLATE', 'accepted 2 times'],
    ['permessage-bzip2', 'ERR_WS_RESPONSE_EXTENSION', 'permessage-bzip2'],
  ];
  for (const [answer, code, part] of failures) {
    test(
      `fails the handshake on ${answer}`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const connecting = connect(server.url, { compression: true });
        const failed = rejectsWith(connecting, code, part);
        const peer = await server.accepted();
        await acceptHandshake(peer, `Sec-WebSocket-Extensions: ${answer}`);
        assert.equal((await failed).status, 101);
        await peer.gone();
      }),
    );
  }

  test(
    'fails on an answer to what it did not offer',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const failed = rejectsWith(connect(server.url), 'ERR_WS_RESPONSE_EXTENSION', 'permessage-deflate');
      const peer = await server.accepted();
      await acceptHandshake(peer, 'Sec-WebSocket-Extensions: permessage-deflate');
      await failed;
      await peer.gone();
    }),
  );

  test(
    'reads a compressed message right after the response, and sends its own masked',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = open(scope, server.url, { compression: { threshold: 0 } });
      const peer = await server.accepted();
      await acceptHandshake(peer, 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9');
      peer.write(hex('c1 07  f2 48 cd c9 c9 07 00'));
      const connection = await connecting;
      assert.equal(connection.extensions, 'permessage-deflate; client_max_window_bits=9');
      for await (const message of connection) {
        assert.equal(message, 'Hello');
        connection.send('Hello');
        const sent = await peer.readFrame();
        assert.deepEqual([sent.first, sent.isMasked, toHex(sent.payload)], [0xc1, true, 'f2 48 cd c9 c9 07 00']);
        break;
      }
    }),
  );
});

describe('settings that are refused before anything happens', () => {
  test('by both ends, with their name', async () => {
    const compression = { level: 11 };
    assert.throws(
      () => createServer({ compression }),
      (error) => isError(error, 'ERR_WS_OPTION', 'compression.level is 11; expected an integer 0–9') !== undefined,
    );
    await rejectsWith(connect('ws://127.0.0.1:1/', { compression }), 'ERR_WS_OPTION', 'compression.level is 11');
  });
});

describe('bombs', () => {
  /** DEFLATE of `count` MiB of zeros, about 1 KiB for each; made without ever having them. */
  function bomb(count: number): Buffer {
    const one = deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
    return Buffer.concat(Array.from({ length: count }, () => one)).subarray(0, -4);
  }

  /** The highest that memory has been, in bytes. */
  function peak(): number {
    return process.resourceUsage().maxRSS * 1024;
  }

  const bombs: [what: string, payload: Buffer][] = [
    ['a frame of 10 KiB that inflates to 10 MiB', bomb(10)],
    ['a frame of 10 MiB that inflates to 10 GiB', bomb(10 * 1024)],
  ];
  // The ratio is a bound of its own.
  const limits = { maxMessageSize: 16 * MiB, maxInflateRatio: Infinity };
  for (const [what, payload] of bombs) {
    const limited = payload.length > limits.maxMessageSize / 2 ? limits : { ...limits, maxMessageSize: MiB };
    const bytes = wire('server', frame(0xc2, payload));

    test(
      `${what} costs a server no more than its limit: 1009`,
      leavingNothing(async (scope) => {
        const { port } = await listen(scope, { compression: true, limits: limited });
        const peer = await connectRaw(scope, port);
        await requestHandshake(peer, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
        const before = peak();
        peer.write(bytes);
        const close = await peer.readFrame();
        assert.deepEqual([close.first, close.payload.readUInt16BE()], [0x88, 1009]);
        // In addition to the limit: 10 MiB on their way through the sockets of both ends.
        const grown = peak() - before;
        assert.ok(grown < limited.maxMessageSize + 48 * MiB, `${grown} bytes`);
        await peer.gone();
      }),
    );

    test(
      `${what}, in fragments, and to a client`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const errors = new Inbox<Error>();
        const connecting = open(scope, server.url, {
          compression: true,
          limits: limited,
          handlers: { message() {}, error: (_, error) => errors.push(error) },
        });
        const peer = await server.accepted();
        await acceptHandshake(peer, 'Sec-WebSocket-Extensions: permessage-deflate');
        await connecting;
        const before = peak();
        const half = payload.length >> 1;
        peer.write(frame(0x42, payload.subarray(0, half)));
        peer.write(frame(0x80, payload.subarray(half)));
        const close = await peer.readFrame();
        assert.deepEqual([close.first, close.payload.readUInt16BE()], [0x88, 1009]);
        isError(await errors.next(), 'ERR_WS_MESSAGE_TOO_LARGE', `${limited.maxMessageSize} bytes`);
        const grown = peak() - before;
        assert.ok(grown < limited.maxMessageSize + 48 * MiB, `${grown} bytes`);
        await peer.gone();
      }),
    );
  }
});

describe('contexts', () => {
  /** The zlib streams that are made from here to the end of the test. */
  function watch(t: TestContext): Transform[] {
    const opened: Transform[] = [];
    for (const name of ['createDeflateRaw', 'createInflateRaw'] as const) {
      const original = zlib[name] as (options?: ZlibOptions) => Transform;
      t.mock.method(zlib, name, (options: ZlibOptions) => {
        const stream = original(options);
        opened.push(stream);
        return stream;
      });
    }
    return opened;
  }

  const ends: [how: string, end: (client: { close(): unknown; terminate(): void }) => unknown][] = [
    ['closed', (client) => client.close()],
    ['terminated', (client) => client.terminate()],
  ];
  for (const [how, end] of ends) {
    test(`are made with the first message that needs them and gone when the connection is ${how}`, async (t) => {
      const streams = watch(t);
      await leavingNothing(async (scope) => {
        const echo = { message: (it: { send(data: string): boolean }, data: unknown) => void it.send(data as string) };
        const { client, connection } = await pair(scope, { compression: true, ...echo }, { compression: true });
        assert.equal(streams.filter((stream) => !stream.destroyed).length, 0);
        client.send('a'.repeat(5000));
        for await (const message of client) {
          assert.equal(message, 'a'.repeat(5000));
          assert.equal(streams.filter((stream) => !stream.destroyed).length, 4);
          break;
        }
        end(client);
        await Promise.all([client.closed, connection.closed]);
        assert.deepEqual(
          streams.map((stream) => stream.destroyed),
          streams.map(() => true),
        );
      })();
    });
  }
});
