// WebIDL: what the classes look like from JavaScript. The tables are the IDL of the WebSockets standard and of the
// WebSocketStream proposal.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloseEvent, WebSocket, WebSocketError, WebSocketStream } from '../../src/whatwg/index.ts';
import { thrownBy } from './recording.ts';

interface Interface {
  readonly object: unknown;
  readonly name: string;
  readonly length: number;
  readonly parent: unknown;
  readonly readonly: readonly string[];
  readonly writable?: readonly string[];
  readonly methods?: Readonly<Record<string, number>>;
}

const interfaces: readonly Interface[] = [
  {
    object: WebSocket,
    name: 'WebSocket',
    length: 1,
    parent: EventTarget,
    readonly: ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'],
    writable: ['onopen', 'onerror', 'onclose', 'onmessage', 'binaryType'],
    methods: { close: 0, send: 1 },
  },
  {
    object: WebSocketStream,
    name: 'WebSocketStream',
    length: 1,
    parent: Function.prototype,
    readonly: ['url', 'opened', 'closed'],
    methods: { close: 0 },
  },
  {
    object: WebSocketError,
    name: 'WebSocketError',
    length: 0,
    parent: DOMException,
    readonly: ['closeCode', 'reason'],
  },
  { object: CloseEvent, name: 'CloseEvent', length: 1, parent: Event, readonly: ['wasClean', 'code', 'reason'] },
];

for (const { object, name, length, parent, readonly, writable = [], methods = {} } of interfaces) {
  const make = object as { new (...given: unknown[]): object; (): unknown; readonly prototype: object };
  const prototype = make.prototype as Record<string, unknown>;
  const member = (key: string | symbol): PropertyDescriptor => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    assert.ok(descriptor, String(key));
    return descriptor;
  };
  describe(name, () => {
    test('the interface object', () => {
      assert.equal(make.name, name);
      assert.equal(make.length, length);
      assert.equal(Object.getPrototypeOf(make), parent);
      assert.equal(thrownBy(() => (make as () => unknown)()).constructor, TypeError);
      assert.deepEqual(Object.getOwnPropertyDescriptor(make, 'prototype'), {
        value: prototype,
        writable: false,
        enumerable: false,
        configurable: false,
      });
    });
    test('the prototype', () => {
      const ofParent = parent === Function.prototype ? Object.prototype : (parent as { prototype: object }).prototype;
      assert.equal(Object.getPrototypeOf(prototype), ofParent);
      assert.equal(Object.prototype.toString.call(prototype), `[object ${name}]`);
      const { enumerable, configurable, writable: isWritable } = member(Symbol.toStringTag);
      assert.deepEqual([enumerable, configurable, isWritable], [false, true, false]);
      assert.deepEqual([member('constructor').value, member('constructor').enumerable], [make, false]);
      const constants = name === 'WebSocket' ? ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] : [];
      const expected = [...readonly, ...writable, ...Object.keys(methods), ...constants, 'constructor'];
      assert.deepEqual(Object.getOwnPropertyNames(prototype).sort(), expected.sort());
    });
    for (const attribute of [...readonly, ...writable]) {
      test(`attribute ${attribute}`, () => {
        const { get, set, enumerable, configurable } = member(attribute);
        assert.deepEqual([enumerable, configurable], [true, true]);
        assert.deepEqual([get?.name, get?.length], [`get ${attribute}`, 0]);
        assert.ok(thrownBy(() => get?.call({})) instanceof TypeError);
        assert.ok(thrownBy(() => prototype[attribute]) instanceof TypeError);
        if (!writable.includes(attribute)) {
          assert.equal(set, undefined);
          return;
        }
        assert.deepEqual([set?.name, set?.length], [`set ${attribute}`, 1]);
        assert.ok(thrownBy(() => set?.call({}, null)) instanceof TypeError);
      });
    }
    for (const [method, parameters] of Object.entries(methods)) {
      test(`operation ${method}`, () => {
        const { value, enumerable, configurable, writable: isWritable } = member(method);
        assert.deepEqual([enumerable, configurable, isWritable], [true, true, true]);
        assert.deepEqual([value.name, value.length], [method, parameters]);
        assert.equal(thrownBy(() => value.call({})).constructor, TypeError);
        assert.equal(Object.hasOwn(value, 'prototype'), false);
      });
    }
  });
}

test('the constants are on the class, the prototype and every object, and cannot be changed', () => {
  const socket = new WebSocket('ws://example.invalid/');
  for (const [value, name] of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].entries()) {
    for (const object of [WebSocket, WebSocket.prototype] as unknown as Record<string, unknown>[]) {
      assert.deepEqual(Object.getOwnPropertyDescriptor(object, name), {
        value,
        writable: false,
        enumerable: true,
        configurable: false,
      });
    }
    assert.equal((socket as unknown as Record<string, unknown>)[name], value);
    assert.equal(Object.hasOwn(socket, name), false);
  }
  socket.close();
});

test('a new WebSocket', () => {
  const socket = new WebSocket('ws://example.invalid/', []);
  assert.equal(Object.getPrototypeOf(socket), WebSocket.prototype);
  assert.equal(String(socket), '[object WebSocket]');
  assert.deepEqual(Object.getOwnPropertyNames(socket), []);
  const { url, readyState, bufferedAmount, extensions, protocol, binaryType } = socket;
  assert.deepEqual(
    { url, readyState, bufferedAmount, extensions, protocol, binaryType },
    {
      url: 'ws://example.invalid/',
      readyState: 0,
      bufferedAmount: 0,
      extensions: '',
      protocol: '',
      binaryType: 'blob',
    },
  );
  assert.equal('URL' in socket, false);
  socket.close();
});

test('a class that extends WebSocket', () => {
  class Chat extends (WebSocket as unknown as { new (url: string): WebSocket & EventTarget }) {
    shout(): string {
      return `${this.url}!`;
    }
  }
  const chat = new Chat('ws://example.invalid/');
  assert.ok(chat instanceof WebSocket && chat instanceof EventTarget);
  assert.equal(chat.shout(), 'ws://example.invalid/!');
  chat.close();
});
