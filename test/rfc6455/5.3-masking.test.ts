// RFC 6455 §5.3: client-to-server masking: octet i is exclusive-ored with key octet i modulo 4.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeText } from '../../src/node/text.ts';
import { CoreHost, openConnection } from '../support/core-connection.ts';
import { receivesBytes } from '../support/feeds.ts';
import { assertBytes, concat, hex, pattern, toHex, utf8 } from '../support/hex.ts';
import { exclusiveOr, frame, KEY, masked, readFrames, showData } from '../support/wire.ts';

const keys = ['37 fa 21 3d', '00 00 00 00', 'ff ff ff ff', '80 00 00 00', '00 00 00 80', '01 02 03 04', 'fe dc ba 98'];

describe('RFC 6455 §5.3 what a server receives', () => {
  for (const key of keys) {
    test(`key ${key}`, () => {
      for (const size of [0, 1, 2, 3, 4, 5, 7, 8, 11]) {
        const payload = pattern(size);
        const input = masked(frame(0x82, payload), hex(key));
        receivesBytes('server', input, { events: [`message ${showData(payload)}`.trimEnd()] });
      }
    });
  }

  test('written out: the key turns with the payload, wherever it is cut', () => {
    const input = hex('82 89  01 02 03 04', '01 02 03 04  01 02 03 04  01');
    receivesBytes('server', input, { events: ['message 00 00 00 00 00 00 00 00 00'] });
    const text = hex('81 86  ff 00 ff 00', 'b7 65 93 6c 90 21');
    receivesBytes('server', text, { events: ['message "Hello!"'] });
  });

  test('each frame has its own key, fragments and control frames between them too', () => {
    const input = concat([
      masked(hex('01 03 48 65 6c'), hex('01 02 03 04')),
      masked(hex('89 05 70 69 6e 67 21'), hex('aa bb cc dd')),
      masked(hex('00 01 6c'), hex('37 fa 21 3d')),
      masked(hex('80 01 6f'), hex('ff 00 00 00')),
    ]);
    receivesBytes('server', input, {
      events: ['ping 70 69 6e 67 21', 'message "Hello"'],
      written: ['8a 05 70 69 6e 67 21'],
    });
  });

  test('long payloads (words) cut at any offset unmask as the plain rule says', () => {
    const payload = pattern(300);
    const input = masked(frame(0x82, payload));
    for (let cut = 1; cut < input.length; cut++) {
      for (const offset of [0, 1, 2, 3]) {
        const memory = new Uint8Array(offset + input.length);
        memory.set(input, offset);
        const { transport, events } = openConnection('server');
        transport.deliver(memory.subarray(offset, offset + cut));
        transport.deliver(memory.subarray(offset + cut));
        assert.deepEqual(events, [`message ${showData(payload)}`], `cut at ${cut}, memory offset ${offset}`);
      }
    }
  });

  test('unmasking changes only bytes of the chunk it was given', () => {
    const memory = new Uint8Array(400).fill(0x55);
    const input = masked(frame(0x82, pattern(200)));
    memory.set(input, 101);
    const { transport } = openConnection('server');
    transport.deliver(memory.subarray(101, 101 + input.length));
    assert.ok(memory.subarray(0, 101).every((byte) => byte === 0x55));
    assert.ok(memory.subarray(101 + input.length).every((byte) => byte === 0x55));
  });
});

describe('RFC 6455 §5.3 what a client sends', () => {
  const sizes = [0, 1, 3, 4, 5, 63, 64, 125, 126, 1000, 16384, 16385, 65535, 65536, 200_000];
  test('is masked by the plain rule, at every size', () => {
    for (const size of sizes) {
      const payload = pattern(size);
      const { connection, written, turn } = openConnection('client');
      connection.send(payload);
      turn.end();
      const sent = written.bytes;
      assertBytes(sent.subarray(sent.length - size), exclusiveOr(payload, KEY), `${size} bytes`);
      assertBytes(sent.subarray(sent.length - size - 4, sent.length - size), KEY, `${size} bytes`);
    }
  });

  test('the same for text, of one byte a character and of more', () => {
    for (const unit of ['x', 'é', '€', '😀']) {
      for (const count of [1, 24, 25, 200, 2000, 6000, 40_000]) {
        const payload = utf8(unit.repeat(count));
        const { connection, written, turn } = openConnection('client');
        connection.send(unit.repeat(count));
        turn.end();
        const sent = written.bytes;
        assertBytes(sent.subarray(sent.length - payload.length), exclusiveOr(payload, KEY), `${count} ${unit}`);
      }
    }
  });

  test("the caller's bytes stay as they are, and are read from where the view says", () => {
    for (const role of ['client', 'server'] as const) {
      for (const size of [1, 50, 200, 20_000, 100_000]) {
        const memory = pattern(size + 10);
        const before = memory.slice();
        const { connection, written, turn } = openConnection(role);
        connection.send(memory.subarray(3, 3 + size));
        connection.send(new DataView(memory.buffer, 5, size));
        connection.ping(memory.subarray(1, 2));
        turn.end();
        assert.deepEqual(memory, before, `${role}, ${size} bytes`);
        const shown = (start: number) => showData(before.subarray(start, start + size));
        assert.deepEqual(written.frames(), [
          `binary ${shown(3)}`,
          `binary ${shown(5)}`,
          `ping ${toHex(before.subarray(1, 2))}`,
        ]);
      }
    }
  });

  test('every frame has its own key, in the order and the bytes that the random source gave', () => {
    let count = 0;
    const host = new CoreHost(nodeText, (bytes) => {
      for (let at = 0; at < bytes.length; at += 4) new DataView(bytes.buffer).setUint32(at, ++count * 0x01020305);
    });
    const { connection, turn, transport } = openConnection('client', { host });
    for (let index = 0; index < 5000; index++) {
      if (index % 3 === 0) connection.ping();
      else connection.send(index % 3 === 1 ? '' : pattern(index % 200));
    }
    turn.end();
    const keys = readFrames(concat(transport.writes)).map(({ key }) => toHex(key as Uint8Array));
    assert.equal(new Set(keys).size, 5000);
    const word = (key: string) => Number.parseInt(key.replaceAll(' ', ''), 16);
    assert.deepEqual(
      keys.map(word),
      Array.from(keys, (_, index) => ((index + 1) * 0x01020305) % 2 ** 32),
    );
  });
});
