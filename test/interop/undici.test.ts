// Interop with the WebSocket client of npm's `undici`, which is also the one in Node itself.

import { describe } from 'node:test';
import { interopCases } from './cases.ts';
import { ourServerWith } from './pairs.ts';
import { connectUndici } from './peers/undici.ts';

describe('our server and the client of undici', () => {
  interopCases(ourServerWith(connectUndici), {
    fragments: 'the WebSocket API of browsers, which undici has, sends whole messages only',
    pings: 'the WebSocket API of browsers, which undici has, sends no pings',
  });
});
