// DOM standard, EventTarget; HTML standard, event handlers and the event loop; WebSockets standard, "feedback from the
// protocol".

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { createServer } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { CloseEvent, MessageEvent, WebSocket } from '../../src/whatwg/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw } from '../support/raw-peer.ts';
import { record, recordOf, thrownBy } from './recording.ts';

const TYPES = ['open', 'message', 'error', 'close'] as const;

describe('listeners', () => {
  test(
    'functions, objects with handleEvent, once, signal, and removal',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {
        open: (connection) => ['1', '2', '3'].forEach((text) => void connection.send(text)),
      });
      const { socket, closed, messages } = record(scope, url);
      const seen: string[] = [];
      const abort = new AbortController();
      const gone = (): unknown => seen.push('gone');
      socket.addEventListener('message', {
        handleEvent: (event) => seen.push(`object ${(event as MessageEvent).data}`),
      });
      socket.addEventListener('message', ({ data }) => seen.push(`once ${data}`), { once: true });
      socket.addEventListener('message', ({ data }) => (data === '2' ? abort.abort() : seen.push(`signal ${data}`)), {
        signal: abort.signal,
      });
      socket.addEventListener('message', gone);
      socket.removeEventListener('message', gone);
      await messages.take(3);
      await new Promise(setImmediate);
      socket.close();
      await closed;
      assert.deepEqual(seen, ['object 1', 'once 1', 'signal 1', 'object 2', 'object 3']);
    }),
  );

  test(
    'a handler has the place in the order that it had when it was set first',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope);
      const { socket, opened, closed } = record(scope, url);
      const seen: string[] = [];
      socket.onopen = () => seen.push('never');
      socket.addEventListener('open', () => seen.push('listener'));
      socket.onopen = () => seen.push('handler');
      socket.onclose = () => seen.push('never');
      socket.addEventListener('close', () => seen.push('listener'));
      socket.onclose = null;
      socket.onclose = () => seen.push('handler');
      await opened;
      await new Promise(setImmediate);
      socket.close();
      await closed;
      await new Promise(setImmediate);
      assert.deepEqual(seen, ['handler', 'listener', 'listener', 'handler']);
    }),
  );

  test(
    '`this`, target, phase, and what cannot be prevented',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { open: (connection) => void connection.send('x') });
      const socket = new WebSocket(url);
      const seen: unknown[] = [];
      for (const type of ['open', 'message', 'close'] as const) {
        socket[`on${type}`] = function (this: unknown, event: Event): unknown {
          seen.push(this, event.target, event.currentTarget);
          assert.deepEqual([event.type, event.bubbles, event.cancelable], [type, false, false]);
          assert.equal(event.eventPhase, 2);
          if (type === 'message') socket.close();
          return false;
        };
      }
      await recordOf(scope, socket).closed;
      assert.equal(seen.length, 9);
      assert.ok(seen.every((one) => one === socket));
    }),
  );
});

describe('event handlers', () => {
  for (const type of TYPES) {
    test(`on${type}: null, functions, objects, and everything else`, () => {
      const socket = new WebSocket('ws://example.invalid/') as unknown as Record<string, unknown> & EventTarget;
      const name = `on${type}`;
      assert.equal(socket[name], null);
      let calls = 0;
      const handler = (): unknown => calls++;
      socket[name] = handler;
      assert.equal(socket[name], handler);
      socket.dispatchEvent(new Event(type));
      assert.equal(calls, 1);
      // An object that is not a function is kept, and never called (LegacyTreatNonObjectAsNull).
      const object = { handleEvent: handler };
      socket[name] = object;
      assert.equal(socket[name], object);
      socket.dispatchEvent(new Event(type));
      assert.equal(calls, 1);
      for (const other of [1, ';', undefined, null, true, Symbol('x')]) {
        socket[name] = handler;
        socket[name] = other;
        assert.equal(socket[name], null);
      }
      socket.dispatchEvent(new Event(type));
      assert.equal(calls, 1);
      (socket as unknown as WebSocket).close();
    });
  }
});

test(
  'the class of each event',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, { open: (connection) => void connection.send('x') });
    const socket = new WebSocket(url);
    const seen: Event[] = [];
    for (const type of TYPES) socket.addEventListener(type, (event) => seen.push(event));
    socket.onmessage = () => socket.close(1000, 'bye');
    await recordOf(scope, socket).closed;
    const [open, message, close] = seen as [Event, MessageEvent, CloseEvent];
    assert.equal(String(open), '[object Event]');
    assert.equal(open.constructor, Event);
    assert.equal(String(message), '[object MessageEvent]');
    assert.ok(message instanceof MessageEvent && message instanceof globalThis.MessageEvent);
    assert.equal(message.constructor, globalThis.MessageEvent);
    assert.deepEqual([message.data, message.lastEventId, message.source, message.ports.length], ['x', '', null, 0]);
    assert.equal(message.origin, new URL(url).origin);
    assert.equal(String(close), '[object CloseEvent]');
    assert.ok(close instanceof CloseEvent);
    const ofPlatform = (globalThis as { CloseEvent?: unknown }).CloseEvent ?? CloseEvent;
    assert.equal(CloseEvent, ofPlatform);
    assert.deepEqual([close.code, close.reason, close.wasClean], [1000, 'bye', true]);
  }),
);

