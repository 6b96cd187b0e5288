// install(): the classes as globals, and back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloseEvent, install, WebSocket, WebSocketError, WebSocketStream } from '../../src/whatwg/index.ts';

const names = ['WebSocket', 'WebSocketStream', 'WebSocketError', 'CloseEvent', 'MessageEvent'];
const globals = globalThis as unknown as Record<string, unknown>;

function descriptors(): (PropertyDescriptor | undefined)[] {
  return names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
}

test('the globals have the form of the platform, and everything is as before when it is undone', () => {
  const before = descriptors();
  const uninstall = install();
  for (const [name, value] of Object.entries({ WebSocket, WebSocketStream, WebSocketError, CloseEvent })) {
    assert.deepEqual(Object.getOwnPropertyDescriptor(globalThis, name), {
      value,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
  assert.equal(typeof globals.MessageEvent, 'function');
  uninstall();
  assert.deepEqual(descriptors(), before);
  uninstall();
  assert.deepEqual(descriptors(), before);
});

test('installed twice: it stays until both are undone, in any order', () => {
  const before = descriptors();
  const first = install();
  const second = install();
  first();
  first();
  assert.equal(globals.WebSocket, WebSocket);
  second();
  assert.deepEqual(descriptors(), before);
});

test('what the program has put there meanwhile stays', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  const uninstall = install();
  const own = class {};
  globals.WebSocket = own;
  uninstall();
  assert.equal(globals.WebSocket, own);
  if (before === undefined) delete globals.WebSocket;
  else Object.defineProperty(globalThis, 'WebSocket', before);
});

test('the recipe without install(): an assignment', () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  globals.WebSocket = WebSocket;
  assert.equal(globals.WebSocket, WebSocket);
  if (before === undefined) delete globals.WebSocket;
  else Object.defineProperty(globalThis, 'WebSocket', before);
});
