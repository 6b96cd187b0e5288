// What an application passes is copied during the call: whatever becomes of its memory before the transport has taken
// the frames, the peer gets what was passed. What is not binary data, or has lost its memory, is refused at the call.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { machineOf } from '../../../src/core/connection/connection.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { absentData, impostors, shapes } from '../../support/binary-values.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { frame } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
/** Copied to where frames are written together, and to memory of their own; with each size of header. Multiples of eight. */
const SIZES = [0, 8, 16_384, 16_392, 70_000];

/** Ways of sending bytes as one frame. */
const ways: Readonly<Record<string, (to: OpenConnection, data: ArrayBufferView) => Uint8Array[]>> = {
  send: ({ connection }, data) => {
    connection.send(data);
    return [Uint8Array.of(0x82)];
  },
  sendFragment: ({ connection }, data) => {
    connection.sendFragment(data, { fin: false });
    return [Uint8Array.of(0x02)];
  },
  publish: ({ connection }, data) => {
    machineOf(connection).sendPrepared(new PreparedMessage(data, nodeHost.text, nodeHost.memory));
    return [Uint8Array.of(0x82)];
  },
};

describe('memory of the application after the call', () => {
  for (const { name, make } of shapes) {
    test(`${name}: the peer gets what was passed`, () => {
      for (const role of roles) {
        for (const size of SIZES) {
          for (const [way, send] of Object.entries(ways)) {
            if (way === 'publish' && role === 'client') continue;
            for (const change of Object.keys(make(pattern(8)).changes)) {
              const open = openConnection(role);
              open.transport.isCongested = true;
              open.connection.send('first');
              open.turn.end();
              open.written.clear();
              const expected = pattern(size, 3);
              const { data, changes } = make(expected);
              const [first] = send(open, data as ArrayBufferView) as [Uint8Array];
              changes[change]?.();
              const story = `${role}, ${size} bytes by ${way}, then the memory ${change}`;
              while (open.transport.held > 0) {
                open.transport.release(1);
                open.turn.end();
              }
              assert.equal(open.connection.bufferedAmount, 0, story);
              open.written.equalsFrames(frame(first[0] as number, expected));
            }
          }
        }
      }
    });
  }

  test('what leaves at once, and what does not leave further than its first part', () => {
    for (const { name, make } of shapes) {
      for (const [role, isTaken] of [
        ['client', true],
        ['client', false],
        ['server', true],
        ['server', false],
      ] as const) {
        const { connection, transport, turn, written } = openConnection(role);
        const write = transport.write.bind(transport);
        transport.write = (bytes) => {
          transport.isCongested = !isTaken && written.count > 0;
          return write(bytes);
        };
        const expected = pattern(1_200_000, 9);
        const { data, changes } = make(expected.slice());
        connection.send(data);
        for (const change of Object.values(changes)) tryTo(change);
        turn.end();
        while (transport.held > 0) transport.release(1);
        turn.end();
        assert.ok(written.count > 1, name);
        written.equalsFrames(frame(0x82, expected));
      }
    }
  });

  test('while the transport refers to it, it is not memory of the application', () => {
    for (const size of [20_000, 300_000]) {
      const { connection, transport, turn } = openConnection('server');
      transport.isCongested = true;
      const data = pattern(size);
      connection.send(data);
      turn.end();
      data.fill(0xaa);
      transport.release(); // compares
    }
  });

  test('a message that is compressed', () => {
    for (const { make } of shapes) {
      const sent: Uint8Array[] = [];
      const expected = pattern(40_000, 5);
      for (const isChanged of [false, true]) {
        const { connection, turn, written } = openConnection('server', { deflate: {} });
        const { data, changes } = make(expected.slice());
        connection.send(data);
        if (isChanged) for (const change of Object.values(changes)) tryTo(change);
        turn.end();
        sent.push(written.bytes);
      }
      assert.deepEqual(sent[1], sent[0]);
    }
  });
});

