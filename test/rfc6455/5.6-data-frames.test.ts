// RFC 6455 §5.6: data frames: text is UTF-8 and arrives as a string, binary as bytes that belong to the receiver.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { receives } from '../support/feeds.ts';
import { hex, pattern, toHex, utf8 } from '../support/hex.ts';
import { plainText } from '../support/plain-text.ts';
import { frame, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

const texts = [
  '',
  'Hello',
  'é',
  '€uro',
  '😀',
  'a\u0000b',
  '\u007f\u0080\u07ff\u0800\uffff',
  '\u{10000}\u{10ffff}',
  '\ufeffwith a byte order mark',
  'κόσμε 世界 🌍',
  'x'.repeat(130),
  `${'x'.repeat(127)}é`,
  '世'.repeat(60),
];

describe('RFC 6455 §5.6 text', () => {
  for (const text of texts) {
    test(`${JSON.stringify(text.slice(0, 30))}, ${utf8(text).length} bytes`, () => {
      const bytes = utf8(text);
      receives([frame(0x81, bytes)], { events: [`message ${showData(text)}`] });
      const half = bytes.length >> 1;
      const parts = [frame(0x01, bytes.subarray(0, half)), frame(0x00, ''), frame(0x80, bytes.subarray(half))];
      receives(parts, { events: [`message ${showData(text)}`] });
    });
    test(`${JSON.stringify(text.slice(0, 30))} is sent as its UTF-8`, () => {
      for (const role of roles) {
        const { connection, turn, written } = openConnection(role);
        connection.send(text);
        turn.end();
        written.equalsFrames(frame(0x81, utf8(text)));
      }
    });
  }

  test('lone surrogates have no UTF-8: each is sent as U+FFFD', () => {
    for (const role of roles) {
      for (const [text, bytes] of [
        ['\ud800', 'ef bf bd'],
        ['\udc00\ud800', 'ef bf bd ef bf bd'],
        ['a\ud83db', '61 ef bf bd 62'],
        ['\ud83d\ude00', 'f0 9f 98 80'],
      ] as const) {
        const { connection, turn, written } = openConnection(role);
        connection.send(text);
        connection.send(`${text}.`.repeat(3000)); // the way of long texts
        turn.end();
        written.equalsFrames(frame(0x81, bytes), frame(0x81, `${bytes} 2e `.repeat(3000)));
      }
    }
  });

  test('is a string, even an empty one', () => {
    for (const role of roles) {
      const got: unknown[] = [];
      const { receive } = openConnection(role, { handlers: { message: (_, data) => void got.push(data) } });
      receive(wire(role, '81 00', '01 00', '80 00', '81 01 61'));
      assert.deepEqual(got, ['', '', 'a']);
    }
  });

  test('the plain text codec leads to the same', () => {
    for (const role of roles) {
      for (const text of texts) {
        const bytes = new Uint8Array(utf8(text).length);
        assert.equal(plainText.encodeInto(text, bytes, 0), bytes.length);
        assert.deepEqual(bytes, utf8(text), role);
      }
    }
  });
});

describe('RFC 6455 §5.6 binary', () => {
  test('is a Uint8Array of any content, even when it is empty or looks like text', () => {
    for (const role of roles) {
      const got: unknown[] = [];
      const { receive } = openConnection(role, { handlers: { message: (_, data) => void got.push(data) } });
      receive(wire(role, '82 00', '82 02 48 69', '82 03 ff fe 80', '02 00', '80 00'));
      assert.ok(got.every((data) => data instanceof Uint8Array));
      assert.deepEqual((got as Uint8Array[]).map(toHex), ['', '48 69', 'ff fe 80', '']);
    }
  });

  test('belongs to the receiver: messages share no memory that anyone else writes', () => {
    for (const role of roles) {
      for (const size of [1, 63, 64, 500, 5000]) {
        const got: Uint8Array[] = [];
        const { receive } = openConnection(role, {
          handlers: { message: (_, data) => void got.push(data as Uint8Array) },
        });
        const payloads = [pattern(size, 1), pattern(size, 2), pattern(size, 3)];
        receive(wire(role, ...payloads.map((payload) => frame(0x82, payload))));
        receive(wire(role, frame(0x02, payloads[0] as Uint8Array), frame(0x80, payloads[1] as Uint8Array)));
        // Each is overwritten in turn; the others stay.
        const expected = [
          ...payloads.map(toHex),
          `${toHex(payloads[0] as Uint8Array)} ${toHex(payloads[1] as Uint8Array)}`,
        ];
        assert.deepEqual(got.map(toHex), expected);
        got.forEach((data, index) => {
          data.fill(0xff);
          assert.deepEqual(got.slice(index + 1).map(toHex), expected.slice(index + 1));
        });
      }
    }
  });

  test('a small message does not keep a large chunk in memory', () => {
    for (const role of roles) {
      const got: Uint8Array[] = [];
      const { transport } = openConnection(role, {
        handlers: { message: (_, data) => void got.push(data as Uint8Array) },
      });
      const chunk = new Uint8Array(65536);
      const input = wire(role, frame(0x82, pattern(20)), frame(0x82, pattern(1000)));
      chunk.set(input);
      transport.deliver(chunk.subarray(0, input.length));
      assert.deepEqual(
        got.map((data) => data.length),
        [20, 1000],
      );
      for (const data of got) assert.notEqual(data.buffer, chunk.buffer);
    }
  });

  test('sent from every kind of memory', () => {
    const memory = hex('00 01 02 03 04 05 06 07');
    const shared = new SharedArrayBuffer(3);
    new Uint8Array(shared).set([9, 8, 7]);
    const kinds: [data: ArrayBuffer | SharedArrayBuffer | ArrayBufferView, bytes: string][] = [
      [memory, '00 01 02 03 04 05 06 07'],
      [memory.buffer as ArrayBuffer, '00 01 02 03 04 05 06 07'],
      [memory.subarray(2, 5), '02 03 04'],
      [Buffer.from(memory.buffer, 1, 2), '01 02'],
      [new DataView(memory.buffer, 6), '06 07'],
      [new Uint16Array(memory.buffer, 2, 1), '02 03'],
      [new Float64Array(memory.buffer), '00 01 02 03 04 05 06 07'],
      [shared, '09 08 07'],
      [new ArrayBuffer(0), ''],
    ];
    for (const role of roles) {
      for (const [data, bytes] of kinds) {
        const { connection, turn, written } = openConnection(role);
        connection.send(data);
        turn.end();
        written.equalsFrames(frame(0x82, bytes));
      }
    }
  });

  test('anything else is refused, naming what it was', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role);
      for (const [data, type] of [
        [undefined, 'undefined'],
        [null, 'null'],
        [5, 'of type number'],
        [{}, 'of type object'],
        [[1], 'of type object'],
      ]) {
        const expected = {
          code: 'ERR_WS_DATA_TYPE',
          message: `data is ${type}; send a string, ArrayBuffer, typed array, DataView or Buffer`,
        };
        assert.throws(() => connection.send(data as never), expected);
        assert.throws(() => connection.sendFragment(data as never, { fin: false }), expected);
      }
      connection.send('a'); // no fragmented message was begun by the refused ones
      turn.end();
      written.equalsFrames('81 01 61');
    }
  });
});
