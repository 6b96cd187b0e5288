// An error of the kit's own while it delivers a message, such as no memory for a copy of it: that connection is closed
// with 1011, one warning tells, and the process goes on.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordedClient, recordedServer } from './recorder.ts';

/** As long as `body` runs, bytes of a message cannot be copied. */
async function withoutMemory(body: () => Promise<unknown>): Promise<void> {
  const { slice } = Uint8Array.prototype;
  Uint8Array.prototype.slice = () => {
    throw new RangeError('Array buffer allocation failed');
  };
  try {
    await body();
  } finally {
    Uint8Array.prototype.slice = slice;
  }
}

describe('no memory for what is delivered', { timeout: 60_000 }, () => {
  test('to a server: that client is closed with 1011, and another one goes on', async () => {
    const { server, trace, url } = await recordedServer();
    server.onMessageReceive(() => {}); // of two listeners, one gets a copy
    const one = recordedClient();
    const other = recordedClient();
    await one.ws.connect(url);
    await other.ws.connect(url);
    await one.trace.until('openInfo');
    await other.trace.until('openInfo');
    await withoutMemory(async () => {
      await one.ws.send(new ArrayBuffer(500));
      await one.trace.until('close{');
    });
    assert.match(one.trace.events.at(-1) as string, /^close\{1011,/);
    await other.ws.send('still here');
    await trace.until('messageReceive still here');
    await server.stop();
    await other.trace.until('close{');
  });
});
