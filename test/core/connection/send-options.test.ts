// `send` and `sendFragment` with options: text or binary whatever the data is, compressed or not; and messages that are
// encoded once for many connections.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { Role } from '../../../src/core/constants.ts';
import { shareMessage } from '../../../src/node/share-message.ts';
import { openConnection, type Setup } from '../../support/core-connection.ts';
import { concat, hex } from '../../support/hex.ts';
import { readFrames, type WireFrame } from '../../support/wire.ts';

const long = 'one fish, two fish, red fish, blue fish; '.repeat(40);
const TAIL = hex('00 00 ff ff');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function sends(role: Role, setup: Setup, send: (open: ReturnType<typeof openConnection>) => void): WireFrame[] {
  const open = openConnection(role, setup);
  send(open);
  open.turn.end();
  return readFrames(open.written.bytes);
}

function shown(frames: readonly WireFrame[]): string[] {
  return frames.map(({ first, payload }) => `${first.toString(16)} ${Buffer.from(payload).toString()}`);
}

/** RFC 7692 §7.2.2. */
function inflated(...payloads: readonly Uint8Array[]): string {
  return inflateRawSync(concat([...payloads, TAIL]), { finishFlush: 2 }).toString();
}

for (const role of ['client', 'server'] as const) {
  describe(`a ${role} sends`, () => {
    test('a string as a binary message', () => {
      const frames = sends(role, {}, ({ connection }) => connection.send('déjà', { binary: true }));
      assert.deepEqual(shown(frames), ['82 déjà']);
    });

    test('bytes as text', () => {
      for (const data of [utf8('déjà'), utf8('déjà').buffer]) {
        const frames = sends(role, {}, ({ connection }) => connection.send(data as Uint8Array, { binary: false }));
        assert.deepEqual(shown(frames), ['81 déjà']);
      }
    });

    test('data as its type says, with options that say nothing', () => {
      const frames = sends(role, {}, ({ connection }) => {
        connection.send('a', {});
        connection.send(utf8('b'), { binary: undefined, compress: undefined });
        connection.send('c', { binary: false });
        connection.send(utf8('d'), { binary: true });
      });
      assert.deepEqual(shown(frames), ['81 a', '82 b', '81 c', '82 d']);
    });

    test('no bytes as text that are not UTF-8 (RFC 6455 §8.1)', () => {
      const frames = sends(role, {}, ({ connection }) => {
        for (const bad of ['ff', 'c3', 'ed a0 80']) {
          assert.throws(() => connection.send(hex(bad), { binary: false }), { code: 'ERR_WS_SEND_UTF8' });
        }
        assert.equal(connection.bufferedAmount, 0);
        connection.send('next');
      });
      assert.deepEqual(shown(frames), ['81 next']);
    });

    test('the callback of a message with options is called', () => {
      const called: unknown[] = [];
      sends(role, {}, ({ connection }) => connection.send('a', { binary: true }, (error) => called.push(error)));
      assert.deepEqual(called, [undefined]);
    });

    for (const keeps of [true, false]) {
      const deflate = keeps ? {} : { serverNoContextTakeover: true, clientNoContextTakeover: true };
      const takeover = keeps ? 'with context takeover' : 'without context takeover';

      test(`compress: false, where compression was agreed on ${takeover}`, () => {
        const frames = sends(role, { deflate }, ({ connection }) => {
          connection.send(long);
          connection.send(long, { compress: false });
          connection.send(utf8(long), { compress: false, binary: false });
          connection.send(long);
        });
        assert.deepEqual(
          frames.map(({ first }) => first.toString(16)),
          ['c1', '81', '81', 'c1'],
        );
        assert.equal(Buffer.from((frames[1] as WireFrame).payload).toString(), long);
      });

      test(`compress: true, below the threshold, ${takeover}`, () => {
        const text = 'aaaaaaaaaaaaaaaaaaaaaa';
        const compression = { threshold: 1024 };
        const frames = sends(role, { compression, deflate }, ({ connection }) => {
          connection.send(text);
          connection.send(text, { compress: true });
          connection.send(utf8(text), { compress: true });
        });
        assert.deepEqual(
          frames.map(({ first }) => first.toString(16)),
          ['81', 'c1', 'c2'],
        );
        assert.equal(inflated((frames[1] as WireFrame).payload), text);
      });

      test(`compressed fragments ${takeover}: RSV1 on the first only (RFC 7692 §6.1)`, () => {
        const setup: Setup = { deflate };
        const frames = sends(role, setup, ({ connection }) => {
          connection.sendFragment(long, { fin: false, compress: true });
          connection.ping('between');
          connection.sendFragment('', { fin: false });
          connection.sendFragment(long, { fin: false });
          connection.sendFragment('', { fin: true });
          connection.send(long);
        });
        assert.deepEqual(
          frames.map(({ first }) => first.toString(16)),
          ['41', '89', '0', '0', '80', 'c1'],
        );
        const data = frames.filter(({ first }) => first !== 0x89).map(({ payload }) => payload);
        assert.equal(inflated(...data.slice(0, 4)), long + long);
        // What each fragment holds can be inflated before the next one comes.
        assert.equal(inflateRawSync(data[0] as Uint8Array, { finishFlush: 2 }).toString(), long);
        // A peer that keeps its window reads what follows.
        const rest = inflated(...data.slice(0, 4), keeps ? TAIL : new Uint8Array(0), ...(keeps ? data.slice(4) : []));
        assert.equal(rest, keeps ? long + long + long : long + long);
      });

      test(`a fragmented message of bytes that no compression makes smaller, ${takeover}`, () => {
        const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 7919) % 251);
        const frames = sends(role, { deflate }, ({ connection }) => {
          connection.sendFragment(bytes.subarray(0, 100), { fin: false, compress: true });
          connection.sendFragment(bytes.subarray(100), { fin: true });
        });
        const whole = inflateRawSync(concat([...frames.map(({ payload }) => payload), TAIL]), { finishFlush: 2 });
        assert.deepEqual(Uint8Array.from(whole), bytes);
      });
    }

    test('a fragment says compress where none was agreed on', () => {
      const frames = sends(role, {}, ({ connection }) => {
        connection.sendFragment('a', { fin: false, compress: true });
        connection.sendFragment('b', { fin: true, compress: true });
        connection.send('c', { compress: true });
      });
      assert.deepEqual(shown(frames), ['1 a', '80 b', '81 c']);
    });

    test('text in fragments of bytes, cut within a character', () => {
      const bytes = utf8('d€jà');
      const frames = sends(role, {}, ({ connection }) => {
        for (let at = 0; at < bytes.length; at++) {
          const fin = at === bytes.length - 1;
          connection.sendFragment(bytes.subarray(at, at + 1), { fin, binary: false });
        }
      });
      assert.equal(frames[0]?.first, 0x01);
      assert.equal(Buffer.concat(frames.map(({ payload }) => payload)).toString(), 'd€jà');
    });

    test('no fragments of text that are not UTF-8; the message may go on after the refusal', () => {
      const frames = sends(role, {}, ({ connection }) => {
        connection.sendFragment(hex('e2'), { fin: false, binary: false });
        const refused = { code: 'ERR_WS_SEND_UTF8' };
        assert.throws(() => connection.sendFragment(hex('ff'), { fin: false, binary: false }), refused);
        assert.throws(() => connection.sendFragment('x', { fin: false }), refused);
        assert.throws(() => connection.sendFragment(hex('82'), { fin: true, binary: false }), refused);
        assert.throws(() => connection.sendFragment(hex('82'), { fin: true }), { code: 'ERR_WS_FRAGMENT_KIND' });
        connection.sendFragment(hex('82 ac'), { fin: true, binary: false });
      });
      assert.equal(Buffer.concat(frames.map(({ payload }) => payload)).toString(), '€');
    });

    test('binary in fragments of strings', () => {
      const frames = sends(role, {}, ({ connection }) => {
        connection.sendFragment('a', { fin: false, binary: true });
        connection.sendFragment(utf8('b'), { fin: true });
      });
      assert.deepEqual(shown(frames), ['2 a', '80 b']);
    });

    test('a shared message, as bytes of one kind or the other', () => {
      const text = shareMessage('a');
      assert.equal(text.size, 3);
      const called: unknown[] = [];
      const frames = sends(role, {}, ({ connection }) => {
        assert.equal(connection.sendShared(text), true);
        connection.send('b');
        connection.sendShared(shareMessage(utf8('c'), { binary: false }), (error) => called.push(error));
        connection.sendShared(shareMessage('d', { binary: true }), {}, (error) => called.push(error));
      });
      assert.deepEqual(shown(frames), ['81 a', '81 b', '81 c', '82 d']);
      assert.deepEqual(called, [undefined, undefined]);
      assert.throws(() => shareMessage(hex('ff'), { binary: false }), { code: 'ERR_WS_SEND_UTF8' });
      assert.throws(() => shareMessage('a', { compress: true } as never), { code: 'ERR_WS_OPTION' });
    });

    test('a shared message behind the fragmented one that is open', () => {
      const frames = sends(role, {}, ({ connection }) => {
        connection.sendFragment('a', { fin: false });
        connection.sendShared(shareMessage('c'), { compress: false });
        connection.sendFragment('b', { fin: true });
      });
      assert.deepEqual(shown(frames), ['1 a', '80 b', '81 c']);
    });

    test('no more shared messages wait for the end of a fragmented one than maxQueuedBytes', () => {
      const called: unknown[] = [];
      sends(role, { limits: { maxQueuedBytes: 10 } }, ({ connection }) => {
        connection.sendFragment('a', { fin: false });
        for (let count = 0; count < 6; count++)
          connection.sendShared(shareMessage('b'), (error) => called.push(error?.code));
        connection.sendFragment('c', { fin: true });
      });
      assert.ok(called.includes('ERR_WS_DROPPED') && called.includes(undefined), String(called));
    });

    test('what a host tells the application, as a handler is called', () => {
      const { machine, connection } = openConnection(role);
      machine.reports.tell((peer) => assert.equal(peer, connection));
    });

    test('no shared message after the end', () => {
      const open = openConnection(role);
      open.connection.terminate();
      const called: unknown[] = [];
      assert.equal(
        open.connection.sendShared(shareMessage('a'), (error) => called.push(error?.code)),
        false,
      );
      open.turn.end();
      assert.deepEqual(called, ['ERR_WS_DROPPED']);
    });
  });
}

