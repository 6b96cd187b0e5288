// `ResumableWebSocket` against a server that speaks wsr1 by hand (docs/resume.md), on a network in memory.

import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import type { ResumableEvents, ResumableOptions } from '../../src/reconnect/index.ts';
import { ResumableWebSocket } from '../../src/reconnect/index.ts';
import { type Peer, type PeerServer, type TestNetwork, useNetwork } from '../../src/testing/index.ts';

const URL = 'ws://chat.example/';
const HELLO = '\u0010H{"v":1,"buf":1024,"part":64,"max":100000,"hb":30000}';

function recorded(options: Partial<ResumableOptions> = {}, events: ResumableEvents = {}) {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const show = (data: string | ArrayBuffer): string =>
    typeof data === 'string' ? JSON.stringify(data) : Buffer.from(data).toString('hex');
  const socket = new ResumableWebSocket(
    { url: URL, policy: { initial: 10, max: 1000 }, ...options },
    {
      open: (isResumable) => say(`open ${isResumable}`),
      message: (data) => say(`message ${show(data)}`),
      interrupted: (delay, { code }) => say(`interrupted ${code}, ${delay}`),
      resumed: (lost) => say(`resumed, ${lost} lost`),
      expired: ({ why, lost, unsent }) => say(`expired ${why}, ${lost} lost, unsent ${unsent.map(show)}`),
      closed: ({ code }, unsent) => say(`closed ${code}, unsent ${unsent.map(show)}`),
      ...events,
    },
  );
  return { socket, lines };
}

/** The next connection, up to the `S` of the client. */
async function started(server: PeerServer): Promise<{ peer: Peer; start: Record<string, unknown> }> {
  const peer = await server.next();
  const [subprotocol = ''] = (peer.receivedHead.header('sec-websocket-protocol') ?? '').split(',');
  peer.accept({ subprotocol });
  peer.sendText(HELLO);
  const text = await peer.receives('text');
  assert.equal(text.slice(0, 2), '\u0010S');
  return { peer, start: JSON.parse(text.slice(2)) };
}

function ready(peer: Peer, members: object): void {
  peer.sendText(`\u0010R${JSON.stringify({ id: 'session-1', tok: 'token-1', keep: 120_000, rx: 0, ...members })}`);
}

/** A live session on its first connection. */
async function live(network: TestNetwork, options: Partial<ResumableOptions> = {}, events: ResumableEvents = {}) {
  const server = network.peer(URL);
  const { socket, lines } = recorded(options, events);
  socket.connect();
  const { peer, start } = await started(server);
  ready(peer, {});
  await peer.receives('text', '\u0010A0 0');
  await network.settle();
  return { server, socket, lines, peer, start };
}

async function end(network: TestNetwork, socket: ResumableWebSocket): Promise<void> {
  socket.close();
  await network.advance(1);
}

