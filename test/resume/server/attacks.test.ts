// Clients that attack sessions: what they say byte by byte, in a network in memory whose clock the test moves. Each row of
// docs/threats.md about sessions has its test here.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer, type ServerConnection } from '../../../src/engine/index.ts';
import { formatStart } from '../../../src/resume/protocol/control.ts';
import { type Peer, type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { isError } from '../../support/expect.ts';
import { Inbox } from '../../support/inbox.ts';

const KIB = 1024;
const E = '\u0010';

interface Ready {
  readonly id: string;
  readonly tok: string;
  readonly rx: number;
}

interface Dial {
  readonly from?: string;
  readonly user?: string;
}

let attempts = 0;

/** A server with sessions, and clients that the test scripts. */
async function serve(resume: object = {}, options: object = {}) {
  const opened = new Inbox<ServerConnection>();
  const events: string[] = [];
  const server = createServer({
    resume,
    open(connection) {
      opened.push(connection);
    },
    message: (_, data) => void events.push(`message ${data.length}`),
    interrupted: () => void events.push('interrupted'),
    resumed: () => void events.push('resumed'),
    expired: (_, { why, lost }) => void events.push(`expired ${why} ${lost}`),
    ...options,
  });
  await server.listen({ port: 80 });
  return { server, opened, events };
}

async function dial(network: TestNetwork, { from, user }: Dial = {}): Promise<Peer> {
  const headers = user === undefined ? {} : { Cookie: user };
  const client = await network.client('ws://localhost/', {
    subprotocols: ['wsr1'],
    headers,
    ...(from === undefined ? {} : { from }),
  });
  await client.receives('text', /^.H\{/);
  return client;
}

const limits = { buffer: 64 * KIB, part: 16 * KIB, max: 1024 * KIB };

function say(client: Peer, given: Partial<Parameters<typeof formatStart>[0]>): void {
  client.sendText(formatStart({ version: 1, limits, attempt: ++attempts, ...given }));
}

/** Begins a session. */
async function begin(network: TestNetwork, how: Dial = {}): Promise<{ client: Peer; ready: Ready }> {
  const client = await dial(network, how);
  say(client, { nonce: `nonce-${'x'.repeat(22)}-${++attempts}` });
  const ready = await readyOf(client);
  client.sendText(`${E}A0 0`);
  return { client, ready };
}

async function readyOf(client: Peer): Promise<Ready> {
  return JSON.parse((await client.receives('text', /^.R\{/)).slice(2));
}

async function goneOf(client: Peer): Promise<{ why: string; rx?: number; lost?: number[] }> {
  return JSON.parse((await client.receives('text', /^.X\{/)).slice(2));
}

/** Cuts a client and waits until the server has noticed. */
async function lose(network: TestNetwork, client: Peer): Promise<void> {
  client.reset();
  await network.settle();
}

/** The next message that is not control. */
async function dataOf(client: Peer): Promise<string> {
  for (;;) {
    const text = await client.receives('text');
    if (!text.startsWith(E)) return text;
  }
}

/** The code of the close after whatever else comes. */
async function closeCodeOf(client: Peer): Promise<number | undefined> {
  for await (const { opcode, payload } of client) if (opcode === 8) return payload.readUInt16BE(0);
  return undefined;
}

const resumeOf = ({ id, tok }: Ready, received = 0) => ({ resume: { id, token: tok, received } });

describe('tokens', { timeout: 60_000 }, () => {
  test('a token of another user, a wrong one and an invented session get the same answer, without counts', async () => {
    await using network = useNetwork();
    const { server } = await serve({ bind: ({ headers }: { headers: { cookie?: string } }) => headers.cookie ?? '' });
    const { ready } = await begin(network, { user: 'alice' });
    for (const [user, given] of [
      ['mallory', resumeOf(ready)],
      ['alice', resumeOf({ ...ready, tok: 'x'.repeat(43) })],
      ['alice', resumeOf({ ...ready, id: 'invented' })],
    ] as const) {
      const client = await dial(network, { user });
      say(client, given);
      assert.deepEqual(await goneOf(client), { why: 'unknown' });
      await client.receivesClose(4704);
    }
    await server.close();
  });

  test('a token that was used before and confirmed is not valid any more', async () => {
    await using network = useNetwork();
    const { server } = await serve();
    const { client, ready } = await begin(network);
    const second = await dial(network);
    say(second, resumeOf(ready));
    await client.receivesClose(4703, 'replaced');
    await readyOf(second);
    second.sendText(`${E}A0 0`);
    await network.settle();
    const thief = await dial(network);
    say(thief, resumeOf(ready));
    assert.deepEqual(await goneOf(thief), { why: 'unknown' });
    await server.close();
  });

  test('take-over by a stolen token ends the connection of its owner visibly, and nothing of that counts', async () => {
    await using network = useNetwork();
    const { server, events } = await serve();
    const { client, ready } = await begin(network);
    const thief = await dial(network);
    say(thief, resumeOf(ready));
    await readyOf(thief);
    client.sendText('too late');
    await client.receivesClose(4703, 'replaced');
    await network.settle();
    assert.deepEqual(events, ['resumed']);
    await server.close();
  });

  test('a session whose time is over is gone, and the client is told what it lacks', async () => {
    await using network = useNetwork();
    const { server, opened, events } = await serve({ keep: 5_000 });
    const { client, ready } = await begin(network);
    await lose(network, client);
    (await opened.next()).send('lost');
    await network.advance(6_000);
    assert.deepEqual(events, ['interrupted', 'expired expired 1']);
    const late = await dial(network);
    say(late, resumeOf(ready));
    assert.deepEqual(await goneOf(late), { why: 'expired', rx: 0, lost: [1, 1] });
    await late.receivesClose(4704);
    await server.close();
  });

  test('authorize is asked at each resume: false, and an exception, close with 4706 and end the session', async () => {
    await using network = useNetwork();
    for (const answer of [() => false, async () => false, () => 'yes', () => assert.fail('broken')]) {
      const warnings = new Inbox<Error>();
      process.once('warning', warnings.push);
      const { server, events } = await serve({ authorize: answer });
      const { client, ready } = await begin(network);
      await lose(network, client);
      const again = await dial(network);
      say(again, resumeOf(ready));
      await again.receivesClose(4706);
      assert.deepEqual(events, ['interrupted', 'expired refused 0']);
      await server.close();
      process.off('warning', warnings.push);
    }
  });

  test('authorize that never answers is a no after startTimeout, and holds up no drain', async () => {
    await using network = useNetwork();
    const warnings = new Inbox<Error>();
    process.once('warning', warnings.push);
    const { server, events } = await serve({ authorize: () => new Promise(() => {}) });
    const { client, ready } = await begin(network);
    await lose(network, client);
    const again = await dial(network);
    say(again, resumeOf(ready));
    await network.advance(9_999);
    const drained = server.drain({ deadline: 0 });
    await network.advance(1);
    await drained;
    assert.deepEqual(events, ['interrupted', 'expired refused 0']);
    assert.match((await warnings.next()).message, /authorize has not answered in 10000 ms/u);
    process.off('warning', warnings.push);
  });

  test('bind that gives no text lets nobody in: the promise of an async function is the same for all users', async () => {
    await using network = useNetwork();
    for (const bind of [async () => 'ann', () => Promise.reject(new Error('later')), () => ({ id: 1 }), () => true]) {
      const warnings = new Inbox<Error>();
      process.once('warning', warnings.push);
      const { server, events } = await serve({ bind });
      const client = await network.client('ws://localhost/', { subprotocols: ['wsr1'] });
      await client.receivesClose(4706);
      assert.match((await warnings.next()).message, /result of resume\.bind is .*; expected a string, at once/u);
      assert.deepEqual(events, []);
      await server.close();
      process.off('warning', warnings.push);
    }
  });
});

describe('numbers', { timeout: 60_000 }, () => {
  test('a sequence from the future: the session is regressed and ends', async () => {
    await using network = useNetwork();
    const { server, events } = await serve();
    const { client, ready } = await begin(network);
    await lose(network, client);
    const liar = await dial(network);
    say(liar, resumeOf(ready, 1_000));
    assert.equal((await goneOf(liar)).why, 'regressed');
    await liar.receivesClose(4704);
    assert.deepEqual(events, ['interrupted', 'expired regressed 0']);
    await server.close();
  });

  test('forged acknowledgements: more than was sent, and another count than was received: 4702', async () => {
    await using network = useNetwork();
    const { server, events } = await serve();
    for (const forged of ['A5 0', 'A0 5']) {
      const { client } = await begin(network);
      client.sendText(E + forged);
      await client.receivesClose(4702);
    }
    assert.deepEqual(events, ['expired regressed 0', 'expired regressed 0']);
    await server.close();
  });

  test('a client that never acknowledges is dropped when it does not answer, and its session waits', async () => {
    await using network = useNetwork();
    const { server, opened, events } = await serve({}, { heartbeat: false });
    const { client } = await begin(network);
    const connection = await opened.next();
    for (let count = 0; count < 8; count++) connection.send('x'.repeat(8 * KIB));
    assert.equal(connection.bufferedAmount, 64 * KIB);
    assert.equal(connection.send('more'), false);
    await network.advance(60_000);
    assert.deepEqual(events, ['interrupted']);
    assert.equal(connection.session?.isAttached, false);
    client.reset();
    await server.close();
  });

  test('what an application sends to such a client is bounded: above maxQueuedBytes the session ends', async () => {
    await using network = useNetwork();
    const { server, opened, events } = await serve(
      { replayBytes: 64 * KIB },
      { limits: { maxQueuedBytes: 128 * KIB } },
    );
    const { client } = await begin(network);
    const connection = await opened.next();
    for (let count = 0; count < 40; count++) connection.send('x'.repeat(4 * KIB));
    await network.settle();
    assert.equal(connection.isOpen, false);
    assert.deepEqual(events, ['expired overflow 32']);
    client.reset();
    await server.close();
  });

  test('a client that sends more unacknowledged bytes than this end takes breaks a rule: 4700', async () => {
    await using network = useNetwork();
    const { server } = await serve({ replayBytes: 64 * KIB }, { message: () => new Promise<void>(() => {}) });
    const { client } = await begin(network);
    for (let count = 0; count < 5; count++) client.sendText('x'.repeat(15 * KIB));
    await client.receivesClose(4700);
    await server.close();
  });
});

describe('control messages', { timeout: 60_000 }, () => {
  test('oversized, malformed, unknown, in fragments, of a server, a second start: 4700', async () => {
    await using network = useNetwork();
    const { server } = await serve();
    const bad = ['A1', 'A1 1 1', `Q${'x'.repeat(5_000)}`, 'Z', '', 'H{}', 'B[]', '+x', 'R{"id":1}', `S{"v":1}`];
    for (const text of bad) {
      const { client } = await begin(network);
      client.sendText(E + text);
      await client.receivesClose(4700);
    }
    const { client } = await begin(network);
    client.sendFrame({ opcode: 'text', fin: false, payload: `${E}A0` });
    client.sendFrame({ opcode: 'continuation', payload: ' 0' });
    await client.receivesClose(4700);
    await server.close();
  });

  test('instead of the start: data, another control message, another version, nothing in 10 s', async () => {
    await using network = useNetwork();
    const { server } = await serve();
    for (const [text, code] of [
      ['data', 4700],
      [`${E}A0 0`, 4700],
      [`${E}S{`, 4700],
      [formatStart({ version: 9, limits, attempt: 1, nonce: 'x'.repeat(22) }), 4709],
    ] as const) {
      const client = await dial(network);
      client.sendText(text);
      await client.receivesClose(code);
    }
    const silent = await dial(network);
    await network.advance(10_500);
    await silent.receivesClose(4701);
    assert.equal(server.connections.size, 0);
    await server.close();
  });

  test('a flood of questions is answered only so often: 4700', async () => {
    await using network = useNetwork();
    const { server } = await serve();
    const { client } = await begin(network);
    for (let count = 0; count < 200; count++) client.sendText(`${E}Q`);
    assert.equal(await closeCodeOf(client), 4700);
    await server.close();
  });

  test('parts that never end take no more than a message may have', async () => {
    await using network = useNetwork();
    const { server, events } = await serve({}, { limits: { maxMessageSize: 100 * KIB } });
    const { client } = await begin(network);
    for (let count = 0; count < 8; count++) {
      client.sendText(`${E}+`);
      client.sendText('x'.repeat(16 * KIB));
    }
    assert.equal(await closeCodeOf(client), 4700);
    assert.deepEqual(events, ['expired failed 0']);
    await server.close();
  });

  test('a goodbye with a code or a reason that no Close frame may have: 4700, or cut', async () => {
    for (const [goodbye, code, heard] of [
      [{ code: 1006 }, 4700, 'close 1006 '],
      [{ code: 1005 }, 4700, 'close 1006 '],
      [{ code: 999 }, 4700, 'close 1006 '],
      [{ code: 5000 }, 4700, 'close 1006 '],
      [{ code: 4000, reason: 'é'.repeat(100) }, 1000, `close 4000 ${'é'.repeat(61)}`],
    ] as const) {
      await using network = useNetwork();
      const closes: string[] = [];
      const { server } = await serve(
        {},
        {
          close: (_: unknown, event: { code: number; reason: string }) =>
            closes.push(`close ${event.code} ${event.reason}`),
        },
      );
      const { client } = await begin(network);
      client.sendText(`${E}B${JSON.stringify({ end: true, ...goodbye })}`);
      client.sendClose(1000);
      const answer = await closeCodeOf(client);
      client.reset();
      await network.settle();
      assert.deepEqual(closes, [heard]);
      if (code === 4700) assert.equal(answer, code);
      await server.close();
    }
  });

  test('a goodbye after which the connection stays open: it is cut after closeTimeout, and the goodbye holds', async () => {
    await using network = useNetwork();
    const closes: unknown[] = [];
    const { server } = await serve({}, { close: (_: unknown, event: unknown) => closes.push(event) });
    const { client } = await begin(network);
    client.sendText(`${E}B{"end":true,"code":4000,"reason":"bye"}`);
    await network.advance(4_999);
    assert.deepEqual([closes, server.metrics().connections.open], [[], 1]);
    await network.advance(1);
    assert.deepEqual(closes, [{ code: 4000, reason: 'bye', wasClean: true }]);
    assert.equal(server.metrics().connections.open, 0);
    await server.close();
  });

  test('what the server says with a token in it is never compressed (RSV1 is 0)', async () => {
    await using network = useNetwork();
    const { server, opened } = await serve({}, { compression: { threshold: 0 } });
    const client = await network.client('ws://localhost/', {
      subprotocols: ['wsr1'],
      headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate' },
    });
    const hello = await client.receivesFrame({ opcode: 'text' });
    say(client, { nonce: 'n'.repeat(22) });
    const ready = await client.receivesFrame({ opcode: 'text' });
    assert.deepEqual([hello.rsv, ready.rsv], [0, 0]);
    client.sendText(`${E}A0 0`);
    (await opened.next()).send('x'.repeat(1_000));
    assert.equal((await client.receivesFrame({ opcode: 'text' })).rsv, 4);
    client.reset();
    await server.close();
  });
});

describe('bounds', { timeout: 60_000 }, () => {
  test('resumes of one session are 10 in a minute: 4707', async () => {
    await using network = useNetwork();
    const { server } = await serve();
    let { client, ready } = await begin(network);
    for (let count = 0; count < 10; count++) {
      await lose(network, client);
      client = await dial(network);
      say(client, resumeOf(ready));
      ready = await readyOf(client);
      client.sendText(`${E}A0 0`);
    }
    await lose(network, client);
    const flood = await dial(network);
    say(flood, resumeOf(ready));
    assert.match((await flood.receivesClose(4707)).reason, /^after=\d+$/);
    await network.advance(60_000);
    const later = await dial(network);
    say(later, resumeOf(ready));
    await readyOf(later);
    later.reset();
    await server.close();
  });

  test('20 failed attempts of an address in a minute, then all of its attempts are refused: 4707', async () => {
    await using network = useNetwork();
    const { server } = await serve();
    const from = '203.0.113.5';
    for (let count = 0; count < 20; count++) {
      const client = await dial(network, { from });
      say(client, resumeOf({ id: `guess-${count}`, tok: 'x'.repeat(43), rx: 0 }));
      assert.equal((await goneOf(client)).why, 'unknown');
    }
    const next = await dial(network, { from });
    say(next, { nonce: 'n'.repeat(22) });
    assert.match((await next.receivesClose(4707)).reason, /^after=\d+$/);
    await begin(network, { from: '198.51.100.7' });
    await server.close();
  });

  test('sessions without a connection: above maxSessions the one that has waited longest ends', async () => {
    await using network = useNetwork();
    const { server, events } = await serve({ maxSessions: 2 });
    const readies: Ready[] = [];
    for (let count = 0; count < 3; count++) {
      const { client, ready } = await begin(network);
      readies.push(ready);
      await lose(network, client);
    }
    assert.deepEqual(events.slice(-1), ['expired expired 0']);
    assert.equal(server.connections.size, 2);
    const first = await dial(network);
    say(first, resumeOf(readies[0] as Ready));
    assert.equal((await goneOf(first)).why, 'expired');
    await server.close();
  });

  test('sessions of one user: above maxSessionsPerUser the oldest without a connection ends, or the new one is refused', async () => {
    await using network = useNetwork();
    const bind = ({ headers }: { headers: { cookie?: string } }): string => headers.cookie ?? '';
    const { server, events } = await serve({ bind, maxSessionsPerUser: 2 });
    const { client } = await begin(network, { user: 'eve' });
    await lose(network, client);
    await begin(network, { user: 'eve' });
    await begin(network, { user: 'eve' });
    assert.deepEqual(events, ['interrupted', 'expired expired 0']);
    const fourth = await dial(network, { user: 'eve' });
    say(fourth, { nonce: 'n'.repeat(22) });
    await fourth.receivesClose(4707);
    await begin(network, { user: 'bob' });
    await server.close();
  });

  test('bytes of all sessions: above replayMemory those that wait end, the oldest first', async () => {
    await using network = useNetwork();
    const { server, opened, events } = await serve({ replayMemory: 64 * KIB });
    const connections: ServerConnection[] = [];
    for (let count = 0; count < 5; count++) {
      const { client } = await begin(network);
      const connection = await opened.next();
      connections.push(connection);
      await lose(network, client);
      connection.send('x'.repeat(16 * KIB));
    }
    assert.deepEqual(
      events.filter((event) => event.startsWith('expired')),
      ['expired expired 1'],
    );
    assert.deepEqual(
      connections.map(({ isOpen }) => isOpen),
      [false, true, true, true, true],
    );
    await server.close();
  });

  test('messages for one client that is away: above replayBytes and replayMessages its session ends, or loses the oldest', async () => {
    await using network = useNetwork();
    for (const bound of [{ replayBytes: 4 * KIB }, { replayMessages: 4 }]) {
      const { server, opened, events } = await serve(bound);
      const { client } = await begin(network);
      const connection = await opened.next();
      await lose(network, client);
      for (let count = 0; count < 5; count++) connection.send('x'.repeat(KIB));
      assert.deepEqual(events, ['interrupted', 'expired overflow 4']);
      await server.close();
      const gap = await serve({ ...bound, whileDetached: 'gap' });
      const second = await begin(network);
      const kept = await gap.opened.next();
      await lose(network, second.client);
      for (let count = 1; count <= 6; count++) kept.send(`${count}`.padEnd(KIB));
      const back = await dial(network);
      say(back, resumeOf(second.ready));
      const { lost } = JSON.parse((await back.receives('text', /^.R\{/)).slice(2));
      assert.deepEqual(lost, [1, 2]);
      assert.equal((await dataOf(back)).trim(), '3');
      back.reset();
      await gap.server.close();
    }
  });

  test('connection.session.data: at most 16 KiB of JSON, and nothing that JSON cannot write', async () => {
    await using network = useNetwork();
    const { server, opened } = await serve();
    const { client } = await begin(network);
    const { session } = await opened.next();
    assert.ok(session);
    session.data = { a: 'x'.repeat(16_000) };
    for (const wrong of [
      'x'.repeat(16 * KIB),
      5n,
      () => {},
      {
        get a() {
          throw new Error('no');
        },
      },
    ]) {
      assert.throws(
        () => {
          session.data = wrong;
        },
        (error) => isError(error, 'ERR_WS_OPTION', 'connection.session.data') !== undefined,
      );
    }
    assert.deepEqual(session.data, { a: 'x'.repeat(16_000) });
    client.reset();
    await server.close();
  });
});
