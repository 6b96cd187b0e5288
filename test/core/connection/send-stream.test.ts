// `sendStream`: one message whose source is read while it is sent. Its fragments, the messages that wait for its end, and what
// becomes of both when the source, the peer or this end stops in the middle.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { inflateRawSync, constants as zlib } from 'node:zlib';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';
import { turn } from '../../support/handles.ts';
import { assertBytes, concat, pattern, toHex, utf8 } from '../../support/hex.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { openStreamed } from '../../support/streamed.ts';
import { frame, readFrames, wire } from '../../support/wire.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Lets sources and what they set off go on until nothing moves. */
async function settle(run: OpenConnection): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 4; ) {
    await turn();
    run.turn.end();
    quiet = run.written.count === before ? quiet + 1 : 0;
    before = run.written.count;
  }
}

/** Goes on until a stream has been sent. */
async function finish(run: OpenConnection, sent: Promise<void>): Promise<void> {
  let isOver = false;
  void sent.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver) {
    await turn();
    run.turn.end();
  }
  await sent;
}

/** A source that the test feeds. */
class Fed implements AsyncIterableIterator<string | Uint8Array, undefined> {
  isCancelled = false;
  asked = 0;
  readonly #parts: Promise<IteratorResult<string | Uint8Array, undefined>>[] = [];
  readonly #give: ((result: IteratorResult<string | Uint8Array, undefined>) => void)[] = [];
  #fail: ((error: Error) => void) | undefined;

  next(): Promise<IteratorResult<string | Uint8Array, undefined>> {
    this.asked++;
    return (
      this.#parts.shift() ??
      new Promise((resolve, reject) => {
        this.#give.push(resolve);
        this.#fail = reject;
      })
    );
  }

  give(part: string | Uint8Array): void {
    this.#put({ value: part, done: false });
  }

  end(): void {
    this.#put({ value: undefined, done: true });
  }

  fail(error: Error): void {
    this.#fail?.(error);
  }

  return(): Promise<IteratorResult<string | Uint8Array, undefined>> {
    this.isCancelled = true;
    return Promise.resolve({ value: undefined, done: true });
  }

