// A large message that is compressed is deflated in pieces, each in another turn: what `send` promises holds all the same.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateRawSync, constants as zlib } from 'node:zlib';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';
import { assertBytes, concat, pattern, toHex, utf8 } from '../../support/hex.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { readFrames, wire } from '../../support/wire.ts';

const KIB = 1024;
const NO_CONTEXT = { serverNoContextTakeover: true, clientNoContextTakeover: true };
/** Compressible, and larger than what is deflated at once. */
const LONG = pattern(1000 * KIB);

/** A connection whose pieces wait for the test. */
function open(role: 'client' | 'server', setup: Setup = {}): OpenConnection {
  const host = new CoreHost();
  const run = openConnection(role, { host, deflate: {}, highWaterMark: Infinity, ...setup });
  host.turn.holdsJobs = true;
  return run;
}

/** @returns pieces that were done until none was left */
function finish({ turn }: OpenConnection): number {
  turn.end();
  let pieces = 0;
  while (turn.nextPieces()) pieces++;
  return pieces;
}

function inflated(payload: Uint8Array): Uint8Array {
  return inflateRawSync(concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)]), { finishFlush: zlib.Z_SYNC_FLUSH });
}

/** First bytes of the frames in hex, and small payloads. */
function frames(run: OpenConnection): string[] {
  return readFrames(run.written.bytes).map(({ first, payload }) => {
    const text =
      payload.length > 20 ? 'long' : (first & 0x0f) === 8 ? toHex(payload) : new TextDecoder().decode(payload);
    return `${first.toString(16)} ${text}`.trimEnd();
  });
}

