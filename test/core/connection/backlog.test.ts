// Messages that wait for one that takes several turns: what becomes of each when queues are full, when this end closes, and
// when something is thrown.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { Backlog, type BacklogOwner } from '../../../src/core/connection/backlog.ts';
import type { Backpressure } from '../../../src/core/connection/backpressure.ts';
import { completeConnection, withLimits } from '../../../src/core/connection/complete-settings.ts';
import { type OpenLinkStream, sendOverLink } from '../../../src/core/connection/link-stream.ts';
import { type WebSocketError, webSocketError } from '../../../src/core/errors.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { openSource } from '../../../src/core/message/stream-source.ts';
import type { Compression, Deflater } from '../../../src/core/ports.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { shareMessage } from '../../../src/node/share-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { CoreHost, openConnection, type Setup } from '../../support/core-connection.ts';
import { turn } from '../../support/handles.ts';
import { pattern } from '../../support/hex.ts';
import { ManualTurn } from '../../support/manual-clock.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { openStreamed } from '../../support/streamed.ts';
import { frame, readFrames, wire } from '../../support/wire.ts';

const LONG = pattern(600 * 1024);

/** A connection whose pieces wait for the test. */
function open(role: 'client' | 'server', setup: Setup = {}) {
  const host = new CoreHost();
  const run = openConnection(role, { host, deflate: {}, highWaterMark: Infinity, ...setup });
  host.turn.holdsJobs = true;
  const firsts = (): string[] => readFrames(run.written.bytes).map(({ first }) => first.toString(16));
  const finish = (): void => {
    run.turn.end();
    while (run.turn.nextPieces());
  };
  return { ...run, host, firsts, finish };
}

/** A source that never gives anything. */
const silent: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'sent',
    (error: { code: string }) => error.code,
  );
}

