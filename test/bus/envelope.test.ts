// Envelopes between nodes: each is read as it was written, and any other bytes are refused.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Envelope, EnvelopeWriter, Kind } from '../../src/bus/envelope.ts';
import { hex, toHex } from '../support/hex.ts';

const ID = 'a-k3x9w2pm';
const writer = new EnvelopeWriter(ID);
const topics = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'a') }));
const excepts = fc.constantFrom('', 'b-00000000/17');

function written(kind: number, topic: string, except: string, data: string | Uint8Array): Uint8Array {
  const head = { kind, topic, except };
  const { size, payload } = writer.sizeOf(head, data);
  const { envelope, frame } = writer.message(head, data, size, payload);
  assert.equal(envelope.length, size);
  assert.equal(frame.bytes.length - frame.header, payload);
  return envelope;
}

test('every topic, id and payload is read as it was written', () => {
  const data = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(topics, excepts, data, (topic, except, given) => {
      const envelope = Envelope.read(written(Kind.publish, topic, except, given));
      assert.ok(envelope instanceof Envelope);
      assert.deepEqual(
        [envelope.kind, envelope.node, envelope.topic, envelope.except, envelope.number],
        [Kind.publish, ID, topic, except, writer.lastNumber],
      );
      assert.ok(envelope.isOf(Buffer.from(ID)) && !envelope.isOf(Buffer.from('a-k3x9w2pn')));
      assert.ok(Math.abs(envelope.sentAt - Date.now()) < 60_000);
      const frame = envelope.frame;
      assert.ok(frame);
      assert.equal(frame.bytes[0], typeof given === 'string' ? 0x81 : 0x82);
      assert.deepEqual(Buffer.from(frame.bytes.subarray(frame.header)), Buffer.from(given));
    }),
  );
});

test('sizes around each form of the length', () => {
  for (const size of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 200_000]) {
    const envelope = Envelope.read(written(Kind.broadcast, '', '', new Uint8Array(size).fill(7))) as Envelope;
    assert.equal(envelope.frame!.bytes.length - envelope.frame!.header, size);
    assert.equal((Envelope.read(written(Kind.broadcast, '', '', 'x'.repeat(size))) as Envelope).topic, '');
  }
});

test('a small message does not keep the chunk in which it came', () => {
  const envelope = written(Kind.publish, 'tea', '', 'small');
  const chunk = new Uint8Array(65_536);
  chunk.set(envelope, 1_000);
  const { frame } = Envelope.read(chunk.subarray(1_000, 1_000 + envelope.length)) as Envelope;
  assert.notEqual(frame!.bytes.buffer, chunk.buffer);
  const large = written(Kind.publish, 'tea', '', 'x'.repeat(40_000));
  const { frame: shared } = Envelope.read(large) as Envelope;
  assert.equal(shared!.bytes.buffer, large.buffer);
});

test('any bytes are refused, or read without an exception; a frame is complete, final and not masked', () => {
  const near = fc
    .tuple(
      topics,
      fc.string({ unit: 'binary' }),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
      fc.nat(60),
    )
    .map(([topic, text, changes, cut]) => {
      const envelope = Uint8Array.from(written(Kind.publish, topic, '', text));
      for (const [at, value] of changes) if (at < envelope.length) envelope[at] = value;
      return envelope.subarray(0, Math.max(0, envelope.length - (cut > 40 ? cut - 40 : 0)));
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), near), (bytes) => {
      const envelope = Envelope.read(bytes);
      if (typeof envelope === 'string') return;
      assert.equal(typeof envelope.topic + typeof envelope.except + typeof envelope.number, 'stringstringnumber');
      assert.ok(envelope.node === undefined || /^[\w-]+$/.test(envelope.node));
      const { frame } = envelope;
      if (frame === undefined) return;
      const [first = 0, second = 0] = frame.bytes;
      assert.ok(first === 0x81 || first === 0x82);
      assert.ok(second < 0x80);
      const payload = frame.bytes.subarray(frame.header);
      if (second < 126) assert.equal(payload.length, second);
      if (first === 0x81) new TextDecoder('utf-8', { fatal: true }).decode(payload);
    }),
    { numRuns: 2_000 },
  );
});

describe('the flags of an envelope', () => {
  const flagsOf = (compress: boolean | undefined, topic: string): string => {
    const head = { kind: Kind.publish, topic, except: '', compress };
    const { size, payload } = writer.sizeOf(head, 'x');
    return toHex(writer.message(head, 'x', size, payload).envelope.subarray(0, 5));
  };

  test('have a bit for each thing that is said of compression', () => {
    assert.equal(flagsOf(undefined, 'tea'), toHex(hex('48 42 01 01 00')));
    assert.equal(flagsOf(false, 'tea'), toHex(hex('48 42 01 01 02')));
    assert.equal(flagsOf(true, 'tea'), toHex(hex('48 42 01 01 04')));
    assert.equal(flagsOf(true, '\ud800'), toHex(hex('48 42 01 01 05')));
    assert.equal(flagsOf(undefined, '\ud800'), toHex(hex('48 42 01 01 01')));
    assert.equal(flagsOf(false, ''), toHex(hex('48 42 01 01 02')));
  });

  test('are read, and those of later versions have no effect', () => {
    const bytes = written(Kind.publish, 'tea', '', 'x');
    for (const [flags, expected] of [
      [0x00, undefined],
      [0x02, false],
      [0x04, true],
      [0x06, undefined],
      [0xf8, undefined],
      [0xfc, true],
    ] as const) {
      bytes[4] = flags;
      const envelope = Envelope.read(bytes) as Envelope;
      assert.deepEqual([envelope.compress, envelope.topic, envelope.frame?.header], [expected, 'tea', 2]);
    }
  });
});