describe('what is not binary data', () => {
  const refused = { code: 'ERR_WS_DATA_TYPE', family: 'usage' };

  for (const role of roles) {
    test(`is refused at the call, and nothing of it is sent (${role})`, () => {
      for (const [name, data] of impostors()) {
        const { connection, turn, written } = openConnection(role);
        refusesAll(
          connection,
          data,
          { ...refused, message: /^data is (null|undefined|of type \w+); send a string, / },
          name,
        );
        connection.send('a');
        turn.end();
        written.equalsFrames('81 01 61');
      }
    });

    test(`nor is what has lost its memory (${role})`, () => {
      for (const [name, data] of absentData()) {
        const { connection, turn, written } = openConnection(role);
        const message = /^data is detached \(its memory was transferred, or has shrunk\); send /;
        refusesAll(connection, data, { ...refused, message }, name);
        connection.send('a');
        turn.end();
        written.equalsFrames('81 01 61');
      }
    });
  }

  function refusesAll(connection: OpenConnection['connection'], data: unknown, error: object, name: string): void {
    const given = data as Uint8Array;
    // For these two, `undefined` means that there is no payload.
    if (data !== undefined) {
      assert.throws(() => connection.ping(given), error, `ping with ${name}`);
      assert.throws(() => connection.pong(given), error, `pong with ${name}`);
    }
    assert.throws(() => connection.send(given), error, `send of ${name}`);
    assert.throws(() => connection.sendFragment(given, { fin: false }), error, `sendFragment of ${name}`);
    assert.throws(() => new PreparedMessage(given, nodeHost.text, nodeHost.memory), error, `publish of ${name}`);
  }
});

test('payloads of pings in every shape', () => {
  for (const role of roles) {
    for (const { name, make } of shapes) {
      const { connection, turn, written } = openConnection(role);
      const { data, changes } = make(pattern(120));
      connection.ping(data);
      for (const change of Object.values(changes)) tryTo(change);
      turn.end();
      assert.ok(written.bytes.length > 120, name);
      written.equalsFrames(frame(0x89, pattern(120)));
    }
  }
});

describe('where there is no memory for the copy', () => {
  /** The next piece of memory that is asked for cannot be had. */
  function runOut({ allocations }: CoreHost): void {
    allocations.push = () => {
      Reflect.deleteProperty(allocations, 'push');
      throw new RangeError('Array buffer allocation failed');
    };
  }

  for (const role of roles) {
    test(`${role}: the call throws, and what follows is as if it had not been made`, () => {
      const host = new CoreHost();
      const { connection, transport, turn, written } = openConnection(role, { host });
      // What waits needs memory of its own.
      transport.isCongested = true;
      connection.send('first');
      turn.end();
      written.clear();
      for (const [index, fin] of [false, false, true].entries()) {
        runOut(host);
        assert.throws(() => connection.sendFragment(pattern(70_000), { fin }), RangeError);
        connection.sendFragment(pattern(70_000, index), { fin });
      }
      runOut(host);
      assert.throws(() => connection.send(pattern(70_000)), RangeError);
      connection.send('after');
      transport.isCongested = false;
      transport.release();
      turn.end();
      written.equalsFrames(
        frame(0x02, pattern(70_000, 0)),
        frame(0x00, pattern(70_000, 1)),
        frame(0x80, pattern(70_000, 2)),
        '81 05 61 66 74 65 72',
      );
    });
  }

  test('a message that was compressed already does not stay in the window', () => {
    const host = new CoreHost();
    const { connection, transport, turn, written } = openConnection('server', { deflate: {}, host });
    transport.isCongested = true;
    connection.ping();
    turn.end();
    written.clear();
    // Does not compress: its frame needs memory of its own.
    const payload = new Uint8Array(randomBytes(70_000));
    runOut(host);
    assert.throws(() => connection.send(payload), RangeError);
    connection.send(payload);
    transport.isCongested = false;
    transport.release();
    turn.end();
    const other = openConnection('server', { deflate: {} });
    other.connection.send(payload);
    other.turn.end();
    assert.ok(written.bytes.length > 70_000);
    assert.deepEqual(written.bytes, other.written.bytes);
  });
});

test('where there is no memory for the rest of a frame that has begun to leave, TCP is cut within it', () => {
  for (const role of roles) {
    const host = new CoreHost();
    const { connection, events, transport, turn, written } = openConnection(role, { host });
    const write = transport.write.bind(transport);
    transport.write = (bytes) => {
      // From its second part on the peer does not read.
      transport.isCongested = written.count > 0;
      if (transport.isCongested) {
        host.allocations.push = () => {
          throw new RangeError('Array buffer allocation failed');
        };
      }
      return write(bytes);
    };
    assert.throws(() => connection.send(pattern(2_500_000)), RangeError);
    const { length } = written.bytes;
    assert.ok(length > 0 && length < 2_500_000);
    Reflect.deleteProperty(host.allocations, 'push');
    connection.send('never');
    turn.end();
    assert.equal(written.bytes.length, length);
    assert.deepEqual(events, ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
  }
});

/** Of changes that exclude each other, the first one counts. */
function tryTo(change: () => void): void {
  try {
    change();
  } catch {}
}