for (const role of ['client', 'server'] as const) {
  describe(`${role}: a backlog`, () => {
    test('shared messages wait in it, and are dropped with it', () => {
      const run = open(role);
      const { told, tell } = recorder();
      run.connection.send(LONG, tell('long'));
      assert.equal(run.connection.sendShared(shareMessage('s'), tell('shared')), true);
      run.finish();
      assert.deepEqual(
        [run.firsts(), told],
        [
          ['c2', '81'],
          ['long', 'shared'],
        ],
      );
      run.connection.send(LONG, tell('long'));
      run.connection.sendShared(shareMessage('s'), { compress: false }, tell('dropped'));
      run.machine.sendPrepared(preparedOf('t'));
      run.transport.gone();
      run.finish();
      assert.deepEqual(told.slice(2), ['long ERR_WS_DROPPED', 'dropped ERR_WS_DROPPED']);
    });

    test('a full one refuses shared messages, too', async () => {
      const run = open(role, { slowConsumer: 'drop-newest', limits: { maxQueuedBytes: 10 } });
      const { told, tell } = recorder();
      const sent = outcome(run.connection.sendStream(silent));
      run.connection.send('x'.repeat(11), tell('x'));
      assert.equal(run.connection.sendShared(shareMessage('s'), tell('shared')), false);
      assert.equal(run.machine.sendPrepared(preparedOf('t')), false);
      run.turn.end();
      assert.deepEqual(told, ['shared ERR_WS_SLOW_CONSUMER_DROPPED']);
      run.connection.terminate();
      run.turn.end();
      assert.equal(await sent, 'ERR_WS_DROPPED');
    });

    test("'drop-oldest' passes over streams that wait", async () => {
      const run = open(role, { slowConsumer: 'drop-oldest', limits: { maxQueuedBytes: 10 } });
      const { told, tell } = recorder();
      const first = outcome(run.connection.sendStream(silent));
      const second = outcome(run.connection.sendStream(silent));
      run.connection.send('x'.repeat(11), tell('x'));
      run.connection.send('y', tell('y'));
      run.turn.end();
      assert.deepEqual(told, ['x ERR_WS_SLOW_CONSUMER_DROPPED']);
      run.connection.terminate();
      run.turn.end();
      assert.deepEqual([await first, await second], ['ERR_WS_DROPPED', 'ERR_WS_DROPPED']);
      assert.deepEqual(told.slice(1), ['y ERR_WS_DROPPED']);
    });

    test('close() behind a long message drops streams that wait, and sends the messages', async () => {
      const run = open(role);
      run.connection.send(LONG);
      const stream = outcome(run.connection.sendStream(silent));
      run.connection.send('a');
      void run.connection.close(1000);
      run.finish();
      assert.equal(await stream, 'ERR_WS_DROPPED');
      assert.deepEqual(run.firsts(), ['c2', '81', '88']);
    });

    test('without memory: while it catches up, and for queued messages', () => {
      const run = open(role, { limits: { maxQueuedBytes: 500_000 } });
      run.connection.send(LONG);
      run.host.isOutOfMemory = (size) => size > 100 && size < 100_000;
      run.connection.send('a');
      run.host.isOutOfMemory = undefined;
      run.turn.end();
      assert.ok(run.events.includes('error ERR_WS_INTERNAL'), run.events.join());
      run.finish();
    });

    test('a transport that throws while the last waiting message is queued', () => {
      const run = open(role);
      const { told, tell } = recorder();
      run.connection.send(new Uint8Array(600 * 1024), tell('long'));
      run.connection.send(pattern(100_000), { compress: false }, tell('last'));
      const { transport } = run;
      transport.write = () => {
        if (transport.isDestroyed) return false;
        throw new Error('broken');
      };
      run.finish();
      transport.gone();
      run.finish();
      assert.ok(run.events.includes('error ERR_WS_INTERNAL'), run.events.join());
      assert.deepEqual(told, ['long ERR_WS_DROPPED', 'last ERR_WS_DROPPED']);
    });

    test('its bytes count in the queues of the server', () => {
      let queued = 0;
      const queueBudget = { add: (size: number) => (queued += size), used: 0, limit: Infinity } as never;
      const run = open(role, { queueBudget });
      run.connection.send(LONG);
      assert.equal(queued, LONG.length);
      run.finish();
      assert.equal(queued, 0);
    });
  });

  describe(`${role}: a stream whose deflater fails`, () => {
    /** Deflates, except where it fails. */
    function failing(then: string): Compression {
      const codec = nodeCompression();
      return {
        canKeepContext: codec.canKeepContext,
        inflater: (options) => codec.inflater(options),
        deflater: (options) => {
          const deflater = codec.deflater(options);
          return new Proxy(deflater, {
            get(target, name) {
              if (name !== 'write') {
                const value: unknown = Reflect.get(target, name, target);
                return typeof value === 'function' ? value.bind(target) : value;
              }
              return (...given: Parameters<Deflater['write']>) => {
                if (given[3] === then) throw new Error('no memory');
                target.write(...given);
              };
            },
          });
        },
      };
    }

    for (const then of ['flushed', 'last', 'open']) {
      test(`in a part that is ${then}`, async () => {
        const run = openConnection(role, { deflate: {}, codec: failing(then) });
        const source = async function* (): AsyncGenerator<string> {
          yield 'a'.repeat(100_000);
          await turn();
          await turn();
          yield 'b'.repeat(100_000);
        };
        const sent = outcome(run.connection.sendStream(source()));
        for (let count = 0; count < 12; count++) {
          await turn();
          run.turn.end();
        }
        assert.equal(await sent, 'ERR_WS_SEND_STREAM');
      });
    }

    test('a lone surrogate at the end of a stream becomes U+FFFD', async () => {
      const run = openConnection(role);
      const sent = outcome(run.connection.sendStream(['a\ud834']));
      for (let count = 0; count < 4; count++) {
        await turn();
        run.turn.end();
      }
      assert.equal(await sent, 'sent');
      run.written.equalsFrames('81 04 61 ef bf bd');
    });

    test('a stream that breaks the transport with its last frame', async () => {
      const run = openConnection(role);
      run.transport.writeMany = () => {
        throw new Error('broken');
      };
      const sent = outcome(run.connection.sendStream([pattern(32 * 1024)]));
      for (let count = 0; count < 4; count++) {
        await turn();
        run.turn.end();
      }
      run.transport.gone();
      assert.equal(await sent, 'ERR_WS_DROPPED');
    });
  });

  describe(`${role}: what is received`, () => {
    test('a message that begins after close() is read and dropped', async () => {
      const run = openStreamed(role);
      void run.connection.close(1000);
      run.receive(wire(role, frame(0x82, pattern(100)), '88 02 03 e8'));
      run.transport.gone();
      await run.settle();
      assert.deepEqual([run.streams.length, run.events.at(-1)], [0, 'close 1000 clean']);
    });

    test('a message that inflates to megabytes is inflated in several turns', () => {
      const run = openStreamed(role, { deflate: {}, streamAbove: Infinity, limits: { maxInflateRatio: Infinity } });
      run.turn.holdsJobs = true;
      const deflated = deflateRawSync(new Uint8Array(3 * 2 ** 20), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
        0,
        -4,
      );
      run.receive(wire(role, frame(0xc2, deflated)));
      assert.equal(run.got.length, 0);
      while (run.turn.nextPieces());
      assert.equal(run.got.length, 1);
    });

    test('a violation after a message that is read later fails the connection then', async () => {
      const run = openStreamed(role, { read: () => new Promise(() => {}) });
      run.receive(wire(role, '82 01 01', '83 00'));
      await run.settle();
      assert.ok(run.connection.isOpen);
      void run.streams[0]?.bytes();
      await run.settle();
      assert.ok(run.events.includes('error ERR_WS_RESERVED_OPCODE'));
    });
  });
}

