// RFC 7692 §6, §7.2: compressed messages as bytes, received in both roles and every cut, and sent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OneShotCompression } from '../../src/node/zlib/one-shot.ts';
import { openConnection, type Setup } from '../support/core-connection.ts';
import { receives } from '../support/feeds.ts';
import { hex, pattern } from '../support/hex.ts';
import { frame, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;
const deflate = {};
const noTakeover = { serverNoContextTakeover: true, clientNoContextTakeover: true };

/** What every host must do alike: by contexts, each message on its own, and by documented functions. */
const ways: [how: string, setup: Setup][] = [
  ['with context takeover', { deflate }],
  ['without context takeover', { deflate: noTakeover }],
  ['by the documented functions of zlib', { deflate: noTakeover, codec: new OneShotCompression() }],
];

for (const [how, setup] of ways) {
  describe(`RFC 7692 §7.2.3 examples, ${how}`, () => {
    const hello = { events: ['message "Hello"'] };

    test('RFC 7692 §7.2.3.1 one compressed block', () => {
      receives(['c1 07  f2 48 cd c9 c9 07 00'], hello, setup);
    });
    test('RFC 7692 §7.2.3.1 in two fragments', () => {
      receives(['41 03  f2 48 cd', '80 04  c9 c9 07 00'], hello, setup);
    });
    test('RFC 7692 §7.2.3.1 twice, without sharing the window', () => {
      receives(
        ['c1 07  f2 48 cd c9 c9 07 00', 'c1 07  f2 48 cd c9 c9 07 00'],
        { events: ['message "Hello"', 'message "Hello"'] },
        setup,
      );
    });
    test('RFC 7692 §7.2.3.3 a block without compression', () => {
      receives(['c1 0b  00 05 00 fa ff 48 65 6c 6c 6f 00'], hello, setup);
    });
    test('RFC 7692 §7.2.3.4 a block with BFINAL set, and a message after it', () => {
      receives(
        ['c1 08  f3 48 cd c9 c9 07 00 00', 'c1 07  f2 48 cd c9 c9 07 00'],
        { events: ['message "Hello"', 'message "Hello"'] },
        setup,
      );
    });
    test('RFC 7692 §7.2.3.5 two blocks in one message', () => {
      receives(['c1 0d  f2 48 05 00 00 00 ff ff ca c9 c9 07 00'], hello, setup);
    });
    test('RFC 7692 §7.2.3.6 an empty message', () => {
      receives(['c1 01  00', 'c2 01  00'], { events: ['message ""', 'message'] }, setup);
    });
  });

  describe(`RFC 7692 §7.2.2 receiving, ${how}`, () => {
    test('binary', () => {
      receives(['c2 07  f2 48 cd c9 c9 07 00'], { events: ['message 48 65 6c 6c 6f'] }, setup);
    });
    test('a fragment for each byte, empty ones and a ping between', () => {
      receives(
        [
          '41 00',
          '00 01 f2',
          '00 01 48',
          '89 01 70',
          '00 01 cd',
          '00 01 c9',
          '00 00',
          '00 01 c9',
          '00 01 07',
          '00 01 00',
          '80 00',
        ],
        { events: ['ping 70', 'message "Hello"'], written: ['8a 01 70'] },
        setup,
      );
    });
    test('an uncompressed message between compressed ones', () => {
      receives(
        ['c1 07 f2 48 cd c9 c9 07 00', '81 02 68 69', '01 01 61', '80 01 62', 'c1 07 f2 48 cd c9 c9 07 00'],
        { events: ['message "Hello"', 'message "hi"', 'message "ab"', 'message "Hello"'] },
        setup,
      );
    });
    test('blocks after a final one belong to the message', () => {
      receives(['c1 0e  f3 48 cd c9 c9 07 00  f2 48 cd c9 c9 07 00'], { events: ['message "HelloHello"'] }, setup);
    });
    test('a final block whose sender left out the empty one behind it', () => {
      receives(
        ['c1 07  f3 48 cd c9 c9 07 00', 'c1 07  f2 48 cd c9 c9 07 00'],
        { events: ['message "Hello"', 'message "Hello"'] },
        setup,
      );
    });
    test('a final block that the tail completes, empty', () => {
      receives(['c1 01  01', 'c1 07  f2 48 cd c9 c9 07 00'], { events: ['message ""', 'message "Hello"'] }, setup);
    });
    test('no compressed byte at all is taken as an empty message', () => {
      receives(
        ['c1 00', '41 00', '80 00', 'c1 07 f2 48 cd c9 c9 07 00'],
        { events: ['message ""', 'message ""', 'message "Hello"'] },
        setup,
      );
    });
    test('a block type that does not exist: 1007', () => {
      receives(['c1 01  07'], { fails: 'ERR_WS_INFLATE' }, setup);
      receives(['c2 02  06 00'], { fails: 'ERR_WS_INFLATE' }, setup);
    });
    test('garbage after a final block: 1007', () => {
      receives(['c1 09  f3 48 cd c9 c9 07 00  07 07'], { fails: 'ERR_WS_INFLATE' }, setup);
    });
    test('the end within a block, which the sender has not flushed, or a tail that was left: 1007', () => {
      for (const payload of [
        'f2',
        'f2 48 cd',
        'f2 48 cd c9 c9 07',
        '00 05 00 fa ff 48',
        '00 05 00 fa ff 48 65',
        'f3 48 cd c9',
      ]) {
        receives([frame(0xc2, payload)], { fails: 'ERR_WS_INFLATE' }, setup);
        receives([frame(0x42, payload), '80 00'], { fails: 'ERR_WS_INFLATE' }, setup);
      }
      // A message may end as the tail does.
      const tail = ['c2 0a  00 04 00 fb ff 00 00 ff ff 00'];
      receives(tail, { events: ['message 00 00 ff ff'] }, setup);
      receives(['c1 0b  f2 48 cd c9 c9 07 00 00 00 ff ff'], { fails: 'ERR_WS_INFLATE' }, setup);
    });
    test('a distance beyond what was sent: 1007', () => {
      // The second message of RFC 7692 §7.2.3.2 as the first.
      receives(['c1 05  f2 00 11 00 00'], { fails: 'ERR_WS_INFLATE' }, setup);
    });
    test('RFC 6455 §8.1 invalid UTF-8 after inflating: 1007', () => {
      // Stored: ff; and c3 at the end of the message.
      receives(['c1 07  00 01 00 fe ff  ff 00'], { fails: 'ERR_WS_INVALID_UTF8' }, setup);
      receives(['c1 07  00 01 00 fe ff  c3 00'], { fails: 'ERR_WS_INVALID_UTF8' }, setup);
    });
    test('UTF-8 across compressed fragments', () => {
      receives(['41 06  00 01 00 fe ff c3', '80 07  00 01 00 fe ff a4 00'], { events: ['message "ä"'] }, setup);
    });
  });
}

describe('RFC 7692 §7.2.3.2 sharing the window', () => {
  const frames = ['c1 07  f2 48 cd c9 c9 07 00', 'c1 05  f2 00 11 00 00'];

  test('the second "Hello" refers back to the first', () => {
    receives(frames, { events: ['message "Hello"', 'message "Hello"'] }, { deflate });
  });

  test('without takeover there is nothing to refer to: 1007', () => {
    receives(frames, { events: ['message "Hello"'], fails: 'ERR_WS_INFLATE' }, { deflate: noTakeover });
  });

  test('each direction by its own parameter', () => {
    for (const role of roles) {
      const { receive, events } = openConnection(role, {
        deflate: { clientNoContextTakeover: role === 'client', serverNoContextTakeover: role === 'server' },
      });
      receive(wire(role, ...frames));
      assert.deepEqual(events, ['message "Hello"', 'message "Hello"']);
    }
  });
});

describe('RFC 7692 §6 RSV1', () => {
  const reserved = { fails: 'ERR_WS_RESERVED_BITS' } as const;
  const misplaced = { fails: 'ERR_WS_COMPRESSED_BIT' } as const;

  test('not without the extension', () => {
    receives(['c1 07 f2 48 cd c9 c9 07 00'], reserved);
    receives(['41 00'], reserved);
    receives(['c0 00'], reserved);
    receives(['c9 00'], reserved);
  });
  test('not in a continuation frame', () => {
    receives(['41 03 f2 48 cd', 'c0 04 c9 c9 07 00'], misplaced, { deflate });
    receives(['01 03 61 62 63', '40 04 c9 c9 07 00'], misplaced, { deflate });
    receives(['c0 00'], misplaced, { deflate });
  });
  test('not in control frames', () => {
    for (const first of ['c8', 'c9', 'ca']) receives([`${first} 00`], misplaced, { deflate });
  });
  test('RSV2 and RSV3 stay reserved', () => {
    for (const first of ['a1', '91', 'b1', 'e1', 'd1', 'f1', 'a0', 'e9', '99']) {
      receives([`${first} 00`], reserved, { deflate });
    }
  });
  test('reserved opcodes stay reserved', () => {
    for (const first of ['83', 'c3', 'c7']) {
      receives([`${first} 00`], { fails: 'ERR_WS_RESERVED_OPCODE' }, { deflate });
    }
  });
});

describe('maxMessageSize', () => {
  for (const [how, setup] of ways) {
    const limits = { maxMessageSize: 20 };
    test(`counts inflated bytes, ${how}: 1009`, () => {
      // 20 and 21 times "a"
      receives(['c1 06  4a 4c c4 04 00 00'], { events: ['message "aaaaaaaaaaaaaaaaaaaa"'] }, { ...setup, limits });
      receives(['c1 06  4a 4c c4 02 00 00'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, { ...setup, limits });
      receives(['41 05  4a 4c c4 02 00', '80 01 00'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, { ...setup, limits });
    });
    test(`starts from nothing with each message, ${how}`, () => {
      receives(
        ['c1 06  4a 4c c4 04 00 00', 'c1 07  f2 48 cd c9 c9 07 00'],
        { events: ['message "aaaaaaaaaaaaaaaaaaaa"', 'message "Hello"'] },
        { ...setup, limits },
      );
    });
    test(`0 lets empty messages through, ${how}`, () => {
      receives(['c1 00'], { events: ['message ""'] }, { ...setup, limits: { maxMessageSize: 0 } });
      receives(['c1 01 00'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, { ...setup, limits: { maxMessageSize: 0 } });
    });
  }

  test('counts what arrives, before its payload does: 1009', () => {
    receives(
      ['c1 15'],
      { fails: 'ERR_WS_MESSAGE_TOO_LARGE', isCut: true },
      { deflate, limits: { maxMessageSize: 20 } },
    );
    receives(
      ['41 13  00 0e 00 f1 ff  61 61 61 61 61 61 61 61 61 61 61 61 61 61', '80 02'],
      { fails: 'ERR_WS_MESSAGE_TOO_LARGE', isCut: true },
      { deflate, limits: { maxMessageSize: 20 } },
    );
  });
});

describe('RFC 7692 §7.2.1 sending', () => {
  const threshold = { compression: { threshold: 0 } };

  test('"Hello" as in RFC 7692 §7.2.3.1, and again as in §7.2.3.2: RSV1, and no 00 00 ff ff', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role, { deflate, ...threshold });
      connection.send('Hello');
      connection.send(hex('48 65 6c 6c 6f'));
      turn.end();
      written.equalsFrames('c1 07  f2 48 cd c9 c9 07 00', 'c2 05  f2 00 11 00 00');
    }
  });

  test('without takeover what does not get smaller goes as it is', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role, { deflate: noTakeover, ...threshold });
      connection.send('Hello');
      connection.send('aaaaaaaaaaaaaaaaaaaa');
      connection.send('aaaaaaaaaaaaaaaaaaaa');
      turn.end();
      written.equalsFrames('81 05  48 65 6c 6c 6f', 'c1 06  4a 4c c4 04 00 00', 'c1 06  4a 4c c4 04 00 00');
    }
  });

  test('each direction by its own parameter', () => {
    for (const role of roles) {
      const ours = { clientNoContextTakeover: role === 'client', serverNoContextTakeover: role === 'server' };
      const { connection, turn, written } = openConnection(role, { deflate: ours, ...threshold });
      connection.send('aaaaaaaaaaaaaaaaaaaa');
      connection.send('aaaaaaaaaaaaaaaaaaaa');
      turn.end();
      written.equalsFrames('c1 06  4a 4c c4 04 00 00', 'c1 06  4a 4c c4 04 00 00');
    }
  });

  test('RFC 7692 §7.2.3.6 an empty message is 00, even between others', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role, { deflate, ...threshold });
      for (const text of ['', 'Hello', '', 'Hello']) connection.send(text);
      turn.end();
      written.equalsFrames('c1 01 00', 'c1 07  f2 48 cd c9 c9 07 00', 'c1 01 00', 'c1 05  f2 00 11 00 00');
    }
  });

  test('below the threshold, in bytes, messages go as they are', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role, { deflate, compression: { threshold: 5 } });
      for (const data of ['Hell', 'Hällo'.slice(0, 3), hex('48 65 6c 6c')]) connection.send(data);
      turn.end();
      written.equalsFrames('81 04 48 65 6c 6c', '81 04 48 c3 a4 6c', '82 04 48 65 6c 6c');
      written.clear();
      for (const data of ['Hello', hex('48 65 6c 6c 6f')]) connection.send(data);
      connection.send('äöü');
      turn.end();
      const [first, second, third] = written.frames().map((it) => it.split(' ').slice(0, 3).join(' '));
      assert.deepEqual([first, second, third], ['text rsv 4', 'binary rsv 4', 'text rsv 4']);
    }
  });

  test('the default threshold is 1024 bytes', () => {
    const { connection, turn, written } = openConnection('server', { deflate });
    connection.send('a'.repeat(1023));
    connection.send('a'.repeat(1024));
    turn.end();
    assert.deepEqual(
      written.frames().map((it) => it.startsWith('text rsv 4')),
      [false, true],
    );
  });

  test('fragments and control frames are not compressed, and leave the context alone', () => {
    for (const role of roles) {
      const { connection, turn, written } = openConnection(role, { deflate, ...threshold });
      connection.send('Hello');
      connection.ping('Hello');
      connection.pong('Hello');
      connection.sendFragment('Hel', { fin: false });
      connection.sendFragment('lo', { fin: true });
      connection.send('Hello');
      void connection.close(1000, 'Hello');
      turn.end();
      written.equalsFrames(
        'c1 07  f2 48 cd c9 c9 07 00',
        '89 05 48 65 6c 6c 6f',
        '8a 05 48 65 6c 6c 6f',
        '01 03 48 65 6c',
        '80 02 6c 6f',
        'c1 05  f2 00 11 00 00',
        '88 07 03 e8 48 65 6c 6c 6f',
      );
    }
  });

  test('bytes in any shape, shared ones as well', () => {
    const shared = new SharedArrayBuffer(5);
    new Uint8Array(shared).set(hex('48 65 6c 6c 6f'));
    const view = new DataView(hex('ff 48 65 6c 6c 6f ff').slice().buffer, 1, 5);
    for (const data of [shared, view, hex('48 65 6c 6c 6f').slice().buffer]) {
      const { connection, turn, written } = openConnection('server', { deflate, ...threshold });
      connection.send(data);
      turn.end();
      written.equalsFrames('c2 07  f2 48 cd c9 c9 07 00');
    }
  });

  test('the caller may change its bytes after send(), however many they are', () => {
    const { connection, transport, turn, written } = openConnection('server', {
      deflate,
      compression: { level: 0 },
      keepsBytes: true,
    });
    const data = pattern(100_000);
    connection.send(data);
    data.fill(0);
    connection.send(pattern(100_000, 1)); // in the compressor's memory, where the first one was
    turn.end();
    transport.release();
    turn.end();
    const { events, receive } = openConnection('client', { deflate });
    receive(written.bytes);
    assert.deepEqual(events, [`message ${showData(pattern(100_000))}`, `message ${showData(pattern(100_000, 1))}`]);
  });
});