for (const role of ['client', 'server'] as const) {
  describe(`${role}: a large message that is compressed`, () => {
    test('leaves as one frame, after as many turns as it has pieces; it may be changed after the call', () => {
      for (const deflate of [{}, NO_CONTEXT]) {
        const run = open(role, { deflate });
        const bytes = LONG.slice();
        assert.equal(run.connection.send(bytes), true);
        bytes.fill(0);
        run.turn.end();
        assert.equal(run.written.count, 0);
        assert.equal(run.connection.bufferedAmount, LONG.length);
        assert.ok(finish(run) >= 1000 / 64);
        const [only, ...others] = readFrames(run.written.bytes);
        assert.deepEqual([only?.first, others.length], [0xc2, 0]);
        assertBytes(inflated(only?.payload as Uint8Array), LONG);
        assert.equal(run.connection.bufferedAmount, 0);
      }
    });

    test('text, cut between characters', () => {
      const text = `x${'𝄞é'.repeat(150_000)}`;
      const run = open(role);
      run.connection.send(text);
      assert.ok(finish(run) > 4);
      const [only] = readFrames(run.written.bytes);
      assert.equal(only?.first, 0xc1);
      assertBytes(inflated(only?.payload as Uint8Array), utf8(text));
    });

    test('below 256 KiB, uncompressed, or without compression it leaves at once', () => {
      const run = open(role, { compression: { threshold: 2_000_000 } });
      run.connection.send(pattern(255 * KIB), { compress: true });
      run.turn.end();
      assert.equal(readFrames(run.written.bytes).length, 1);
      run.connection.send(LONG);
      run.connection.send(LONG, { compress: false });
      run.turn.end();
      assert.equal(readFrames(run.written.bytes).length, 3);
      run.connection.send(LONG, { compress: true });
      run.turn.end();
      assert.equal(readFrames(run.written.bytes).length, 3);
      finish(run);
      assert.equal(readFrames(run.written.bytes).length, 4);
    });

    test('what does not get smaller is sent as it is, unless a context is kept', () => {
      let seed = 7;
      const random = Uint8Array.from({ length: 300 * KIB }, () => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return seed >>> 24;
      });
      for (const [deflate, first] of [
        [NO_CONTEXT, 0x82],
        [{}, 0xc2],
      ] as const) {
        const run = open(role, { deflate });
        run.connection.send(random);
        finish(run);
        assert.equal(readFrames(run.written.bytes)[0]?.first, first);
      }
    });

    test('later messages keep their order, and their contents of the time of the call; pings and pongs pass', () => {
      const run = open(role);
      const { told, tell } = recorder();
      run.connection.send(LONG, tell('long'));
      const changing = utf8('a');
      run.connection.send(changing, { binary: false }, tell('a'));
      changing.fill(0x7a);
      run.connection.send('b', { binary: true }, tell('b'));
      run.connection.send(LONG, tell('longer'));
      run.connection.ping('p', tell('ping'));
      run.receive(wire(role, '89 01 71'));
      assert.deepEqual(frames(run), ['89 p', '8a q']);
      assert.deepEqual(told, ['ping']);
      finish(run);
      assert.deepEqual(frames(run).slice(2), ['c2 long', '81 a', '82 b', 'c2 long']);
      assert.deepEqual(told, ['ping', 'long', 'a', 'b', 'longer']);
    });

    test('the next compressed message refers to it only where the peer has it', () => {
      const run = open(role);
      run.connection.send(LONG);
      run.connection.send('c'.repeat(2000));
      finish(run);
      const [first, second] = readFrames(run.written.bytes);
      const both = concat([
        first?.payload as Uint8Array,
        Uint8Array.of(0, 0, 0xff, 0xff),
        second?.payload as Uint8Array,
      ]);
      assertBytes(inflated(both), concat([LONG, utf8('c'.repeat(2000))]));
    });

    test('wrong data throws at the call, within a backlog too', () => {
      const run = open(role);
      run.connection.send(LONG);
      assert.throws(() => run.connection.send(5 as never), { code: 'ERR_WS_DATA_TYPE' });
      assert.throws(() => run.connection.send(Uint8Array.of(0xff), { binary: false }), { code: 'ERR_WS_SEND_UTF8' });
      finish(run);
      assert.equal(readFrames(run.written.bytes).length, 1);
    });

    test('send answers false from highWaterMark on, and drained() waits for its bytes', async () => {
      const run = open(role, { highWaterMark: 1_000_000 });
      assert.equal(run.connection.send(LONG), false);
      let isDrained = false;
      const drained = run.connection.drained().then(() => {
        isDrained = true;
      });
      run.turn.end();
      await Promise.resolve();
      assert.equal(isDrained, false);
      finish(run);
      await drained;
      assert.ok(run.events.includes('drain'));
    });

    test('shared messages wait for it, fragments finish it', () => {
      const run = open(role);
      run.connection.send(LONG);
      const shared = new PreparedMessage('s', nodeText, { allocate: (size) => new Uint8Array(size) });
      assert.equal(run.machine.sendPrepared(shared), true);
      run.turn.end();
      assert.equal(run.written.count, 0);
      run.connection.sendFragment('f', { fin: true });
      run.turn.end();
      assert.deepEqual(frames(run), ['c2 long', '81 s', '81 f']);
      assert.throws(
        () => {
          run.connection.sendFragment('g', { fin: false });
          run.connection.send(LONG);
        },
        { code: 'ERR_WS_FRAGMENT_OPEN' },
      );
    });

    test('more than maxQueuedBytes: what can be done at once is done, and nothing is lost', () => {
      const run = open(role, { limits: { maxQueuedBytes: 2_500_000 }, slowConsumer: 'close' });
      const { told, tell } = recorder();
      for (let count = 0; count < 8; count++) run.connection.send(LONG, tell(String(count)));
      finish(run);
      assert.deepEqual(frames(run), Array<string>(8).fill('c2 long'));
      assert.deepEqual(told, ['0', '1', '2', '3', '4', '5', '6', '7']);
      assert.ok(run.connection.isOpen);
    });
  });

  describe(`${role}: the end while a message is deflated`, () => {
    test('close(): the Close frame is behind it, and its deadline begins when it is sent', () => {
      const run = open(role);
      const { told, tell } = recorder();
      run.connection.send(LONG, tell('long'));
      run.connection.send('a', tell('a'));
      void run.connection.close(1000, 'bye');
      run.turn.end();
      assert.equal(run.written.count, 0);
      run.clock.advance(4_000);
      finish(run);
      assert.deepEqual(frames(run), ['c2 long', '81 a', '88 03 e8 62 79 65']);
      assert.deepEqual(told, ['long', 'a']);
      run.clock.advance(4_000);
      assert.equal(run.transport.isDestroyed, false);
      run.receive(wire(role, '88 02 03 e8'));
      run.transport.gone();
      run.turn.end();
      assert.equal(run.events.at(-1), 'close 1000 clean');
    });

    test('closeTimeout while it is deflated: the rest is done at once', () => {
      const run = open(role);
      run.connection.send(LONG);
      void run.connection.close(1000);
      run.clock.advance(5_000);
      run.turn.end();
      assert.deepEqual(frames(run), ['c2 long', '88 03 e8']);
      run.clock.advance(5_000);
      assert.equal(run.transport.isDestroyed, true);
    });

    test('the peer closes, or the connection fails: it is dropped, and its sender is told', () => {
      for (const [bytes, close] of [
        ['88 02 03 e8', '88 03 e8'],
        ['83 00', undefined],
      ] as const) {
        const run = open(role);
        const { told, tell } = recorder();
        run.connection.send(LONG, tell('long'));
        run.connection.send('a', tell('a'));
        run.turn.nextPieces();
        run.receive(wire(role, bytes));
        finish(run);
        assert.deepEqual(told, ['long ERR_WS_DROPPED', 'a ERR_WS_DROPPED']);
        if (close !== undefined) assert.deepEqual(frames(run), [close]);
        assert.equal(readFrames(run.written.bytes).length, 1);
      }
    });

    test('terminate(), and the end of TCP', () => {
      for (const end of ['terminate', 'gone'] as const) {
        const run = open(role);
        const { told, tell } = recorder();
        run.connection.send(LONG, tell('long'));
        run.turn.nextPieces();
        if (end === 'gone') run.transport.gone();
        else run.connection.terminate();
        finish(run);
        assert.deepEqual(told, ['long ERR_WS_DROPPED']);
        assert.equal(run.written.count, 0);
      }
    });

    test('the peer ends TCP after our close(): what was sent leaves before our end', () => {
      const run = open(role);
      run.connection.send(LONG);
      void run.connection.close(1000);
      run.transport.deliver('end');
      run.turn.end();
      assert.deepEqual(frames(run), ['c2 long', '88 03 e8']);
      assert.equal(run.transport.isEnded, true);
    });

    test('without memory for a piece the connection fails with 1011', () => {
      const run = open(role);
      run.connection.send(LONG);
      run.turn.nextPieces();
      const host = new CoreHost();
      const poor = openConnection(role, { host, deflate: {} });
      host.turn.holdsJobs = true;
      poor.connection.send(LONG);
      host.isOutOfMemory = (size) => size > 5 * KIB;
      for (let count = 0; count < 40; count++) host.turn.nextPieces();
      assert.ok(poor.events.includes('error ERR_WS_INTERNAL'), poor.events.join());
    });
  });
}