describe('sendStream over a link', () => {
  /** A link with room for one part at a time, after which somebody makes room. */
  function linkOf(isOpen = true) {
    const sent: string[] = [];
    const rooms: (() => void)[] = [];
    let isFull = false;
    let gone: ((error: WebSocketError) => void) | undefined;
    const open: OpenLinkStream = (isBinary, tell) => {
      gone = tell;
      sent.push(`open ${isBinary}`);
      if (!isOpen) return undefined;
      return {
        hasRoom() {
          return isFull ? new Promise((resolve) => rooms.push(resolve)) : undefined;
        },
        write(part) {
          isFull = true;
          sent.push(typeof part === 'string' ? part : `<${part.length}>`);
        },
        end: () => void sent.push('end'),
        abort: () => void sent.push('abort'),
      };
    };
    const makeRoom = (): void => {
      isFull = false;
      for (const resolve of rooms.splice(0)) resolve();
    };
    const send = (source: unknown, options: object = {}): Promise<void> =>
      sendOverLink(open, nodeHost, openSource(source), options);
    return { sent, send, makeRoom, end: (error: WebSocketError) => gone?.(error) };
  }

  const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('pulls a part when there is room for it', async () => {
    const { sent, send, makeRoom } = linkOf();
    const sending = send(['a', '', 'b']);
    await soon();
    assert.deepEqual(sent, ['open undefined', 'a']);
    makeRoom();
    await soon();
    assert.deepEqual(sent.slice(2), ['b']);
    makeRoom();
    await sending;
    assert.deepEqual(sent.slice(3), ['end']);
  });

  test('bytes of a text may be cut within a character, and must be UTF-8', async () => {
    const bytes = new TextEncoder().encode('aé');
    const { sent, send, makeRoom } = linkOf();
    const sending = send([bytes.subarray(0, 2), bytes.subarray(2)], { binary: false });
    await soon();
    makeRoom();
    await soon();
    makeRoom();
    await sending;
    assert.deepEqual(sent, ['open false', 'a', 'é', 'end']);
    for (const parts of [[Uint8Array.of(0xff)], [bytes.subarray(1, 2)], [bytes.subarray(1, 2), 'x']]) {
      const wrong = linkOf();
      const sending = assert.rejects(
        wrong.send(parts, { binary: false }),
        ({ cause }: { cause: WebSocketError }) => cause.code === 'ERR_WS_SEND_UTF8',
      );
      await soon();
      wrong.makeRoom();
      await sending;
      assert.equal(wrong.sent.at(-1), 'abort');
    }
  });

  test('strings of a binary message are sent as UTF-8', async () => {
    const { sent, send, makeRoom } = linkOf();
    const sending = send(['é'], { binary: true });
    await soon();
    makeRoom();
    await sending;
    assert.deepEqual(sent, ['open true', '<2>', 'end']);
  });

  test('a source that fails, a part of a wrong type, a signal before, at the source and while there is no room', async () => {
    const failing = {
      [Symbol.iterator]: () => ({
        next() {
          throw new Error('x');
        },
      }),
    };
    for (const source of [failing, [5]]) {
      const { send, sent } = linkOf();
      await assert.rejects(send(source), { code: /^ERR_WS_(?:SEND_STREAM|DATA_TYPE)$/u });
      assert.deepEqual(sent, ['open undefined', 'abort']);
    }
    for (const source of [['a', 'b'], { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }]) {
      const controller = new AbortController();
      const { send, sent } = linkOf();
      const sending = send(source, { signal: controller.signal });
      await soon();
      controller.abort('no');
      await assert.rejects(sending, (reason) => reason === 'no');
      assert.equal(sent.at(-1), 'abort');
    }
  });

  test('the end of the session, at the source and while there is no room; a link that is not open', async () => {
    const error = webSocketError('ERR_WS_DROPPED', 'the session is over');
    for (const source of [['a', 'b'], { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }]) {
      const { send, sent, end } = linkOf();
      const sending = send(source);
      await soon();
      end(error);
      await assert.rejects(sending, error);
      assert.ok(!sent.includes('abort'));
    }
    await assert.rejects(linkOf(false).send(['a']), { code: 'ERR_WS_DROPPED' });
  });

  test('a message that the link finds too large is given up', async () => {
    let isAborted = false;
    const open: OpenLinkStream = () => ({
      hasRoom: () => undefined,
      write() {
        throw error;
      },
      end() {},
      abort() {
        isAborted = true;
      },
    });
    const error = webSocketError('ERR_WS_DROPPED', 'it is larger than the peer takes');
    await assert.rejects(sendOverLink(open, nodeHost, openSource(['a']), {}), error);
    assert.ok(isAborted);
  });
});

