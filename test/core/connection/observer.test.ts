// What an observer sees of a connection: every frame each way as it is on the wire but for the mask, every message, and the
// events of its life; and that nothing differs for the peer and the application while it looks.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sharedMessage } from '../../../src/core/connection/shared-message.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { OBSERVED_SIZE, type ObservedFrame, type Observer } from '../../../src/core/observer.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, openConnection } from '../../support/core-connection.ts';
import { assertBytes, concat, pattern, toHex } from '../../support/hex.ts';
import { joinConnections } from '../../support/joined-connections.ts';
import { frame, readFrames, showData, wire } from '../../support/wire.ts';

/** Writes down what it sees, as one line each. */
function recorder(lines: string[]): Observer<unknown> {
  return {
    open: () => lines.push('open'),
    frame: (_connection, { direction, opcode, fin, rsv1, size, payload }) => {
      const bits = `${fin ? ' fin' : ''}${rsv1 ? ' rsv1' : ''}`;
      lines.push(`${direction} ${opcode}${bits} ${size}: ${toHex(payload)}`);
    },
    message: (_connection, direction, data, isBinary) => {
      lines.push(`${direction} ${isBinary ? 'binary' : 'text'} ${showData(data)}`);
    },
    drain: () => lines.push('drain'),
    slowConsumer: (_connection, action) => lines.push(`slow ${action}`),
    error: (_connection, { code }) => lines.push(`error ${code}`),
    close: (_connection, { code, wasClean }) => lines.push(`close ${code} ${wasClean}`),
  };
}

describe('frames that arrive', () => {
  for (const role of ['server', 'client'] as const) {
    for (const cut of [Infinity, 1]) {
      test(`at a ${role}, ${cut === 1 ? 'byte by byte' : 'whole'}: unmasked, before their message and their answer`, () => {
        const lines: string[] = [];
        const { receive } = openConnection(role, { observer: recorder(lines) });
        const input = wire(role, '81 02 48 69', '02 01 01', '89 01 70', '80 01 02', '88 02 03 e8');
        for (let at = 0; at < input.length; at += cut) receive(input.subarray(at, Math.min(input.length, at + cut)));
        assert.deepEqual(lines, [
          'received 1 fin 2: 48 69',
          'received text "Hi"',
          'received 2 1: 01',
          'received 9 fin 1: 70',
          'sent 10 fin 1: 70',
          'received 0 fin 1: 02',
          'received binary 01 02',
          'received 8 fin 2: 03 e8',
          'sent 8 fin 2: 03 e8',
        ]);
      });
    }
  }

  test('a frame that comes in several chunks is shown with its first 64 KiB', () => {
    const seen: ObservedFrame[] = [];
    const observer: Observer<unknown> = {
      frame: (_connection, it) => seen.push({ ...it, payload: it.payload.slice() }),
    };
    const { receive } = openConnection('server', { observer });
    const payload = pattern(OBSERVED_SIZE + 1000);
    const input = wire('server', frame(0x82, payload));
    for (let at = 0; at < input.length; at += 7777) receive(input.subarray(at, at + 7777));
    assert.equal(seen.length, 1);
    assert.equal(seen[0]?.size, payload.length);
    assertBytes(seen[0]?.payload ?? payload, payload.subarray(0, OBSERVED_SIZE));
  });

  test('an observer that comes in the middle of a frame sees the next one', () => {
    const lines: string[] = [];
    const { machine, receive } = openConnection('server');
    const [first, second] = [wire('server', '82 02 01 02'), wire('server', '82 01 03')];
    receive(first.subarray(0, 7));
    const stop = machine.observers.add(recorder(lines));
    receive(first.subarray(7));
    assert.deepEqual(lines, ['received binary 01 02']);
    receive(second);
    stop();
    receive(second);
    assert.deepEqual(lines, ['received binary 01 02', 'received 2 fin 1: 03', 'received binary 03']);
  });
});

describe('frames that are sent', () => {
  for (const role of ['server', 'client'] as const) {
    test(`by a ${role}: without the mask, before the message counts as queued`, () => {
      const lines: string[] = [];
      const { connection, turn } = openConnection(role, { observer: recorder(lines) });
      connection.send('Hi');
      connection.send(Uint8Array.of(1, 2));
      connection.send('é', { binary: true });
      connection.sendFragment('a', { fin: false });
      connection.sendFragment('b', { fin: true });
      connection.ping('p');
      connection.sendShared(sharedMessage('all', undefined, nodeHost.text, nodeHost.memory));
      turn.end();
      void connection.close(1000, 'x');
      assert.deepEqual(lines, [
        'sent 1 fin 2: 48 69',
        'sent text "Hi"',
        'sent 2 fin 2: 01 02',
        'sent binary 01 02',
        'sent 2 fin 2: c3 a9',
        'sent binary "é"',
        'sent 1 1: 61',
        'sent 0 fin 1: 62',
        'sent 9 fin 1: 70',
        'sent 1 fin 3: 61 6c 6c',
        'sent text "all"',
        'sent 8 fin 3: 03 e8 78',
      ]);
    });

    test(`by a ${role}: of every size and way, as its peer reads them`, () => {
      const seen: Uint8Array[] = [];
      const observer: Observer<unknown> = {
        frame: (_connection, { opcode, fin, payload }) => {
          seen.push(concat([Uint8Array.of((fin ? 0x80 : 0) | opcode), payload]));
        },
      };
      const { connection, written, transport, turn } = openConnection(role, { observer });
      for (const size of [0, 1, 125, 126, 16_000, 65_535, 65_536, 200_000]) {
        for (const taken of [0, 5]) {
          transport.takenDirectly = taken;
          connection.send(pattern(size));
          connection.send('ü'.repeat(size / 2));
          turn.end();
          transport.release();
        }
      }
      const expected = readFrames(written.bytes).map(({ first, payload }) => concat([Uint8Array.of(first), payload]));
      assert.equal(seen.length, 32);
      assert.equal(seen.length, expected.length);
      for (const [at, it] of expected.entries()) assertBytes(seen[at] as Uint8Array, it, `frame ${at}`);
    });
  }
});

