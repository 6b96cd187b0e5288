// What DevTools is answered and told, message by message (Chrome DevTools Protocol 1.3).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Recorder, type RecorderOptions } from '../../src/inspector/recorder.ts';
import { Session } from '../../src/inspector/session.ts';
import { shownHandshake } from '../../src/inspector/shown-handshake.ts';

const defaults: RecorderOptions = {
  history: { connections: 100, frames: 1000, bytes: 1_000_000 },
  maxFramesPerSecond: 1000,
  maxPayloadSize: 1000,
};
const inspected = { id: 'the-id', title: 'a server', url: 'ws://server/', product: 'harmony-websocket/1.2.3' };

interface Told {
  readonly id?: number | null;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
  readonly sessionId?: string;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: of any event
  readonly params?: any;
}

/** A DevTools, and a recorder of connections that it may look at. */
function devtools(options: Partial<RecorderOptions> = {}) {
  const recorder = new Recorder({ ...defaults, ...options });
  const told: Told[] = [];
  const frontEnd = { bufferedAmount: 0, send: (text: string) => told.push(JSON.parse(text) as Told) > 0 };
  const session = new Session(frontEnd, recorder, inspected, (task) => task());
  recorder.join(session);
  let id = 0;
  const ask = (method: string, more: object = {}): Told => {
    told.length = 0;
    session.received(JSON.stringify({ id: ++id, method, ...more }));
    return told[0] as Told;
  };
  const handshake = (fields: readonly string[] | undefined = ['Host', 'host:80'], showSecrets = false) =>
    shownHandshake(
      {
        id: '7',
        url: '/chat?room=1',
        isEncrypted: false,
        remoteAddress: '127.0.0.1',
        remotePort: 50_000,
        requestFields: fields,
        status: 101,
        statusText: 'Switching Protocols',
        responseFields: ['Upgrade', 'websocket'],
      },
      recorder.now(),
      showSecrets,
    );
  const connection = {};
  const frame = (opcode: number, payload: string | Uint8Array, direction: 'received' | 'sent' = 'received') => {
    const bytes = Buffer.from(payload);
    recorder.frame(connection, '7', handshake, { opcode, payload: bytes, size: bytes.length, direction });
  };
  const names = () => told.map(({ method }) => method?.replace('Network.webSocket', ''));
  return { recorder, session, frontEnd, told, ask, handshake, connection, frame, names };
}

describe('commands', () => {
  const { ask, session, told } = devtools();

  for (const method of [
    'Network.enable',
    'Runtime.enable',
    'Page.enable',
    'Log.enable',
    'Debugger.setBreakpointsActive',
  ]) {
    test(`${method}: nothing to tell`, () => assert.deepEqual(ask(method).result, method === 'x' ? undefined : {}));
  }
  test('answers that the front end looks into', () => {
    assert.deepEqual(ask('Network.emulateNetworkConditionsByRule').result, { ruleIds: [] });
    assert.deepEqual(ask('Debugger.enable').result, { debuggerId: 'the-id' });
    assert.deepEqual(ask('Browser.getVersion').result?.product, 'harmony-websocket/1.2.3');
    assert.deepEqual(
      (ask('Page.getResourceTree').result as { frameTree: { frame: { id: string } } }).frameTree.frame.id,
      'the-id',
    );
  });
  test('no code is run: Runtime.evaluate has no answer', () => {
    const { error } = ask('Runtime.evaluate', { params: { expression: 'process.exit(1)' } });
    assert.equal(error?.code, -32_601);
    assert.match(error?.message ?? '', /Runtime\.evaluate has no answer: this inspector .* runs no code/);
    assert.equal(ask('\n<b>').error?.message.includes('<b>'), false);
  });
  test('the session of a command is that of its answer', () => {
    assert.equal(ask('Log.enable', { sessionId: 'S' }).sessionId, 'S');
  });
  for (const text of [
    '',
    '{',
    '5',
    'null',
    '[]',
    '"x"',
    '{}',
    '{"id":1}',
    '{"id":"1","method":"Log.enable"}',
    '{"id":1,"method":5}',
  ]) {
    test(`${text === '' ? 'nothing' : text} is no command`, () => {
      told.length = 0;
      session.received(text);
      assert.ok([-32_700, -32_600].includes(told[0]?.error?.code ?? 0));
    });
  }
});

