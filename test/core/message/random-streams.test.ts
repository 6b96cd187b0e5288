// Random messages, frames, cuts, and readers of any speed: the parts that are read make up the message, in order.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import fc from 'fast-check';
import type { MessageStream } from '../../../src/core/message/message-stream.ts';
import { CoreHost } from '../../support/core-connection.ts';
import { turn } from '../../support/handles.ts';
import { concat, utf8 } from '../../support/hex.ts';
import { joined, openStreamed } from '../../support/streamed.ts';
import { frame, showData, wire } from '../../support/wire.ts';

/** A message: a piece, as often as it is repeated. */
const message = fc.record({
  piece: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }), // code points, without surrogates
    fc.uint8Array({ maxLength: 40 }),
  ),
  times: fc.constantFrom(1, 1, 1, 20, 7_000),
  isCompressed: fc.boolean(),
  /** Where its payload is cut into frames, in thousandths. */
  cuts: fc.array(fc.nat({ max: 1000 }), { maxLength: 4 }),
});

type Message = typeof message extends fc.Arbitrary<infer Value> ? Value : never;

function dataOf({ piece, times }: Message): string | Uint8Array {
  return typeof piece === 'string' ? piece.repeat(times) : concat(Array<Uint8Array>(times).fill(piece));
}

function bytesOf(given: Message): Uint8Array {
  const data = dataOf(given);
  return typeof data === 'string' ? utf8(data) : data;
}

function framesOf(given: Message): Uint8Array[] {
  const bytes = bytesOf(given);
  const payload = given.isCompressed
    ? deflateRawSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, -4)
    : bytes;
  const ends = given.cuts.map((cut) => Math.floor((cut * payload.length) / 1000));
  ends.push(payload.length);
  ends.sort((a, b) => a - b);
  const opcode = (typeof given.piece === 'string' ? 1 : 2) | (given.isCompressed ? 0x40 : 0);
  return ends.map((end, at) => {
    const first = (at === 0 ? opcode : 0) | (at === ends.length - 1 ? 0x80 : 0);
    return frame(first, payload.subarray(ends[at - 1] ?? 0, end));
  });
}

for (const role of ['client', 'server'] as const) {
  describe(`${role}: random messages in parts`, () => {
    test('make up what was sent', async () => {
      const host = new CoreHost();
      const property = fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(0, 10, 1_000),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 5 }),
        async (messages, streamAbove, sizes, pauses) => {
          const got: string[] = [];
          let isReading = 0;
          let waits = 0;
          const read = async (stream: MessageStream): Promise<void> => {
            isReading++;
            const at = got.push('') - 1;
            const parts: (string | Uint8Array)[] = [];
            for await (const part of stream) {
              assert.ok(part.length > 0);
              parts.push(part);
              for (let wait = pauses[waits++ % pauses.length] as number; wait > 0; wait--) await turn();
            }
            got[at] = showData(joined(parts, stream.isBinary));
            isReading--;
          };
          const run = openStreamed(role, {
            host,
            streamAbove,
            deflate: {},
            limits: { maxInflateRatio: Infinity },
            read,
          });
          const input = wire(role, ...messages.flatMap(framesOf));
          const factor = input.length > 20_000 ? 30 : 1;
          for (let at = 0, count = 0; at < input.length; count++) {
            const end = at + (sizes[count % sizes.length] as number) * factor;
            run.receive(input.subarray(at, end));
            at = end;
          }
          do await run.settle();
          while (isReading > 0);
          const isStream = (one: Message): boolean => streamAbove === 0 || bytesOf(one).length > streamAbove;
          assert.deepEqual(
            got,
            messages.filter(isStream).map((one) => showData(dataOf(one))),
          );
          const whole = messages.filter((one) => !isStream(one)).map((one) => `whole ${showData(dataOf(one))}`);
          assert.deepEqual(run.got, whole);
          assert.ok(run.connection.isOpen && !run.transport.isPaused);
        },
      );
      await fc.assert(property, { numRuns: 50 });
    });
  });
}