test('accept({ streamAbove }) and limits of one connection', () => {
  const options = completeConnection('server', { streamAbove: 10, limits: { maxMessageSize: 100 } });
  assert.equal(withLimits(options, undefined), options);
  assert.equal(withLimits(options, undefined, 0).streaming?.from, 0);
  assert.equal(withLimits(options, { maxMessageSize: 5 }).streaming?.from, 6);
  assert.equal(withLimits(options, { maxStreamSize: 7, maxFrameSize: 3 }).streaming?.limits.maxFrameSize, 3);
  assert.equal(withLimits(options, undefined, Infinity).streaming, undefined);
  const plain = completeConnection('server', {});
  assert.equal(withLimits(plain, { maxMessageSize: 5 }).streaming, undefined);
  assert.equal(withLimits(plain, undefined, 3).streaming?.from, 4);
});

function preparedOf(text: string) {
  return new PreparedMessage(text, nodeText, { allocate: (size) => new Uint8Array(size) });
}

test('an entry that is dropped while it begins ends its backlog once', () => {
  const scheduler = new ManualTurn();
  let [emptied, ended] = [0, 0];
  const dropped: string[] = [];
  const backpressure = { held: 0, emptied: () => void emptied++ };
  const owner: BacklogOwner = { backpressure: backpressure as unknown as Backpressure, backlog: undefined };
  const backlog = new Backlog(owner, undefined, scheduler, () => ended++);
  const error = webSocketError('ERR_WS_DROPPED', 'the transport broke');
  backlog.add({
    kind: 'message',
    size: 3,
    begin() {
      backlog.dropAll(error);
      return true;
    },
    drop: ({ code }) => void dropped.push(code),
  });
  scheduler.end();
  assert.deepEqual([owner.backlog, backlog.size, backpressure.held], [undefined, 0, 0]);
  assert.deepEqual([emptied, ended, dropped], [1, 1, ['ERR_WS_DROPPED']]);
});
