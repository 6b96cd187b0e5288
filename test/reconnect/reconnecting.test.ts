// `ReconnectingWebSocket` over the kit, on a network in memory and on time that is moved by hand.

import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import type { ReconnectEvents, ReconnectOptions } from '../../src/reconnect/index.ts';
import { ReconnectingWebSocket } from '../../src/reconnect/index.ts';
import { type Peer, useNetwork } from '../../src/testing/index.ts';

const URL = 'ws://chat.example/';

/** With every event as a line. Waits are as long as they can be. */
function recorded(options: Partial<ReconnectOptions> = {}, events: ReconnectEvents = {}) {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const socket = new ReconnectingWebSocket(
    { url: URL, ...options },
    {
      connecting: (attempt) => say(`connecting ${attempt}`),
      open: () => say('open'),
      message: (data) => say(`message ${typeof data === 'string' ? data : `${data.byteLength} bytes`}`),
      waiting: (delay, { code, reason, status }) => say(`waiting ${delay} after ${code}/${status} ${reason}`),
      gaveUp: ({ code, status }, unsent) => say(`gave up after ${code}/${status}, ${unsent.length} unsent`),
      closed: ({ code, reason }) => say(`closed ${code} '${reason}'`),
      ...events,
    },
  );
  return { socket, lines };
}

/** No jitter: waits are as long as they can be. */
function longestWaits() {
  return mock.method(Math, 'random', () => 1).mock;
}