describe('ResumableWebSocket', { timeout: 60_000 }, () => {
  test('a new session: H, S, R, A; the token is not in the URL or a header', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { socket, lines, peer, start } = await live(network, { protocol: 'chat' });
    peer.receivedHead.assertHeader('sec-websocket-protocol', /^chat\+wsr1, ?chat$/);
    assert.deepEqual({ ...start, new: '' }, { v: 1, n: 1, buf: 1_048_576, part: 262_144, max: 104_857_600, new: '' });
    assert.match(String(start.new), /^[0-9a-f]{64}$/);
    assert.deepEqual(lines, ['open true']);
    assert.equal(socket.sessionId, 'session-1');
    await end(network, socket);
  });

  test('messages are numbered by counting, acknowledged and replayed; the application hears open once', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { server, socket, lines, peer } = await live(network);
    const sent = [socket.send('one'), socket.send(new Uint8Array([2]).buffer), socket.send('\u0010three')];
    await peer.receives('text', 'one');
    await peer.receives('binary', '02');
    await peer.receives('text', '\u0010\u0010three');
    peer.sendText('\u0010\u0010hello');
    peer.sendText('\u0010A1 1');
    await network.advance(250);
    await peer.receives('text', '\u0010A1 3');
    assert.equal(await sent[0], true);
    peer.reset();
    await network.advance(10);
    const { peer: second, start } = await started(server);
    assert.deepEqual([start.id, start.tok, start.rx], ['session-1', 'token-1', 1]);
    ready(second, { tok: 'token-2', rx: 2, resumed: true });
    await second.receives('text', '\u0010A1 2');
    await second.receives('text', '\u0010\u0010three');
    second.sendText('\u0010A3 1');
    second.sendText('again');
    assert.deepEqual(await Promise.all(sent), [true, true, true]);
    await network.settle();
    assert.equal(socket.bufferedAmount, 0);
    assert.deepEqual(
      lines.map((line) => line.replace(/, \d+$/, '')),
      ['open true', 'message "\\u0010hello"', 'interrupted 0', 'resumed, 0 lost', 'message "again"'],
    );
    await end(network, socket);
  });

  test('R that was lost: the same nonce again', async () => {
    await using network = useNetwork({ globalTimers: true });
    const server = network.peer(URL);
    const { socket, lines } = recorded();
    socket.connect();
    const first = await started(server);
    first.peer.reset();
    await network.advance(10);
    const second = await started(server);
    assert.equal(second.start.new, first.start.new);
    ready(second.peer, { resumed: true });
    await network.settle();
    assert.deepEqual(lines, ['open true']);
    await end(network, socket);
  });

  test('a large message goes in parts, which end between characters; parts of the server are joined', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { socket, lines, peer } = await live(network);
    const text = `${'a'.repeat(63)}😀${'b'.repeat(10)}`;
    void socket.send(text).catch(() => {});
    await peer.receives('text', '\u0010+');
    await peer.receives('text', 'a'.repeat(63));
    await peer.receives('text', `😀${'b'.repeat(10)}`);
    void socket.send(new Uint8Array(65).buffer).catch(() => {});
    await peer.receives('text', '\u0010+');
    await peer.receives('binary', '00'.repeat(64));
    await peer.receives('binary', '00');
    peer.sendText('\u0010+');
    peer.sendText('x');
    peer.sendText('\u0010+');
    peer.sendText('\u0010\u0010y');
    peer.sendText('z');
    peer.sendText('\u0010+');
    peer.sendBinary('01');
    peer.sendText('\u0010!');
    peer.sendBinary('');
    peer.sendBinary('02');
    await network.settle();
    assert.deepEqual(lines.slice(1), ['message "x\\u0010yz"', 'message 02']);
    await end(network, socket);
  });

  test('a break within a message of the server: the next part follows on the next connection', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { server, socket, lines, peer } = await live(network);
    peer.sendText('\u0010+');
    peer.sendText('to');
    await network.settle();
    peer.reset();
    await network.advance(10);
    const { peer: second, start } = await started(server);
    assert.equal(start.rx, 1);
    ready(second, { resumed: true });
    second.sendText('gether');
    await network.settle();
    assert.equal(lines.at(-1), 'message "together"');
    await end(network, socket);
  });

  test('X: unacknowledged messages come back, and none is sent again', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { server, socket, lines, peer } = await live(network);
    const sent = ['one', 'two', 'three'].map((text) => socket.send(text));
    for (const message of sent.slice(1)) message.catch(() => {});
    await network.settle();
    peer.reset();
    await network.advance(10);
    const { peer: second, start } = await started(server);
    second.sendText('\u0010X{"why":"expired","rx":1,"lost":[5,7]}');
    ready(second, { id: 'session-2' });
    await second.receives('text', '\u0010A0 0');
    await network.settle();
    assert.equal(lines.at(-1), 'expired expired, 3 lost, unsent "two","three"');
    assert.equal(await sent[0], true);
    await assert.rejects(sent[1]!, /not known to be handled: the session was lost/);
    assert.equal(typeof start.new, 'string');
    void socket.send('fresh').catch(() => {});
    await second.receives('text', 'fresh');
    assert.equal(socket.sessionId, 'session-2');
    await end(network, socket);
  });

  test('lost messages of the server are counted, and numbers go on behind them', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { server, socket, lines, peer } = await live(network);
    peer.reset();
    await network.advance(10);
    const { peer: second } = await started(server);
    ready(second, { resumed: true, lost: [1, 4] });
    await second.receives('text', '\u0010A4 0');
    await network.settle();
    assert.equal(lines.at(-1), 'resumed, 4 lost');
    await end(network, socket);
  });

  test('4703: another connection has the session, and this one does not come back', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { server, socket, lines, peer } = await live(network);
    peer.sendClose(4703);
    await network.advance(100_000);
    assert.deepEqual(lines.slice(1), ['closed 4703, unsent ']);
    assert.equal(server.connections.length, 1);
    await assert.rejects(socket.send('x'), /it is closed/);
  });

  test('B{end} of the server ends it whatever the close code says', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { lines, peer } = await live(network);
    peer.sendText('\u0010B{"end":true,"why":"kicked"}');
    peer.sendClose(1000);
    await network.advance(100_000);
    assert.deepEqual(lines.slice(1), ['closed 1000, unsent ']);
  });

  test('B{drain} of the server: nothing is sent until the next connection, after the time that it names', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { server, socket, lines, peer } = await live(network);
    peer.sendText('\u0010B{"drain":true,"after":700}');
    await network.settle();
    void socket.send('later').catch(() => {});
    await peer.receivesNothing();
    peer.sendClose(1012);
    await network.settle();
    assert.equal(lines.at(-1), 'interrupted 1012, 700');
    await network.advance(700);
    const { peer: second } = await started(server);
    ready(second, { resumed: true });
    await second.receives('text', '\u0010A0 0');
    await second.receives('text', 'later');
    await end(network, socket);
  });

  test('close says goodbye, and gives back what was not acknowledged', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { socket, lines, peer } = await live(network);
    socket.send('x').catch(() => {});
    await peer.receives('text', 'x');
    socket.close();
    await peer.receives('text', '\u0010A0 1');
    await peer.receives('text', '\u0010B{"end":true,"why":"closed"}');
    await peer.receivesClose(1000);
    await network.advance(1);
    assert.equal(lines.at(-1), 'closed 1000, unsent "x"');
  });

  test('a server that is silent is asked, and given up after ten seconds', async () => {
    await using network = useNetwork({ globalTimers: true });
    const random = mock.method(Math, 'random', () => 0).mock;
    const { server, socket, lines, peer } = await live(network);
    await network.advance(30_000);
    await peer.receives('text', '\u0010Q');
    peer.sendText('\u0010A0 0');
    await network.advance(30_000);
    await peer.receives('text', '\u0010Q');
    await network.advance(10_000);
    assert.equal(lines.at(-1), 'interrupted 0, 0');
    await network.advance(1);
    const { peer: second } = await started(server);
    ready(second, { resumed: true });
    await network.settle();
    assert.equal(lines.at(-1), 'resumed, 0 lost');
    await end(network, socket);
    random.restore();
  });

  test('Q of the server is answered', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { socket, peer } = await live(network);
    peer.sendText('m');
    peer.sendText('\u0010Q');
    await peer.receives('text', '\u0010A1 0');
    await end(network, socket);
  });

  test('the window: no more than the smaller buffer is unacknowledged', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { socket, peer } = await live(network);
    for (let message = 0; message < 20; message++) socket.send('m'.repeat(60)).catch(() => {});
    for (let message = 0; message < 9; message++) await peer.receives('text', 'm'.repeat(60));
    await network.settle();
    // Half of 1,024 bytes are unacknowledged: it asks. 17 messages of 60 bytes fill the window.
    const rest: string[] = [];
    for (let frame = 0; frame < 9; frame++) rest.push(await peer.receives('text'));
    assert.equal(rest.filter((text) => text === '\u0010Q').length, 1);
    assert.equal(rest.filter((text) => text[0] === 'm').length, 8);
    await peer.receivesNothing();
    peer.sendText('\u0010A17 0');
    for (let message = 0; message < 3; message++) await peer.receives('text', 'm'.repeat(60));
    await end(network, socket);
  });

  for (const [what, text] of [
    ['counts that differ', '\u0010A0 7'],
    ['an acknowledgement from the future', '\u0010A2 0'],
    ['an unknown kind', '\u0010Z'],
    ['a body that is not JSON', '\u0010B{'],
    ['a second H', HELLO],
  ] as const) {
    test(`${what}: the session is lost, told, and a new one begins`, async () => {
      await using network = useNetwork({ globalTimers: true });
      const { server, socket, lines, peer } = await live(network);
      socket.send('kept').catch(() => {});
      await network.settle();
      peer.sendText(text);
      await network.settle();
      assert.equal(lines[1], 'expired regressed, -1 lost, unsent "kept"');
      await network.advance(10);
      const { peer: second, start } = await started(server);
      assert.equal(start.id, undefined);
      ready(second, { id: 'session-2' });
      await second.receives('text', '\u0010A0 0');
      await second.receivesNothing();
      await end(network, socket);
    });
  }

  test('lower-case kinds of a later version are ignored', async () => {
    await using network = useNetwork({ globalTimers: true });
    const { socket, lines, peer } = await live(network);
    peer.sendText('\u0010t{"x":1}');
    peer.sendText('m');
    await network.settle();
    assert.deepEqual(lines.slice(1), ['message "m"']);
    await end(network, socket);
  });

  test('a plain server ends it, unless plainFallback allows it', async () => {
    await using network = useNetwork({ globalTimers: true });
    const server = network.peer(URL, (peer) => {
      peer.accept();
      peer.sendText('welcome');
    });
    const strict = recorded();
    strict.socket.connect();
    await network.settle();
    assert.deepEqual(strict.lines, ['closed 0, unsent ']);
    const { socket, lines } = recorded({ plainFallback: true });
    const early = socket.send('early');
    socket.connect();
    await network.settle();
    assert.deepEqual(lines, ['open false', 'message "welcome"']);
    assert.equal(await early, true);
    assert.equal(await socket.send('\u0010plain'), true);
    await server.connections[1]?.receives('text', 'early');
    await server.connections[1]?.receives('text', '\u0010plain');
    await end(network, socket);
  });

  test('wrong options', () => {
    const made = (options: object) => () => new ResumableWebSocket({ url: URL, ...options } as never, {});
    assert.throws(made({ bufer: 1 }), /'bufer' is no option; there are url, request, /);
    assert.throws(made({ buffer: 1023 }), /buffer is 1023; use an integer from 1024 to 1073741824/);
    assert.throws(made({ maxMessage: 1.5 }), /maxMessage is 1.5/);
    assert.throws(made({ policy: { factor: 0 } }), /policy\.factor is 0/);
  });
});