  #put(result: IteratorResult<string | Uint8Array, undefined>): void {
    const give = this.#give.shift();
    if (give === undefined) this.#parts.push(Promise.resolve(result));
    else give(result);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The messages that were written: text quoted, bytes in hex, by the frames that they came in. */
function messages(run: OpenConnection): string[] {
  const found: string[] = [];
  for (const { first, payload } of readFrames(run.written.bytes)) {
    const opcode = first & 0x0f;
    const shown = opcode >= 8 || opcode === 2 ? toHex(payload) : new TextDecoder().decode(payload);
    found.push(`${first.toString(16)} ${shown}`.trimEnd());
  }
  return found;
}

function payloadOf(run: OpenConnection): Uint8Array {
  const frames = readFrames(run.written.bytes).filter(({ first }) => (first & 0x0f) < 8);
  return concat(frames.map(({ payload }) => payload));
}

async function* each<Part>(...parts: readonly Part[]): AsyncGenerator<Part> {
  for (const part of parts) {
    await turn();
    yield part;
  }
}

for (const role of ['client', 'server'] as const) {
  describe(`${role}: sendStream`, () => {
    test('sends each part as a fragment when the source makes us wait, and ends with FIN', async () => {
      const run = openConnection(role);
      const source = new Fed();
      const sent = run.connection.sendStream(source);
      await settle(run);
      assert.equal(run.written.count, 0);
      source.give('ab');
      await settle(run);
      run.written.equalsFrames('01 02 61 62');
      source.give('c');
      await settle(run);
      run.written.equalsFrames('01 02 61 62', '00 01 63');
      source.end();
      await settle(run);
      run.written.equalsFrames('01 02 61 62', '00 01 63', '80 00');
      await sent;
    });

    test('joins parts that come in one turn: a small source is one frame', async () => {
      const run = openConnection(role);
      const sent = run.connection.sendStream(['a', 'b', '', 'c']);
      await finish(run, sent);
      run.written.equalsFrames('81 03 61 62 63');
    });

    test('sources: iterables, async ones, web streams, streams of Node; empty ones', async () => {
      const bytes = pattern(10);
      const sources = [
        [bytes.subarray(0, 4), bytes.subarray(4)],
        new Set([bytes]),
        each<Uint8Array | ArrayBuffer>(bytes.subarray(0, 4), bytes.subarray(4).slice().buffer),
        new Blob([bytes as Uint8Array<ArrayBuffer>]).stream(),
        Readable.from([Buffer.from(bytes.subarray(0, 3)), Buffer.from(bytes.subarray(3))]),
        new ReadableStream({
          start(controller) {
            controller.enqueue(new DataView(bytes.slice().buffer));
            controller.close();
          },
        }),
      ];
      for (const source of sources) {
        const run = openConnection(role);
        const sent = run.connection.sendStream(source as Iterable<Uint8Array>);
        await finish(run, sent);
        assertBytes(payloadOf(run), bytes);
        assert.equal((readFrames(run.written.bytes)[0]?.first as number) & 0x7f, 2);
      }
      for (const [options, expected] of [
        [{}, '81 00'],
        [{ binary: true }, '82 00'],
      ] as const) {
        const run = openConnection(role);
        const sent = run.connection.sendStream([], options);
        await finish(run, sent);
        run.written.equalsFrames(expected);
      }
    });

    test('text: strings cut within a surrogate pair are joined, bytes may be cut within a character', async () => {
      const text = 'a€𝄞z';
      const bytes = utf8(text);
      for (const parts of [
        ['a€\ud834', '\udd1ez'],
        ['a€', '\ud834', '', '\udd1e', 'z'],
        [...bytes].map((byte) => Uint8Array.of(byte)),
        ['a', bytes.subarray(1, 5), bytes.subarray(5)],
      ]) {
        const run = openConnection(role);
        const sent = run.connection.sendStream(each(...parts), { binary: false });
        await finish(run, sent);
        assertBytes(payloadOf(run), bytes);
        assert.equal((readFrames(run.written.bytes)[0]?.first as number) & 0x7f, 1);
      }
      const lone = openConnection(role);
      const sent = lone.connection.sendStream(['x\ud834', Uint8Array.of(0x79), '\udd1e'], { binary: false });
      await finish(lone, sent);
      assertBytes(payloadOf(lone), utf8('x\ufffdy\ufffd'));
    });

    test('binary: true sends strings as UTF-8', async () => {
      const run = openConnection(role);
      const sent = run.connection.sendStream(['€', Uint8Array.of(0xff)], { binary: true });
      await finish(run, sent);
      run.written.equalsFrames('82 04 e2 82 ac ff');
    });

    test('a part of any size leaves in fragments of 64 KiB; it may be changed when the next one is asked for', async () => {
      const run = openConnection(role);
      const bytes = pattern(300 * KIB);
      const copy = bytes.slice();
      function* source(): Generator<Uint8Array> {
        yield bytes;
        bytes.fill(0);
      }
      const sent = run.connection.sendStream(source());
      await finish(run, sent);
      assertBytes(payloadOf(run), copy);
      assert.deepEqual(
        readFrames(run.written.bytes).map(({ payload }) => payload.length),
        [64 * KIB, 64 * KIB, 64 * KIB, 64 * KIB, 44 * KIB],
      );
    });

    test('large strings of any kind', async () => {
      const text = 'aé€𝄞'.repeat(20_000);
      const run = openConnection(role);
      const sent = run.connection.sendStream([text, text.slice(0, 30_001)]);
      await finish(run, sent);
      assertBytes(payloadOf(run), utf8(text + text.slice(0, 30_001)));
    });

    test('messages that are sent meanwhile wait for its end, in order; pings and pongs do not', async () => {
      const run = openConnection(role);
      const { told, tell } = recorder();
      const source = new Fed();
      const sent = run.connection.sendStream(source, { binary: false });
      source.give('a');
      await settle(run);
      const changing = utf8('b');
      run.connection.send(changing, { binary: false }, tell('b'));
      changing.fill(0x7a);
      const second = run.connection.sendStream(['c', 'd']);
      run.connection.send('e', tell('e'));
      run.connection.ping('p');
      run.receive(wire(role, '89 01 71'));
      assert.ok(run.connection.bufferedAmount >= 2);
      await settle(run);
      assert.deepEqual(messages(run), ['1 a', '89 70', '8a 71']);
      assert.deepEqual(told, []);
      source.end();
      await settle(run);
      await Promise.all([sent, second]);
      assert.deepEqual(messages(run).slice(3), ['80', '81 b', '81 cd', '81 e']);
      assert.deepEqual(told, ['b', 'e']);
      assert.equal(run.connection.bufferedAmount, 0);
    });

    test('send answers false, and drained() waits, while many bytes wait for its end', async () => {
      const run = openConnection(role, { highWaterMark: 10 });
      const source = new Fed();
      const sent = run.connection.sendStream(source);
      assert.equal(run.connection.send('12345678'), true);
      assert.equal(run.connection.send('9'.repeat(4)), false);
      let isDrained = false;
      const drained = run.connection.drained().then(() => {
        isDrained = true;
      });
      await settle(run);
      assert.equal(isDrained, false);
      source.end();
      await settle(run);
      await Promise.all([sent, drained]);
      assert.ok(run.events.includes('drain'));
    });

    for (const [slowConsumer, expected] of [
      ['drop-newest', ['1', '2 ERR_WS_SLOW_CONSUMER_DROPPED']],
      ['drop-oldest', ['1 ERR_WS_SLOW_CONSUMER_DROPPED', '2']],
      ['close', ['1 ERR_WS_DROPPED', '2 ERR_WS_DROPPED']],
      ['pause', ['1 ERR_WS_DROPPED', '2 ERR_WS_DROPPED']],
    ] as const) {
      test(`maxQueuedBytes bounds the messages that wait for its end: ${slowConsumer}`, async () => {
        const run = openConnection(role, { slowConsumer, limits: { maxQueuedBytes: 10 } });
        const { told, tell } = recorder();
        const source = new Fed();
        const sent = run.connection.sendStream(source);
        const isSent = sent.then(
          () => true,
          () => false,
        );
        source.give('a');
        await settle(run);
        run.connection.send('1'.repeat(11), tell('1'));
        run.connection.send('2', tell('2'));
        source.end();
        await settle(run);
        assert.deepEqual([...told].sort(), expected);
        assert.equal(await isSent, slowConsumer.startsWith('drop'));
        if (!slowConsumer.startsWith('drop')) assert.ok(run.events.includes('error ERR_WS_SLOW_CONSUMER'));
      });
    }

    test('the source is not asked for more while 256 KiB wait for the peer', async () => {
      const run = openConnection(role);
      run.transport.isCongested = true;
      let given = 0;
      const part = pattern(32 * KIB);
      async function* source(): AsyncGenerator<Uint8Array> {
        for (; given < 64; given++) yield part;
      }
      const sent = run.connection.sendStream(source());
      await settle(run);
      assert.ok(given <= 10, `${given}`);
      const before = given;
      for (let count = 0; count < 4; count++) run.transport.release();
      await settle(run);
      assert.ok(given > before && given < 30, `${given}`);
      run.transport.isCongested = false;
      for (let round = 0; round < 10; round++) {
        run.transport.release();
        await settle(run);
      }
      await sent;
      assertBytes(payloadOf(run), concat(Array<Uint8Array>(64).fill(part)));
    });

    test('other connections have their turn while an endless source is sent', async () => {
      const host = new CoreHost();
      const run = openConnection(role, { host });
      host.turn.holdsJobs = true;
      let given = 0;
      function* source(): Generator<Uint8Array> {
        for (;;) {
          given++;
          yield pattern(64 * KIB);
        }
      }
      const sent = run.connection.sendStream(source());
      for (let round = 1; round < 4; round++) {
        await turn();
        assert.ok(given <= round * 5, `${given}`);
        host.turn.nextPieces();
      }
      const rejected = assert.rejects(sent, { code: 'ERR_WS_DROPPED' });
      run.connection.terminate();
      run.turn.end();
      await rejected;
    });

    test('shared messages wait, too', async () => {
      const run = openConnection(role, { deflate: {} });
      const source = new Fed();
      const sent = run.connection.sendStream(source, { compress: false });
      source.give('a');
      await settle(run);
      const { PreparedMessage } = await import('../../../src/core/message/prepared-message.ts');
      const { nodeText } = await import('../../../src/node/text.ts');
      const shared = new PreparedMessage('b', nodeText, { allocate: (size) => new Uint8Array(size) });
      assert.equal(run.machine.sendPrepared(shared), true);
      source.end();
      await finish(run, sent);
      assert.deepEqual(messages(run), ['1 a', '80', '81 b']);
    });

    test('fragments are refused meanwhile, and a stream within a fragmented message', async () => {
      const run = openConnection(role);
      const source = new Fed();
      const sent = run.connection.sendStream(source);
      assert.throws(() => run.connection.sendFragment('a', { fin: false }), { code: 'ERR_WS_STREAM_OPEN' });
      source.end();
      await finish(run, sent);
      run.connection.sendFragment('a', { fin: false });
      assert.throws(() => run.connection.sendStream(['b']), { code: 'ERR_WS_FRAGMENT_OPEN' });
    });

    test('other sources and options are refused', () => {
      const { connection } = openConnection(role);
      for (const source of ['text', pattern(3), 5, null, undefined, {}, () => []]) {
        assert.throws(() => connection.sendStream(source as never), { code: 'ERR_WS_STREAM_SOURCE' });
      }
      assert.throws(() => connection.sendStream([], { fin: true } as never), /the message ends with its source/u);
      assert.throws(() => connection.sendStream([], { signal: 5 } as never), /an AbortSignal/u);
      assert.throws(() => (connection.sendStream as (...args: unknown[]) => unknown)([], {}, 1), {
        code: 'ERR_WS_OPTION',
      });
    });
  });

  describe(`${role}: a stream that is cut`, () => {
    async function begun(setup: Setup = {}) {
      const run = openConnection(role, setup);
      const source = new Fed();
      const sent = run.connection.sendStream(source);
      const outcome = sent.then(
        () => 'sent',
        (error: { code?: string; cause?: unknown }) => error,
      );
      source.give('a');
      await settle(run);
      return { ...run, source, outcome };
    }

    test('the source fails: the connection fails with 1011, and the peer learns no reason of the source', async () => {
      const run = await begun();
      run.connection.send('behind');
      const cause = new Error('secret');
      run.source.fail(cause);
      await settle(run);
      const error = (await run.outcome) as { code: string; cause: unknown };
      assert.equal(error.code, 'ERR_WS_SEND_STREAM');
      assert.equal(error.cause, cause);
      assert.ok(run.events.includes('error ERR_WS_SEND_STREAM'));
      const close = readFrames(run.written.bytes).at(-1);
      assert.equal(toHex(close?.payload.subarray(0, 2) as Uint8Array), '03 f3');
      assert.ok(!new TextDecoder().decode(close?.payload).includes('secret'));
    });

    test('the source fails before anything has left: the connection lives on', async () => {
      const run = openConnection(role);
      const source = new Fed();
      const sent = run.connection.sendStream(source);
      const rejected = assert.rejects(sent, { code: 'ERR_WS_SEND_STREAM' });
      run.connection.send('next');
      await settle(run);
      source.fail(new Error('x'));
      await settle(run);
      await rejected;
      assert.deepEqual(messages(run), ['81 next']);
      assert.ok(run.connection.isOpen);
    });

    test('a part that cannot be sent counts as a failure of the source, which is cancelled', async () => {
      for (const [parts, code] of [
        [['a', 5], 'ERR_WS_DATA_TYPE'],
        [['a', undefined], 'ERR_WS_DATA_TYPE'],
        [['a', Uint8Array.of(0xff)], 'ERR_WS_SEND_UTF8'],
        [['a', Uint8Array.of(0xe2)], 'ERR_WS_SEND_UTF8'],
        [['a', Uint8Array.of(0xe2), 'b'], 'ERR_WS_SEND_UTF8'],
      ] as const) {
        const run = openConnection(role);
        const source = each(...parts);
        const sent = run.connection.sendStream(source as AsyncGenerator<string>, { binary: false });
        const outcome = sent.then(
          () => undefined,
          (error: { code: string; cause: { code: string } }) => error,
        );
        await settle(run);
        const error = await outcome;
        assert.equal(error?.code, 'ERR_WS_SEND_STREAM');
        assert.equal(error?.cause.code, code);
        assert.deepEqual(await source.next(), { value: undefined, done: true });
      }
    });

    test('the peer goes: the source is cancelled', async () => {
      const run = await begun();
      run.transport.gone();
      await settle(run);
      assert.equal(((await run.outcome) as { code: string }).code, 'ERR_WS_DROPPED');
      assert.equal(run.source.isCancelled, true);
    });

    test('the peer goes when all of it has been given to the transport, which has not written it', async () => {
      const run = openConnection(role, { keepsBytes: true });
      const rejected = assert.rejects(run.connection.sendStream(['a']), { code: 'ERR_WS_DROPPED' });
      await settle(run);
      assert.deepEqual([messages(run), run.transport.held], [['81 a'], 1]);
      run.transport.gone();
      run.turn.end();
      await rejected;
    });

    test('the peer closes: its Close frame is answered within the message', async () => {
      const run = await begun();
      run.receive(wire(role, '88 02 03 e8'));
      await settle(run);
      assert.equal(((await run.outcome) as { code: string }).code, 'ERR_WS_DROPPED');
      assert.deepEqual(messages(run), ['1 a', '88 03 e8']);
    });

    test('close() ends it, and drops the messages that wait; a stream that waits is never begun', async () => {
      const run = await begun();
      const { told, tell } = recorder();
      run.connection.send('behind', tell('behind'));
      const waiting = new Fed();
      const second = run.connection.sendStream(waiting);
      void run.connection.close(1000);
      await assert.rejects(second, { code: 'ERR_WS_DROPPED' });
      await settle(run);
      assert.equal(((await run.outcome) as { code: string }).code, 'ERR_WS_DROPPED');
      assert.deepEqual(told, ['behind ERR_WS_DROPPED']);
      assert.deepEqual([run.source.isCancelled, waiting.isCancelled, waiting.asked], [true, true, 0]);
      assert.deepEqual(messages(run), ['1 a', '88 03 e8']);
    });

    test('terminate(), and a connection that is closed already', async () => {
      const run = await begun();
      run.connection.terminate();
      await settle(run);
      assert.equal(((await run.outcome) as { code: string }).code, 'ERR_WS_DROPPED');
      const late = new Fed();
      await assert.rejects(run.connection.sendStream(late), { code: 'ERR_WS_DROPPED' });
      assert.equal(late.isCancelled, true);
    });

    test('streams of the web and of Node are cancelled, even while they wait', async () => {
      const run = openConnection(role);
      let cancelled: unknown;
      const web = new ReadableStream<string>({
        start: (controller) => controller.enqueue('a'),
        cancel: (reason: unknown) => {
          cancelled = reason;
        },
      });
      const node = new Readable({ read() {} });
      const first = run.connection.sendStream(web as unknown as AsyncIterable<string>);
      const second = run.connection.sendStream(node);
      await settle(run);
      run.transport.gone();
      await assert.rejects(first, { code: 'ERR_WS_DROPPED' });
      await assert.rejects(second, { code: 'ERR_WS_DROPPED' });
      await settle(run);
      assert.equal((cancelled as { code: string }).code, 'ERR_WS_DROPPED');
      assert.equal(node.destroyed, true);
    });

    test('signal: aborted before, before the first fragment, behind another stream, in the middle', async () => {
      const before = openConnection(role);
      const source = new Fed();
      await assert.rejects(
        before.connection.sendStream(source, { signal: AbortSignal.abort('no') }),
        (reason) => reason === 'no',
      );
      assert.deepEqual([source.isCancelled, source.asked], [true, 0]);

      const early = openConnection(role);
      const controller = new AbortController();
      const rejected = assert.rejects(early.connection.sendStream(new Fed(), { signal: controller.signal }), /late/u);
      early.connection.send('next');
      await settle(early);
      controller.abort(new Error('late'));
      await settle(early);
      await rejected;
      assert.deepEqual(messages(early), ['81 next']);

      const behind = await begun();
      const other = new AbortController();
      const second = behind.connection.sendStream(new Fed(), { signal: other.signal });
      other.abort();
      await assert.rejects(second, { name: 'AbortError' });
      behind.source.end();
      await settle(behind);
      assert.equal(await behind.outcome, 'sent');
      assert.ok(behind.connection.isOpen);

      const middle = openConnection(role);
      const third = new AbortController();
      const fed = new Fed();
      const cut = assert.rejects(middle.connection.sendStream(fed, { signal: third.signal }), { name: 'AbortError' });
      fed.give('a');
      await settle(middle);
      third.abort();
      await settle(middle);
      await cut;
      assert.ok(fed.isCancelled && middle.events.includes('error ERR_WS_SEND_STREAM'));
    });
  });

  describe(`${role}: compressed streams`, () => {
    /** RFC 7692 §7.2.2, by zlib itself. */
    function inflated(payload: Uint8Array): Uint8Array {
      const bytes = concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)]);
      return inflateRawSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH });
    }

    for (const deflate of [{}, { serverNoContextTakeover: true, clientNoContextTakeover: true }]) {
      test(`are deflated piece by piece, what was given can be read when the source waits: ${JSON.stringify(deflate)}`, async () => {
        const run = openConnection(role, { deflate });
        const source = new Fed();
        const sent = run.connection.sendStream(source);
        const text = 'one two three '.repeat(20);
        source.give(text);
        await settle(run);
        const frames = readFrames(run.written.bytes);
        assert.equal(frames[0]?.first, 0x41);
        assertBytes(inflated(payloadOf(run)), utf8(text));
        source.give(text);
        source.end();
        await finish(run, sent);
        assert.equal(readFrames(run.written.bytes).at(-1)?.first, 0x80);
        assert.ok(payloadOf(run).length < text.length / 2);
        const payload = payloadOf(run);
        assertBytes(inflated(payload), utf8(text + text));
        run.connection.send('c'.repeat(2000), { compress: true });
        await settle(run);
        assert.equal(readFrames(run.written.bytes).at(-1)?.first, 0xc1);
      });
    }

    test('of any size and content; compress: false', async () => {
      for (const compress of [true, false]) {
        const run = openConnection(role, { deflate: {} });
        const random = Uint8Array.from({ length: 150 * KIB }, (_, at) => (Math.imul(at, 2654435761) >>> 13) & 0xff);
        const parts = [random, new Uint8Array(MIB), pattern(3)];
        const sent = run.connection.sendStream(parts, { compress });
        await finish(run, sent);
        const payload = payloadOf(run);
        assertBytes(compress ? inflated(payload) : payload, concat(parts));
        if (compress) assert.ok(payload.length < 200 * KIB);
      }
      const empty = openConnection(role, { deflate: {} });
      const sent = empty.connection.sendStream([]);
      await finish(empty, sent);
      empty.written.equalsFrames('c1 01 00');
    });
  });

  describe(`${role}: a message passed on while it arrives`, () => {
    for (const [name, first] of [
      ['text', 0x81],
      ['binary', 0x82],
    ] as const) {
      test(`${name}, with back-pressure from the receiver to the sender`, async () => {
        const target = openConnection(role);
        target.transport.isCongested = true;
        const bytes = first === 0x81 ? utf8('aé€𝄞'.repeat(100_000)) : pattern(1000 * KIB);
        let sent: Promise<void> | undefined;
        const run = openStreamed(role, {
          read: (message) => {
            sent = target.connection.sendStream(message);
            return sent;
          },
        });
        const input = wire(role, frame(first, bytes));
        for (let at = 0; at < input.length; at += 64 * KIB) run.receive(input.subarray(at, at + 64 * KIB));
        await run.settle();
        assert.equal(run.transport.isPaused, true);
        assert.ok((run.streams[0]?.received as number) <= 600 * KIB, `${run.streams[0]?.received}`);
        target.transport.isCongested = false;
        for (let round = 0; round < 40; round++) {
          target.transport.release();
          await settle(target);
          await run.settle();
        }
        await sent;
        assertBytes(payloadOf(target), bytes);
        assert.equal((readFrames(target.written.bytes)[0]?.first as number) & 0x7f, first & 0x7f);
      });
    }

    test('the sender breaks: the receiver sees 1011; the receiver breaks: the rest is dropped', async () => {
      const target = openConnection(role);
      let outcome: Promise<unknown> | undefined;
      const read = (message: Parameters<typeof target.connection.sendStream>[0]): Promise<unknown> => {
        outcome = target.connection.sendStream(message).then(undefined, (error: { code: string }) => error.code);
        return outcome;
      };
      const run = openStreamed(role, { read });
      run.receive(wire(role, '01 01 61'));
      await run.settle();
      await settle(target);
      run.transport.gone();
      await run.settle();
      await settle(target);
      assert.equal(await outcome, 'ERR_WS_SEND_STREAM');
      assert.ok(target.events.includes('error ERR_WS_SEND_STREAM'));
      const next = openStreamed(role, { read });
      next.receive(wire(role, '01 01 61'));
      await next.settle();
      assert.equal(await outcome, 'ERR_WS_DROPPED');
      next.receive(wire(role, '80 01 62', '81 01 63'));
      await next.settle();
      assert.equal(next.streams.length, 2);
    });
  });
}