describe('ReconnectingWebSocket', { timeout: 60_000 }, () => {
  test('comes back after each loss, with waits that double up to their bound', async () => {
    await using network = useNetwork({ globalTimers: true });
    const random = longestWaits();
    const server = network.peer(URL, (peer, number) => (number === 6 ? peer.accept() : peer.refuse(503)));
    const { socket, lines } = recorded({ policy: { initial: 100, max: 500 } });
    socket.connect();
    await network.advance(1999);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('waiting')).map((line) => line.split(' ')[1]),
      ['100', '200', '400', '500', '500'],
    );
    assert.equal(lines.at(-1), 'open');
    assert.equal(server.connections.length, 6);
    assert.match(lines[1] ?? '', /^waiting 100 after -1\/503 /);
    socket.close();
    await network.advance(1);
    assert.equal(lines.at(-1), "closed 1000 ''");
    random.restore();
  });

  test('full jitter: a wait is a random part of its bound', async () => {
    await using network = useNetwork({ globalTimers: true });
    const random = mock.method(Math, 'random', () => 0.25).mock;
    network.peer(URL, (peer) => peer.refuse(503));
    const { socket, lines } = recorded({ policy: { initial: 1000, factor: 3 } });
    socket.connect();
    await network.advance(999);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('waiting')).map((line) => line.split(' ')[1]),
      ['250', '750'],
    );
    socket.close();
    await network.advance(1);
    random.restore();
  });

  test('messages sent while away leave in order with the next connection', async () => {
    await using network = useNetwork({ globalTimers: true });
    const server = network.peer(URL);
    const { socket } = recorded({ policy: { initial: 100 } });
    const early = socket.send('one');
    socket.connect();
    const first = await server.next();
    first.accept();
    await first.receives('text', 'one');
    assert.equal(await early, true);
    first.reset();
    await network.settle();
    assert.equal(socket.state, 'waiting');
    const later = [socket.send('two'), socket.send(new Uint8Array([3]).buffer), socket.send('four')];
    assert.deepEqual([socket.waitingMessages, socket.waitingBytes], [3, 8]);
    await network.advance(100);
    const second = await server.next();
    second.accept();
    await second.receives('text', 'two');
    await second.receives('binary', '03');
    await second.receives('text', 'four');
    assert.deepEqual(await Promise.all(later), [true, true, true]);
    assert.deepEqual([socket.waitingMessages, socket.waitingBytes], [0, 0]);
    socket.close();
    await second.receivesClose(1000);
    second.sendClose(1000);
    await network.settle();
  });

  for (const status of [401, 403, 404]) {
    test(`HTTP ${status} is final, and gives waiting messages back`, async () => {
      await using network = useNetwork({ globalTimers: true });
      network.peer(URL, (peer) => peer.refuse(status));
      const { socket, lines } = recorded();
      const sent = socket.send('x');
      sent.catch(() => {});
      socket.connect();
      await network.settle();
      assert.deepEqual(lines, ['connecting 1', `gave up after -1/${status}, 1 unsent`]);
      await assert.rejects(sent, { name: 'ReconnectError', code: -1, message: 'not sent: it gave up' });
      assert.throws(() => socket.connect(), /it is closed; make a new ReconnectingWebSocket/);
      await assert.rejects(socket.send('y'), /it is closed/);
    });
  }

  for (const code of [1008, 4000, 4999]) {
    test(`close code ${code} is final`, async () => {
      await using network = useNetwork({ globalTimers: true });
      network.peer(URL, (peer) => closed(peer, code));
      const { socket, lines } = recorded();
      socket.connect();
      await network.settle();
      assert.deepEqual(lines, ['connecting 1', 'open', `gave up after ${code}/0, 0 unsent`]);
    });
  }

  for (const code of [1000, 1001, 1011, 3999]) {
    test(`close code ${code} is not`, async () => {
      await using network = useNetwork({ globalTimers: true });
      network.peer(URL, (peer) => closed(peer, code));
      const { socket, lines } = recorded();
      socket.connect();
      await network.settle();
      assert.match(lines.at(-1) ?? '', new RegExp(`^waiting \\d+ after ${code}/0`));
      socket.close();
      await network.advance(1);
      assert.equal(lines.at(-1), "closed 1000 ''");
    });
  }

  test('isFinal decides instead', async () => {
    await using network = useNetwork({ globalTimers: true });
    network.peer(URL, (peer) => peer.refuse(503));
    const { socket, lines } = recorded({ isFinal: ({ status }) => status === 503 });
    socket.connect();
    await network.settle();
    assert.equal(lines.at(-1), 'gave up after -1/503, 0 unsent');
    assert.equal(socket.state, 'closed');
  });

  test('attempts bounds those in a row; a stable connection begins anew', async () => {
    await using network = useNetwork({ globalTimers: true });
    const random = longestWaits();
    network.peer(URL, (peer, number) => (number === 2 ? peer.accept() : peer.refuse(503)));
    const { socket, lines } = recorded({ policy: { initial: 10, attempts: 3, stableAfter: 1000 } });
    socket.connect();
    await network.advance(10);
    assert.equal(lines.at(-1), 'open');
    await network.advance(1000);
    network.goOffline();
    await network.advance(60);
    assert.deepEqual(lines.slice(4), [
      'waiting 10 after 0/0 the network is gone',
      'connecting 1',
      lines[6],
      'connecting 2',
      lines[8],
      'connecting 3',
      'gave up after -1/0, 0 unsent',
    ]);
    random.restore();
  });

  test('1012 and 1013 with after= say when', async () => {
    await using network = useNetwork({ globalTimers: true });
    network.peer(URL, (peer, number) => {
      peer.accept();
      if (number === 1) peer.sendClose(1012, 'after=1500');
      if (number === 2) peer.sendClose(1013, 'after=999999999999');
    });
    const { socket, lines } = recorded();
    socket.connect();
    await network.settle();
    assert.equal(lines.at(-1), 'waiting 1500 after 1012/0 after=1500');
    await network.advance(1500);
    assert.equal(lines.at(-1), 'waiting 30000 after 1013/0 after=999999999999');
    socket.close();
    await network.advance(1);
  });

  test('URL and options are asked for before each attempt; what they throw is a failed attempt', async () => {
    await using network = useNetwork({ globalTimers: true });
    const random = longestWaits();
    const tokens: string[] = [];
    network.peer(URL, (peer) => {
      tokens.push(`${peer.receivedHead.target} ${peer.receivedHead.header('authorization')}`);
      peer.refuse(503);
    });
    let asked = 0;
    const { socket, lines } = recorded({
      policy: { initial: 10, factor: 1 },
      url: async () => {
        asked++;
        if (asked === 2) throw new Error('no token');
        return `${URL}?${asked}`;
      },
      request: async () => ({ header: { Authorization: `Bearer ${asked}` } }),
    });
    socket.connect();
    await network.advance(20);
    assert.deepEqual(tokens, ['/?1 Bearer 1', '/?3 Bearer 3']);
    assert.equal(lines[3], 'waiting 10 after -1/0 no token');
    socket.close();
    await network.advance(1);
    random.restore();
  });

  test('an attempt that is not answered ends at dialTimeout', async () => {
    await using network = useNetwork({ globalTimers: true });
    network.peer(URL, () => {});
    const { socket, lines } = recorded({ policy: { dialTimeout: 3000 } });
    socket.connect();
    await network.advance(2999);
    assert.deepEqual(lines, ['connecting 1']);
    await network.advance(1);
    assert.match(lines[1] ?? '', /^waiting \d+ after -1\/0 the attempt took too long$/);
    socket.close();
    await network.advance(1);
  });

  test('a network that goes ends the connection at once; one that comes ends the wait', async () => {
    await using network = useNetwork({ globalTimers: true });
    network.peer(URL, (peer) => peer.accept());
    const random = longestWaits();
    const { socket, lines } = recorded({ policy: { initial: 60_000, max: 60_000 } });
    socket.connect();
    await network.settle();
    network.goOffline();
    await network.settle();
    assert.equal(lines.at(-1), 'waiting 60000 after 0/0 the network is gone');
    network.goOnline('wifi');
    await network.settle();
    assert.deepEqual(lines.slice(-2), ['connecting 2', 'open']);
    socket.close();
    await network.advance(1);
    random.restore();
  });

  test('close during an attempt and during a wait: nothing follows', async () => {
    await using network = useNetwork({ globalTimers: true });
    network.peer(URL, () => {});
    const { socket, lines } = recorded();
    socket.connect();
    const waiting = socket.send('x');
    socket.close({ code: 1001, reason: 'bye' });
    await assert.rejects(waiting, { code: -1, message: 'not sent: it was closed' });
    await network.advance(100_000);
    assert.deepEqual(lines, ['connecting 1', "closed 1001 'bye'"]);
    socket.close();
    await network.advance(100_000);
    assert.equal(lines.length, 2);
  });

  test('close of an open connection is told once it has ended', async () => {
    await using network = useNetwork({ globalTimers: true });
    const server = network.peer(URL);
    const { socket, lines } = recorded();
    socket.connect();
    const peer = await server.next();
    peer.accept();
    await network.settle();
    socket.close({ code: 1001, reason: 'bye' });
    assert.equal(lines.at(-1), 'open');
    await peer.receivesClose(1001, 'bye');
    await network.settle();
    assert.equal(lines.at(-1), "closed 1001 'bye'");
  });

  test('the outbox refuses what does not fit, or drops the oldest', async () => {
    await using _network = useNetwork({ globalTimers: true });
    const strict = recorded({ outbox: { maxMessages: 2, maxBytes: 10 } }).socket;
    const kept = [strict.send('12345'), strict.send('12345')];
    await assert.rejects(
      strict.send('1'),
      /the outbox is full: 2 messages of 10 bytes wait, outbox takes 2 of 10 bytes/,
    );
    const lossy = recorded({ outbox: { maxMessages: 2, maxBytes: 10, policy: 'drop-oldest' } }).socket;
    const first = lossy.send('first');
    const others = [lossy.send('b'), lossy.send('c')];
    await assert.rejects(first, /newer messages took its place/);
    await assert.rejects(lossy.send('eleven byte'), /outbox is full/);
    assert.equal(lossy.waitingMessages, 2);
    const none = recorded({ outbox: { maxMessages: 0 } }).socket;
    await assert.rejects(none.send(''), /no connection is open/);
    for (const socket of [strict, lossy]) socket.close();
    for (const sent of [...kept, ...others]) await assert.rejects(sent, /it was closed/);
  });

  test('a message that the kit refuses is told, and the others go', async () => {
    await using network = useNetwork({ globalTimers: true });
    const server = network.peer(URL);
    const { socket } = recorded({ outbox: { maxBytes: 2 ** 24 } });
    const big = socket.send(new ArrayBuffer(5_242_865));
    const small = socket.send('after it');
    socket.connect();
    const peer = await server.next();
    peer.accept();
    await assert.rejects(big, { code: 401, message: /the message of 5242865 bytes is refused: Parameter error/ });
    await peer.receives('text', 'after it');
    assert.equal(await small, true);
    socket.close();
    peer.sendClose(1000);
    await network.settle();
  });

  test('sizes are those of UTF-8', () => {
    const { socket } = recorded();
    for (const [text, size] of [
      ['a', 1],
      ['é', 2],
      ['€', 3],
      ['😀', 4],
      ['\ud83d', 3],
      ['\ude00\ud83d', 6],
    ] as const) {
      const before = socket.waitingBytes;
      socket.send(text).catch(() => {});
      assert.equal(socket.waitingBytes - before, size, JSON.stringify(text));
      assert.equal(Buffer.byteLength(text), size);
    }
    socket.close();
  });

  test('wrong options: each is one sentence with the name, the value and the remedy', () => {
    const made =
      (options: object, events: object = {}) =>
      () =>
        new ReconnectingWebSocket({ url: URL, ...options } as never, events as never);
    assert.throws(made({ urls: 1 }), /^ReconnectError: 'urls' is no option; there are url, request, /);
    assert.throws(made({}, { opened() {} }), /'opened' is no event; there are connecting, open, /);
    assert.throws(made({ policy: { inital: 1 } }), /'inital' is no option of policy/);
    assert.throws(made({ policy: { initial: -1 } }), /policy\.initial is -1; use a number from 0 to 2147483647/);
    assert.throws(made({ policy: { initial: 10, max: 5 } }), /policy\.max is 5; use a number from 10/);
    assert.throws(made({ policy: { attempts: 0 } }), /policy\.attempts is 0; use a number from 1 to Infinity/);
    assert.throws(made({ policy: { factor: '2' } }), /policy\.factor is 2; use a number/);
    assert.throws(made({ outbox: { policy: 'block' } }), /outbox\.policy is 'block'; use 'refuse' or 'drop-oldest'/);
    assert.throws(made({ url: 7 }), /url must be a string or a function/);
    assert.equal(made({})().state, 'idle');
  });

  test('values other than strings and buffers are refused', async () => {
    const { socket } = recorded();
    for (const data of [null, undefined, 7, {}]) {
      await assert.rejects(socket.send(data as never), {
        code: 401,
        message: 'data must be a string or an ArrayBuffer',
      });
    }
    socket.close();
  });

  test('a thousand breaks leave nothing behind', async () => {
    await using network = useNetwork({ globalTimers: true });
    const server = network.peer(URL, (peer) => {
      peer.accept();
      peer.reset();
    });
    const { socket } = recorded({ policy: { initial: 1, max: 1 } });
    socket.connect();
    for (let step = 0; step < 20; step++) await network.advance(50);
    assert.ok(server.connections.length > 500, `${server.connections.length} connections`);
    socket.close();
    await network.advance(100);
    assert.deepEqual(network.open(), []);
  });
});

function closed(peer: Peer, code: number): void {
  peer.accept();
  peer.sendClose(code);
}