describe('new CloseEvent', () => {
  test('without and with a dictionary', () => {
    const plain = new CloseEvent('x');
    assert.deepEqual([plain.type, plain.code, plain.reason, plain.wasClean, plain.bubbles], ['x', 0, '', false, false]);
    const full = new CloseEvent('x', { bubbles: true, cancelable: true, code: 7, reason: 'r\ud800', wasClean: true });
    assert.deepEqual([full.bubbles, full.cancelable, full.code, full.wasClean], [true, true, 7, true]);
    assert.equal(full.reason, 'r\ufffd');
    assert.equal(new CloseEvent('x', { code: Number.NaN }).code, 0);
  });
  test('wrong arguments: TypeError', () => {
    const make = CloseEvent as unknown as new (...given: unknown[]) => CloseEvent;
    assert.ok(thrownBy(() => new make()) instanceof TypeError);
    assert.ok(thrownBy(() => new make('x', 1)) instanceof TypeError);
  });
});

test(
  'messages of one chunk are tasks of their own: all microtasks of one run before the next, and `close` is last',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened, closed, events } = record(scope, server.url);
    const peer = await server.accepted();
    const head = await peer.readHead();
    socket.onmessage = async ({ data }) => {
      for (let step = 1; step <= 5; step++) {
        await Promise.resolve();
        if (step === 5) events.push(`after ${data}`);
      }
    };
    peer.write(switchingProtocols(head));
    await opened;
    peer.write(Buffer.from('810161 810162 810163 880203e8'.replaceAll(' ', ''), 'hex'));
    await peer.readFrame();
    peer.end();
    await closed;
    assert.deepEqual(events, [
      'open',
      'message a',
      'after a',
      'message b',
      'after b',
      'message c',
      'after c',
      'close 1000 "" clean',
    ]);
  }),
);

test(
  'messages in the same bytes as the response come after `open`',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { closed, events } = record(scope, server.url);
    const peer = await server.accepted();
    const head = await peer.readHead();
    peer.write(Buffer.concat([Buffer.from(switchingProtocols(head)), Buffer.from('8101618101628800', 'hex')]));
    await peer.readFrame();
    peer.end();
    await closed;
    assert.deepEqual(events, ['open', 'message a', 'message b', 'close 1005 "" clean']);
  }),
);

test(
  'close() in the event of a message: the other messages of its chunk are dropped',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened, closed, events } = record(scope, server.url);
    const peer = await server.accepted();
    const head = await peer.readHead();
    socket.onmessage = () => socket.close(3000);
    peer.write(switchingProtocols(head));
    await opened;
    peer.write(Buffer.from('810161810162', 'hex'));
    await peer.readFrame();
    peer.end(Buffer.from('88020bb8', 'hex'));
    await closed;
    assert.deepEqual(events, ['open', 'message a', 'close 3000 "" clean']);
  }),
);

test(
  'answers to the messages of one chunk leave in one write, in order',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened } = record(scope, server.url, { compression: false });
    const peer = await server.accepted();
    const head = await peer.readHead();
    socket.onmessage = ({ data }) => {
      const bytes = new TextEncoder().encode(data);
      socket.send(bytes);
      bytes.fill(0); // it was copied
    };
    peer.write(switchingProtocols(head));
    await opened;
    const chunks: number[] = [];
    peer.socket.on('readable', () => chunks.push(peer.socket.readableLength));
    peer.write(Buffer.from('810161810162810163', 'hex'));
    const answers: string[] = [];
    for (let count = 0; count < 3; count++) answers.push(String((await peer.readFrame()).payload));
    assert.deepEqual(answers, ['a', 'b', 'c']);
    peer.destroy();
  }),
);

test(
  'in logs, objects show what they hold, and no password',
  leavingNothing(async (scope) => {
    const { url, server } = await listen(scope, { open: (connection) => void connection.send('x') });
    const { socket, opened, closed } = record(scope, url.replace('//', '//foo:secret@'));
    const message = new Promise((resolve) => {
      socket.onmessage = resolve;
    });
    await opened;
    assert.match(inspect(socket), /^WebSocket \{\n? +url: 'ws:.*,\n? +readyState: 1,/u);
    assert.doesNotMatch(inspect(socket), /secret/);
    assert.equal(
      inspect(await message),
      `MessageEvent { type: 'message', data: 'x', origin: '${new URL(url).origin}' }`,
    );
    assert.equal(inspect({ deep: { socket } }, { depth: 1 }), '{ deep: { socket: [WebSocket] } }');
    assert.equal(inspect(Object.create(WebSocket.prototype)), 'WebSocket {}');
    socket.close();
    await closed;
    await server.close();
    const { failed } = record(scope, url);
    assert.match(inspect(await failed), /^Event \{\n? +type: 'error',\n? +message: 'cannot connect/);
  }),
);

test('over a network in memory', async () => {
  await using network = useNetwork();
  const server = createServer({ message: (connection, data) => void connection.send(data) });
  await server.listen({ port: 80, host: '127.0.0.1' });
  const socket = new WebSocket('ws://127.0.0.1/');
  socket.binaryType = 'arraybuffer';
  const seen: number[] = [];
  let isSending = false;
  socket.onopen = () => {
    isSending = true;
    for (const size of [10, 100_000, 3_000_000]) socket.send(new Uint8Array(size));
    isSending = false;
  };
  socket.onmessage = ({ data }) => {
    assert.equal(isSending, false);
    if (seen.push(data.byteLength) === 3) socket.close();
  };
  await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  assert.deepEqual(seen, [10, 100_000, 3_000_000]);
  await server.close();
  assert.ok(network);
});
