// The parts of one message between the assembler and a reader: order, characters, the bound on parts that wait, and every
// way to end.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocketError } from '../../../src/core/errors.ts';
import { dropUnread, MessageStream, partsOf, takeParts } from '../../../src/core/message/message-stream.ts';
import { PartQueue } from '../../../src/core/message/part-queue.ts';
import { nodeText } from '../../../src/node/text.ts';
import { assertBytes, pattern, toHex, utf8 } from '../../support/hex.ts';

const KIB = 1024;
const memory = { allocate: (size: number) => new Uint8Array(size) };

function queueOf(isBinary = true, givesStrings = true) {
  const calls: string[] = [];
  const source = { hold: () => void calls.push('hold'), roomMade: () => void calls.push('room') };
  const queue = new PartQueue(source, isBinary, givesStrings, nodeText, memory);
  const put = (bytes: Uint8Array): void => queue.part(bytes, 0, bytes.length);
  return { queue, calls, put };
}

const lost = () => webSocketError('ERR_WS_LOST', 'x');

describe('PartQueue', () => {
  test('a reader that waits gets each part; parts that wait are joined up to 16 KiB', async () => {
    const { queue, put } = queueOf();
    const first = queue.next();
    put(pattern(3));
    assertBytes((await first) as Uint8Array, pattern(3));
    put(pattern(5));
    put(pattern(7));
    put(new Uint8Array(0));
    assert.equal(queue.held, 12);
    assert.equal((await queue.next())?.length, 12);
    put(pattern(10 * KIB));
    put(pattern(10 * KIB));
    assert.equal((await queue.next())?.length, 10 * KIB);
    assert.equal((await queue.next())?.length, 10 * KIB);
    queue.end();
    assert.equal(await queue.next(), undefined);
    assert.equal(queue.received, 20 * KIB + 15);
    assert.equal(queue.isRead, true);
  });

  test('holds its source at 128 KiB, and lets it go on at 64 KiB', async () => {
    const { queue, calls, put } = queueOf();
    put(pattern(100 * KIB));
    assert.deepEqual(calls, []);
    put(pattern(30 * KIB));
    put(pattern(30 * KIB));
    assert.deepEqual(calls, ['hold']);
    assert.equal(queue.isFull, true);
    await queue.next();
    assert.deepEqual(calls, ['hold', 'room']);
  });

  test('holds its source at the end until all was read', async () => {
    const { queue, calls, put } = queueOf();
    put(pattern(3));
    queue.end();
    queue.end();
    assert.deepEqual(calls, ['hold']);
    await queue.next();
    assert.deepEqual(calls, ['hold', 'room']);
    const empty = queueOf();
    empty.queue.end();
    assert.deepEqual(empty.calls, []);
  });

  test('text is cut between characters, wherever its bytes were cut', async () => {
    const bytes = utf8('a€𝄞z');
    for (let cut = 0; cut <= bytes.length; cut++) {
      for (const isWaiting of [true, false]) {
        const { queue, put } = queueOf(false);
        const parts: string[] = [];
        const read = async (): Promise<void> => {
          for (let part = await queue.next(); part !== undefined; part = await queue.next()) {
            parts.push(new TextDecoder('utf-8', { fatal: true }).decode(part));
          }
        };
        const reading = isWaiting ? read() : undefined;
        put(bytes.subarray(0, cut));
        await Promise.resolve();
        put(bytes.subarray(cut));
        queue.end();
        await (reading ?? read());
        assert.equal(parts.join(''), 'a€𝄞z', `${cut}`);
        assert.equal(queue.held, 0);
      }
    }
    const large = queueOf(false);
    const euros = utf8('€'.repeat(10_000));
    large.put(euros.subarray(0, 20_000));
    large.put(euros.subarray(20_000));
    assert.equal((await large.queue.next())?.length, 19_998);
    assert.equal((await large.queue.next())?.length, 10_002);
  });

  test('fail: parts that wait can be read, then the error once, then the end', async () => {
    const { queue, calls, put } = queueOf();
    put(pattern(200 * KIB));
    queue.fail(lost);
    queue.fail(() => assert.fail());
    queue.end();
    put(pattern(3));
    assert.deepEqual(calls, ['hold', 'room']);
    assert.equal((await queue.next())?.length, 200 * KIB);
    await assert.rejects(queue.next(), { code: 'ERR_WS_LOST' });
    assert.equal(await queue.next(), undefined);
    const { queue: waited } = queueOf();
    const waiting = [waited.next(), waited.next()];
    waited.fail(lost);
    await assert.rejects(waiting[0] as Promise<unknown>, { code: 'ERR_WS_LOST' });
    assert.equal(await waiting[1], undefined);
  });

  test('drop: nothing waits any more, and the source goes on', async () => {
    const { queue, calls, put } = queueOf();
    put(pattern(200 * KIB));
    queue.drop(lost);
    queue.drop();
    put(pattern(200 * KIB));
    assert.deepEqual([calls, queue.held], [['hold', 'room'], 0]);
    await assert.rejects(queue.next(), { code: 'ERR_WS_LOST' });
    queue.end();
    assert.equal(await queue.next(), undefined);
    const read = queueOf().queue;
    read.end();
    read.drop(lost);
    assert.equal(await read.next(), undefined, 'it had been read');
  });
});

describe('MessageStream', () => {
  test('gives strings of a text, or bytes', async () => {
    for (const [isBinary, givesStrings, expected] of [
      [false, true, 'é'],
      [false, false, 'c3 a9'],
      [true, true, 'c3 a9'],
    ] as const) {
      const { queue, put } = queueOf(isBinary, givesStrings);
      put(utf8('é'));
      queue.end();
      const stream = new MessageStream(queue, 10);
      assert.deepEqual([stream.isBinary, stream.received], [isBinary, 2]);
      for await (const part of stream) assert.equal(typeof part === 'string' ? part : toHex(part), expected);
    }
  });

  test('is read once, as parts, as text, or as bytes', async () => {
    const { queue, put } = queueOf();
    put(utf8('é'));
    queue.end();
    const stream = new MessageStream(queue, 10);
    assert.equal(partsOf(stream), queue);
    dropUnread(stream);
    await assert.rejects(stream.text(), { code: 'ERR_WS_STREAM_UNREAD' });
    dropUnread(stream);
    assert.throws(() => takeParts(stream), { code: 'ERR_WS_STREAM_USED' });
    const limited = queueOf();
    limited.put(utf8('é'));
    limited.queue.end();
    await assert.rejects(new MessageStream(limited.queue, 1).bytes(), { code: 'ERR_WS_STREAM_LIMIT' });
    const text = queueOf();
    text.put(utf8('é'));
    text.queue.end();
    assert.equal(await new MessageStream(text.queue, 1).text(Infinity), 'é');
    const binary = queueOf();
    binary.put(Uint8Array.of(0xff));
    binary.queue.end();
    await assert.rejects(new MessageStream(binary.queue, 1).text(), { code: 'ERR_WS_NOT_TEXT' });
    await assert.rejects(new MessageStream(queueOf().queue, 1).bytes(0.5), { code: 'ERR_WS_OPTION' });
    assert.throws(() => new MessageStream({}, 1), { code: 'ERR_WS_OPTION' });
  });

  test('leaving the loop, and cancel(), drop the rest', async () => {
    const { queue, put } = queueOf();
    put(pattern(3));
    const stream = new MessageStream(queue, 10);
    for await (const part of stream) {
      assert.equal(part.length, 3);
      break;
    }
    put(pattern(3));
    stream.cancel();
    assert.equal(queue.held, 0);
    assert.equal(await queue.next(), undefined);
  });
});