test('shared, published and waiting messages are shown as they are queued', async () => {
  const lines: string[] = [];
  const messages = recorder(lines).message as NonNullable<Observer<unknown>['message']>;
  const { connection, machine, transport, turn } = openConnection('server', { observer: { message: messages } });
  const [text, bytes] = ['all', Uint8Array.of(1)].map((data) => new PreparedMessage(data, nodeText, nodeHost.memory));
  machine.sendPrepared(text as PreparedMessage);
  machine.sendPrepared(bytes as PreparedMessage);
  // A source that never gives anything: what is sent behind it waits.
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const stream = assert.rejects(connection.sendStream(silent), { code: 'ERR_WS_DROPPED' });
  connection.send('a');
  connection.send(Uint8Array.of(2));
  connection.send('b', { binary: true });
  machine.sendPrepared(text as PreparedMessage);
  connection.sendShared(sharedMessage(Uint8Array.of(3), undefined, nodeText, nodeHost.memory));
  assert.deepEqual(lines, [
    'sent text "all"',
    'sent binary 01',
    'sent text "a"',
    'sent binary 02',
    'sent binary "b"',
    'sent text "all"',
    'sent binary 03',
  ]);
  transport.gone();
  turn.end();
  await stream;
});

test('with compression, frames are compressed and messages are not', () => {
  const lines: { readonly client: string[]; readonly server: string[] } = { client: [], server: [] };
  const side = (of: string[]) => ({
    observer: recorder(of),
    deflate: {},
    compression: { threshold: 0 },
  });
  const { client, exchange } = joinConnections(new CoreHost(), (available) => available, {
    client: side(lines.client),
    server: side(lines.server),
  });
  client.connection.send('aaaaaaaaaaaaaaaaaaaa');
  exchange();
  const [sent, received] = [lines.client[0] ?? '', lines.server[0] ?? ''];
  assert.match(sent, /^sent 1 fin rsv1 \d: /);
  assert.equal(received, sent.replace('sent', 'received'));
  assert.deepEqual(lines.server[1], 'received text "aaaaaaaaaaaaaaaaaaaa"');
  assert.deepEqual(lines.client[1], 'sent text "aaaaaaaaaaaaaaaaaaaa"');
});

describe('the life of a connection', () => {
  test('open, a slow peer, drain, an error and the end', () => {
    const lines: string[] = [];
    const { connection, machine, transport, turn, receive } = openConnection('server', {
      observer: recorder(lines),
      highWaterMark: 4,
      slowConsumer: 'pause',
    });
    machine.reports.open();
    transport.isCongested = true;
    connection.send('12345678');
    turn.end();
    connection.send('1');
    turn.end();
    transport.isCongested = false;
    transport.release();
    turn.end();
    receive('81 01 61'); // not masked
    transport.gone();
    assert.deepEqual(
      lines.filter((line) => !/^(sent|received)/.test(line)),
      ['open', 'slow pause', 'drain', 'error ERR_WS_NOT_MASKED', 'close 1006 false'],
    );
  });

  test('what an observer throws is uncaught, and the connection goes on', () => {
    const fail = (): never => {
      throw new Error('observer');
    };
    const { machine, turn, receive, events, connection } = openConnection('server', {
      observer: { open: fail, frame: fail, message: fail },
    });
    machine.reports.open();
    receive(wire('server', '81 02 48 69'));
    connection.send('x');
    assert.equal(turn.uncaught.length, 5);
    assert.deepEqual(events, ['message "Hi"']);
    assert.equal(connection.isOpen, true);
  });
});

test('a connection writes the same bytes and tells its application the same, observed or not', () => {
  const run = (observer: Observer<unknown> | undefined): unknown => {
    const { connection, machine, receive, written, events, turn } = openConnection('server', {
      ...(observer === undefined ? {} : { observer }),
      handlers: { message: (it, data) => void it.send(data) },
    });
    const message = sharedMessage('published', undefined, nodeHost.text, nodeHost.memory);
    for (let round = 0; round < 3; round++) {
      connection.sendShared(message);
      machine.flush();
      turn.end();
      receive(wire('server', '81 02 48 69', '02 01 01', '89 01 70', '80 01 02'));
      connection.send(pattern(70_000));
      turn.end();
    }
    receive(wire('server', '88 02 03 e8'));
    return [toHex(written.bytes), events];
  };
  assert.deepEqual(run(recorder([])), run(undefined));
});