test('a shared message is compressed for connections that agreed on it, unless told otherwise', () => {
  const message = shareMessage(long);
  const frames = sends('server', { deflate: {} }, ({ connection }) => {
    connection.sendShared(message);
    connection.sendShared(message, { compress: false });
  });
  assert.deepEqual(
    frames.map(({ first }) => first.toString(16)),
    ['c1', '81'],
  );
  assert.equal(inflated((frames[0] as WireFrame).payload), long);
});

for (const kind of ['ping', 'pong'] as const) {
  test(`${kind} tells its callback when the frame has left, and when it was too late`, () => {
    const { connection, turn } = openConnection('client');
    const told: unknown[] = [];
    connection[kind]('x', (error) => told.push(error?.code));
    turn.end();
    connection.terminate();
    connection[kind]('y', (error) => told.push(error?.code));
    turn.end();
    assert.deepEqual(told, [undefined, 'ERR_WS_DROPPED']);
  });
}

test('a message with options that is sent after close() is dropped, and its callback told', () => {
  const { connection, turn, written } = openConnection('server');
  void connection.close(1000);
  turn.end();
  written.clear();
  const told: unknown[] = [];
  assert.equal(
    connection.send('a', { binary: true }, (error) => void told.push(error?.code)),
    false,
  );
  turn.end();
  assert.deepEqual(told, ['ERR_WS_DROPPED']);
  written.equals('');
});
