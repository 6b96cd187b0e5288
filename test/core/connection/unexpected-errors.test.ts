// Exceptions that neither the peer nor the application is to blame for: no memory, a text that no string can hold, our
// own mistake. Only that connection fails, wherever its bytes are cut. All others of the host continue, and nothing is
// uncaught.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { machineOf } from '../../../src/core/connection/connection.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import type { Compression, Inflater, TextCodec } from '../../../src/core/ports.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

/** Another connection of the host receives and sends as ever. */
function assertWell(other: OpenConnection, how: string): void {
  const { role } = other.connection;
  other.written.clear();
  other.events.length = 0;
  other.receive(wire(role, '81 02 6f 6b', '89 00'));
  other.connection.send('fine');
  other.turn.end();
  assert.deepEqual(other.events, ['message "ok"', 'ping'], how);
  assert.deepEqual(other.written.frames(), ['pong', 'text "fine"'], how);
}

/** Feeds `input` in every way; each time the connection must fail so, and the other one be well. */
function fails(
  input: readonly (string | Uint8Array)[],
  { code, closeCode, cause }: { code: string; closeCode: number; cause?: RegExp },
  host: () => CoreHost,
  before: (host: CoreHost) => void = () => {},
  setup: Setup = {},
): void {
  for (const role of roles) {
    for (const { how, chunks } of feeds(wire(role, ...input))) {
      const name = `${role}, ${how}`;
      const shared = host();
      const other = openConnection(role, { host: shared });
      const heartbeat = { interval: 1_000, timeout: 1_000 };
      const run = openConnection(role, { host: shared, heartbeat, ...setup });
      before(shared);
      for (const chunk of chunks) {
        run.transport.deliver(chunk);
        run.turn.end();
      }
      shared.isOutOfMemory = undefined;
      assert.deepEqual(run.events.slice(-1), [`error ${code}`], name);
      const { state } = run.connection;
      assert.ok(state.kind === 'closing' && state.startedBy === 'failure', name);
      assert.equal(state.error.closeCode, closeCode, name);
      if (cause !== undefined) assert.match((state.error.cause as Error).message, cause, name);
      assert.ok(run.written.frames().at(-1)?.startsWith(`close ${closeCode}`), name);
      assert.ok(run.transport.isEnded, name);
      assert.deepEqual(run.turn.uncaught, [], name);
      assertWell(other, name);
      // Nothing is half dead: what still comes is not looked at, and TCP is cut in the end.
      run.receive(wire(role, '81 01 61'));
      run.clock.advance(5_000);
      assert.deepEqual(run.events.slice(-2), [`error ${code}`, `close 1006 ${code}`], name);
      assert.equal(run.clock.timers.size, 0, name);
    }
  }
}

const codec = (part: Partial<TextCodec>): TextCodec => ({ ...nodeText, ...part });

