// Any bytes, and damaged DEFLATE, to both ways of inflating: the same as a plain inflater says, never more than the
// limit, whatever pieces the bytes come in.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Compression } from '../../../src/core/ports.ts';
import { findZlibContexts, type ZlibContexts } from '../../../src/node/internals/zlib-context.ts';
import { ContextCompression } from '../../../src/node/zlib/compression.ts';
import { OneShotCompression } from '../../../src/node/zlib/one-shot.ts';
import { assertBytes, concat } from '../../support/hex.ts';
import { bordersFrom } from '../core-run.ts';
import { deflateMessage } from '../frames.ts';
import { PlainInflate, type PlainResult } from '../plain-inflate.ts';
import type { FuzzTarget } from '../target.ts';

const contexts = new ContextCompression(findZlibContexts() as ZlibContexts);
const oneShot = new OneShotCompression();

const limits = [0, 1, 40, 1000] as const;
/** Between two messages of an input. */
const SEPARATOR = 0xf7;

const data = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 30 }))
  .map(([bytes, times]) => concat(Array.from({ length: times }, () => bytes)));
const deflated = fc.tuple(data, fc.nat(9)).map(([bytes, level]) => deflateMessage(bytes, level));

/** Input: window and context, limit and cuts, then messages with a byte between them. */
export const inflateTarget: FuzzTarget = {
  name: 'inflate',
  arbitrary: fc
    .tuple(
      fc.nat(255),
      fc.nat(255),
      fc.array(fc.oneof(deflated, deflated, fc.uint8Array({ maxLength: 30 })), { maxLength: 3 }),
    )
    .map(([one, two, messages]) =>
      concat([Uint8Array.of(one, two), ...messages.flatMap((message) => [message, Uint8Array.of(SEPARATOR)])]),
    ),
  run(input) {
    const [one = 0, two = 0] = input;
    const windowBits = 8 + (one & 7);
    const keepsContext = (one & 8) !== 0;
    const limit = limits[two & 3] as number;
    const messages = split(input.subarray(2));
    const expected = plain(messages, keepsContext, Math.max(windowBits, 9));
    const options = { windowBits, keepsContext, limit };
    const outline = check(
      inflateAll(contexts, options, messages, () => []),
      expected,
      limit,
      'whole',
    );
    check(
      inflateAll(contexts, options, messages, (size) => bordersFrom(two, size)),
      expected,
      limit,
      'cut',
    );
    if (!keepsContext)
      check(
        inflateAll(oneShot, options, messages, () => []),
        expected,
        limit,
        'in one shot',
      );
    return `${one & 15} ${two & 3} ${outline}`;
  },
};

function split(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(SEPARATOR, at);
    messages.push(bytes.subarray(at, end < 0 ? undefined : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  return messages.filter((message) => message.length > 0);
}

function plain(messages: readonly Uint8Array[], keepsContext: boolean, windowBits: number): PlainResult[] {
  const inflater = new PlainInflate(keepsContext, windowBits);
  const results: PlainResult[] = [];
  for (const message of messages) {
    const result = inflater.message(message);
    results.push(result);
    if (result.error !== undefined) break;
  }
  return results;
}

type Inflated = Uint8Array | 'too large' | 'no DEFLATE';

/** Messages up to the first that fails. */
function inflateAll(
  compression: Compression,
  options: { windowBits: number; keepsContext: boolean; limit: number },
  messages: readonly Uint8Array[],
  cuts: (size: number) => number[],
): Inflated[] {
  const inflater = compression.inflater(options);
  const results: Inflated[] = [];
  try {
    for (const message of messages) {
      const parts: Uint8Array[] = [];
      let from = 0;
      for (const to of [...cuts(message.length), message.length]) {
        inflater.write(message, from, to, to === message.length);
        while (inflater.hasMore) {
          const size = inflater.read();
          parts.push(Uint8Array.from(inflater.output.subarray(0, size)));
        }
        from = to;
      }
      results.push(concat(parts));
    }
  } catch (error) {
    results.push(error instanceof RangeError ? 'too large' : 'no DEFLATE');
  } finally {
    inflater.close();
  }
  return results;
}

function check(actual: readonly Inflated[], expected: readonly PlainResult[], limit: number, how: string): string {
  const outline: string[] = [];
  for (const [index, result] of actual.entries()) {
    const { output, error, exceedsWindow } = expected[index] as PlainResult;
    if (typeof result === 'string') {
      outline.push(result === 'no DEFLATE' ? (error ?? result) : result);
      if (exceedsWindow) break; // what follows depends on it as well
      // Both are true of a message that has more than the limit before an error: zlib may look ahead.
      const isTooLarge = output.length > limit;
      const isRight = result === 'too large' ? isTooLarge : error !== undefined;
      assert.ok(
        isRight,
        `${how}, message ${index}: ${result}; plain: ${output.length} bytes, ${error}, limit ${limit}`,
      );
      // … but only past the byte that decides, and no further than a few symbols without output.
      break;
    }
    outline.push(result.length === 0 ? 'empty' : 'bytes');
    assert.ok(result.length <= limit, `${how}: ${result.length} bytes, the limit is ${limit}`);
    if (exceedsWindow) break;
    assert.equal(error, undefined, `${how}, message ${index}: inflated to ${result.length} bytes`);
    assertBytes(result, output, `${how}, message ${index}`);
  }
  return outline.join();
}