describe('events', () => {
  test('nothing is told before Network.enable, and nothing after Network.disable', () => {
    const { frame, told, ask } = devtools();
    frame(1, 'hello');
    assert.equal(told.length, 0);
    ask('Network.enable');
    ask('Network.disable');
    told.length = 0;
    frame(1, 'hello');
    assert.equal(told.length, 0);
  });

  test('a connection that opens, its frames, and its end', () => {
    const { recorder, connection, handshake, frame, told, ask, names } = devtools();
    ask('Network.enable');
    told.length = 0;
    recorder.opened(connection, '7', handshake);
    frame(1, 'hello 🌍');
    frame(2, new Uint8Array([1, 2, 255]), 'sent');
    frame(9, 'ping');
    frame(8, new Uint8Array([3, 232]));
    recorder.closed(connection, '');
    assert.deepEqual(names(), [
      'Created',
      'WillSendHandshakeRequest',
      'HandshakeResponseReceived',
      'FrameReceived',
      'FrameSent',
      'FrameReceived',
      'FrameReceived',
      'Closed',
    ]);
    assert.ok(told.every(({ params }) => params.requestId === '7'));
    const [created, request, response, text, binary, ping, close] = told.map(({ params }) => params);
    assert.equal(created.url, 'ws://host:80/chat?room=1');
    assert.deepEqual(request.request.headers, { '(client)': '127.0.0.1:50000', '(connection)': '#7', Host: 'host:80' });
    assert.ok(Math.abs(request.wallTime - Date.now() / 1000) < 60);
    assert.deepEqual(
      [response.response.status, response.response.headers, response.response.requestHeaders],
      [101, { Upgrade: 'websocket' }, request.request.headers],
    );
    assert.deepEqual(text.response, { opcode: 1, mask: true, payloadData: 'hello 🌍' });
    assert.deepEqual(binary.response, { opcode: 2, mask: false, payloadData: 'AQL/' });
    assert.deepEqual(ping.response, { opcode: 9, mask: true, payloadData: 'cGluZw==' });
    assert.deepEqual(close.response, { opcode: 8, mask: true, payloadData: 'A+g=' });
    const times = told.slice(1).map(({ params }) => params.timestamp as number);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  test('a DevTools that opens later gets what is kept, and how much is not', () => {
    const { recorder, connection, handshake, frame, told, ask } = devtools({
      history: { connections: 10, frames: 3, bytes: 1000 },
    });
    recorder.opened(connection, '7', handshake);
    for (const text of ['a', 'b', 'c', 'd', 'e']) frame(1, text);
    recorder.closed(connection, '');
    ask('Network.enable');
    const frames = told.filter(({ method }) => /Frame/.test(method ?? ''));
    assert.deepEqual(
      frames.map(({ params }) => params.errorMessage ?? params.response.payloadData),
      ['2 earlier frames not shown: the history is full', 'c', 'd', 'e'],
    );
    assert.equal(told.at(-1)?.method, 'Network.webSocketClosed');
  });

  test('a connection that was there before is shown with its first frame', () => {
    const { frame, told, ask, names } = devtools();
    ask('Network.enable');
    told.length = 0;
    frame(1, 'hello');
    assert.deepEqual(names(), ['Created', 'WillSendHandshakeRequest', 'HandshakeResponseReceived', 'FrameReceived']);
  });

  test('a refused handshake', () => {
    const { recorder, handshake, told, ask, names } = devtools();
    ask('Network.enable');
    told.length = 0;
    recorder.refused('refused-1', () => ({ ...handshake(), status: 403 }), 'no right token');
    assert.deepEqual(names(), [
      'Created',
      'WillSendHandshakeRequest',
      'HandshakeResponseReceived',
      'FrameError',
      'Closed',
    ]);
    assert.equal(told[2]?.params.response.status, 403);
  });

  test('a payload is cut between characters, and its size told', () => {
    const { frame, told, ask } = devtools({ maxPayloadSize: 6 });
    ask('Network.enable');
    frame(1, 'aé🌍b');
    frame(2, 'bytesbytes');
    const [text, size, binary] = told.slice(-4).map(({ params }) => params);
    assert.equal(text.response.payloadData, 'aé');
    assert.equal(size.errorMessage, 'the frame above has 8 bytes; the first 6 are shown');
    assert.equal(Buffer.from(binary.response.payloadData, 'base64').toString(), 'bytesb');
  });

  test('more frames than may be shown: a line tells how many are not', async () => {
    const { frame, told, ask } = devtools({ maxFramesPerSecond: 10 });
    ask('Network.enable');
    let frames = 0;
    // A second may begin in between, but not every time.
    for (; frames < 100; frames++) frame(1, 'x');
    const lines = () => told.filter(({ method }) => method === 'Network.webSocketFrameError');
    while (lines().length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const [shown] = [told.filter(({ method }) => method === 'Network.webSocketFrameReceived').length];
    const counts = lines().map(({ params }) =>
      Number(/^(\d+) frames? not shown: more than 10 /.exec(params.errorMessage)?.[1]),
    );
    assert.equal(shown + counts.reduce((sum, count) => sum + count, 0), 100);
    assert.ok(shown >= 9 && shown <= 20, `${shown} are shown`);
  });

  test('a DevTools that does not read learns how many frames it missed', () => {
    const { frontEnd, session, frame, told, ask } = devtools();
    ask('Network.enable');
    frame(1, 'a');
    frontEnd.bufferedAmount = 20_000_000;
    told.length = 0;
    for (let index = 0; index < 5; index++) frame(1, 'b');
    assert.equal(told.length, 0);
    frontEnd.bufferedAmount = 0;
    session.drained();
    assert.match(told[0]?.params.errorMessage, /^5 frames not shown: DevTools did not read fast enough$/);
  });

  test('more connections than are kept', () => {
    const { recorder, handshake, told, ask } = devtools({ history: { connections: 2, frames: 10, bytes: 100 } });
    for (let index = 0; index < 5; index++) recorder.opened({}, `${index}`, handshake);
    ask('Network.enable');
    assert.equal(told.filter(({ method }) => method === 'Network.webSocketCreated').length, 2);
    assert.match(told.at(-1)?.params.args[0].value, /^3 connections not shown when opened: the history is full/);
    recorder.end();
  });
});

describe('secrets', () => {
  const fields = [
    'Host',
    'h',
    'Authorization',
    'Bearer abc',
    'cookie',
    'sid=abc',
    'X-Other',
    'ws://user:pw@host/?token=abc',
  ];
  test('are not shown by default', () => {
    const { handshake } = devtools();
    const text = JSON.stringify(handshake(fields));
    assert.doesNotMatch(text, /abc|pw/);
    assert.match(text, /"Authorization","\*\*\*","cookie","\*\*\*"/);
  });
  test('are shown where asked for', () => {
    const { handshake } = devtools();
    assert.match(JSON.stringify(handshake(fields, true)), /Bearer abc.*sid=abc.*user:pw/);
  });
  test('a Host that is not a host name does not get into the URL', () => {
    const { handshake } = devtools();
    assert.equal(handshake(['Host', 'a/b?<script>']).url, 'ws://server/chat?room=1');
  });
});