describe('on the way in', () => {
  test('no memory for a message: 1009', () => {
    fails(
      ['81 01 61', frame(0x82, new Uint8Array(300)), '81 01 62'],
      { code: 'ERR_WS_OUT_OF_MEMORY', closeCode: 1009, cause: /allocation failed/ },
      () => new CoreHost(),
      (host) => {
        host.isOutOfMemory = (size) => size >= 300 && size < 65_536;
      },
    );
  });

  test('no memory for the rest of a message', () => {
    fails(
      [frame(0x02, new Uint8Array(40)), frame(0x80, new Uint8Array(600))],
      { code: 'ERR_WS_OUT_OF_MEMORY', closeCode: 1009 },
      () => new CoreHost(),
      (host) => {
        host.isOutOfMemory = (size) => size >= 600 && size < 65_536;
      },
    );
  });

  test('no memory for inflating a message: 1009, and not a fault of its bytes or size', () => {
    for (const text of ['Array buffer allocation failed', 'Initialization failed', 'insufficient memory']) {
      const inflater = (): Inflater => ({
        hasMore: false,
        output: new Uint8Array(1),
        write() {
          Object.assign(this, { hasMore: true });
        },
        read() {
          throw new RangeError(text);
        },
        keepInput() {},
        close() {},
      });
      fails(
        ['c1 07  f2 48 cd c9 c9 07 00'],
        { code: 'ERR_WS_OUT_OF_MEMORY', closeCode: 1009, cause: new RegExp(text) },
        () => new CoreHost(),
        () => {},
        { deflate: {}, codec: { ...nodeCompression(), canKeepContext: true, inflater } as Compression },
      );
    }
  });

  test('a text that the runtime cannot make a string of: 1009', () => {
    const tooLong = (): never => {
      throw Object.assign(new Error('Cannot create a string longer than 0x1fffffe8 characters'), {
        code: 'ERR_STRING_TOO_LONG',
      });
    };
    for (const text of ['c3 a9 c3 a9', '61 62 63 64']) {
      fails([`81 04 ${text}`], { code: 'ERR_WS_TEXT_TOO_LONG', closeCode: 1009, cause: /longer than/ }, () => {
        return new CoreHost(failingOnce(tooLong));
      });
    }
  });

  test('an unforeseen exception: 1011, with its cause', () => {
    const broken = (): never => {
      throw new TypeError('undefined is not a function');
    };
    fails(['81 04 c3 a9 c3 a9'], { code: 'ERR_WS_INTERNAL', closeCode: 1011, cause: /is not a function/ }, () => {
      return new CoreHost(failingOnce(broken));
    });
  });

  test('what is thrown need not be an error; and where not even a Close can be made, TCP is cut', () => {
    for (const role of roles) {
      const decode = (): never => {
        throw Object.create(null);
      };
      const run = openConnection(role, { host: new CoreHost(codec({ decode, byteLength: decode })) });
      run.receive(wire(role, '81 02 c3 a9'));
      assert.deepEqual(run.events, ['error ERR_WS_INTERNAL', 'close 1006 ERR_WS_INTERNAL']);
      assert.deepEqual(run.transport.calls, ['destroy']);
      assert.equal(run.clock.timers.size, 0);
    }
  });
});

/** The first text fails: the codec is also used for the reason of the Close frame. */
function failingOnce(fail: () => never): TextCodec {
  let hasFailed = false;
  const once = (next: TextCodec['decode']): TextCodec['decode'] => {
    return (...range) => {
      if (hasFailed) return next(...range);
      hasFailed = true;
      return fail();
    };
  };
  return codec({ decode: once(nodeText.decode), decodeAscii: once(nodeText.decodeAscii) });
}

describe('text is bounded by what a string can hold, whatever maxMessageSize says', () => {
  const host = () => new CoreHost(codec({ maxLength: 10 }));
  const limits = { maxMessageSize: Infinity };
  test('as long as a string can be: delivered', () => {
    for (const role of roles) {
      const { receive, events } = openConnection(role, { host: host(), limits });
      receive(wire(role, frame(0x81, new TextEncoder().encode('a'.repeat(10)))));
      receive(wire(role, frame(0x81, new TextEncoder().encode('€'.repeat(10)))));
      assert.deepEqual(events, [`message "${'a'.repeat(10)}"`, `message "${'€'.repeat(10)}"`]);
    }
  });

  test('what cannot fit is refused by its header, before any payload', () => {
    for (const role of roles) {
      const { receive, events } = openConnection(role, { host: host(), limits });
      receive(wire(role, frame(0x81, new Uint8Array(31).fill(0x61))).subarray(0, role === 'server' ? 6 : 2));
      assert.deepEqual(events, ['error ERR_WS_TEXT_TOO_LONG']);
    }
  });

  test('binary messages are not', () => {
    const { receive, events } = openConnection('client', { host: host(), limits });
    receive(wire('client', frame(0x82, new Uint8Array(31))));
    assert.equal(events.length, 1);
    assert.match(events[0] as string, /^message/);
  });

  test('the longest string of this runtime is known', () => {
    assert.ok((nodeText.maxLength as number) >= 2 ** 28);
  });
});

describe('on the way out', () => {
  test('a transport that throws: that connection ends, and the senders are told', () => {
    for (const role of roles) {
      const host = new CoreHost();
      const other = openConnection(role, { host });
      const run = openConnection(role, { host });
      const told: unknown[] = [];
      run.transport.write = run.transport.writeMany = () => {
        throw new TypeError('argument must be a buffer');
      };
      run.connection.send('a', (error) => told.push(error?.code));
      other.connection.send('b');
      host.turn.end();
      assert.deepEqual(run.events, ['error ERR_WS_INTERNAL', 'close 1006 ERR_WS_INTERNAL']);
      assert.deepEqual(told, ['ERR_WS_DROPPED']);
      assert.deepEqual(other.written.frames(), ['text "b"']);
      assert.deepEqual(run.turn.uncaught, []);
      assertWell(other, role);
    }
  });

  test('no memory for the queue of a slow peer', () => {
    for (const role of roles) {
      const host = new CoreHost();
      const other = openConnection(role, { host });
      const run = openConnection(role, { host });
      run.transport.isCongested = true;
      run.connection.send(new Uint8Array(70_000));
      run.turn.end();
      host.isOutOfMemory = (size) => size < 65_536;
      run.connection.send('waits');
      run.turn.end();
      host.isOutOfMemory = undefined;
      assert.equal(run.events[0], 'error ERR_WS_INTERNAL');
      assertWell(other, role);
      run.clock.advance(5_000);
      assert.deepEqual(run.events, ['error ERR_WS_INTERNAL', 'close 1006 ERR_WS_INTERNAL']);
      assert.equal(run.clock.timers.size, 0);
    }
  });

  test('one subscriber without memory does not keep a message from the others', () => {
    const host = new CoreHost();
    const runs = [1, 2, 3].map(() => openConnection('client', { host }));
    const message = new PreparedMessage('news', nodeText, host.workspace.host.memory);
    const sent = runs.map(({ connection }, index) => {
      if (index === 1) host.isOutOfMemory = () => true;
      const isSent = machineOf(connection).sendPrepared(message);
      host.isOutOfMemory = undefined;
      return isSent;
    });
    host.turn.end();
    assert.ok(sent[0] && sent[2]);
    assert.deepEqual(runs[0]?.written.frames(), ['text "news"']);
    assert.deepEqual(runs[2]?.written.frames(), ['text "news"']);
  });

  test('a slow subscriber that not even a Close can be made for: it is cut, and the others get the message', () => {
    const host = new CoreHost();
    const runs = [1, 2, 3].map(() => openConnection('server', { host, limits: { maxQueuedBytes: 10 } }));
    const slow = runs[1] as OpenConnection;
    slow.transport.isCongested = true;
    slow.connection.send('more than ten bytes');
    host.turn.end();
    const message = new PreparedMessage('news', nodeText, host.workspace.host.memory);
    host.isOutOfMemory = () => true;
    const sent = runs.map(({ connection }) => machineOf(connection).sendPrepared(message));
    host.isOutOfMemory = undefined;
    host.turn.end();
    assert.deepEqual(sent, [true, false, true]);
    assert.deepEqual(slow.events, ['error ERR_WS_SLOW_CONSUMER', 'close 1006 ERR_WS_SLOW_CONSUMER']);
    for (const run of [runs[0], runs[2]]) assert.deepEqual(run?.written.frames(), ['text "news"']);
  });

  test('close() without memory for its Close frame throws, and closeTimeout still ends the connection', () => {
    const host = new CoreHost();
    const run = openConnection('server', { host, closeTimeout: 5_000 });
    run.transport.isCongested = true;
    run.connection.send('waits');
    host.turn.end();
    host.isOutOfMemory = () => true;
    assert.throws(() => void run.connection.close(1000), RangeError);
    host.isOutOfMemory = undefined;
    run.clock.advance(5_000);
    assert.deepEqual(run.events.at(-1), 'close 1006 ERR_WS_LOST');
    assert.equal(run.clock.timers.size, 0);
  });

  test('a deadline that cannot do its work: the other deadlines come', () => {
    for (const role of roles) {
      const host = new CoreHost();
      const heartbeat = { interval: 1_000, timeout: 1_000 };
      const run = openConnection(role, { host, heartbeat });
      const other = openConnection(role, { host, heartbeat });
      run.transport.write = run.transport.writeMany = () => {
        throw new Error('no');
      };
      run.clock.advance(1_000);
      assert.deepEqual(run.events, ['error ERR_WS_INTERNAL', 'close 1006 ERR_WS_INTERNAL']);
      assert.deepEqual(other.written.frames(), ['ping 00 00 00 00 00 00 00 01']);
    }
  });

  test('memory that is missing when a block is to be changed: no byte goes twice', () => {
    for (const role of roles) {
      const host = new CoreHost();
      const run = openConnection(role, { host });
      run.transport.isCongested = true;
      host.isOutOfMemory = (size) => size >= 65_536;
      run.connection.send('once');
      run.turn.end();
      host.isOutOfMemory = undefined;
      assert.deepEqual(run.written.frames(), ['text "once"']);
      run.transport.release();
      run.connection.send('again');
      run.turn.end();
      assert.deepEqual(run.written.frames(), ['text "once"', 'text "again"']);
    }
  });
});
