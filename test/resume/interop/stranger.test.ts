// A client that was written from docs/resume.md only, against our server over sockets that break.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createServer } from '../../../src/engine/index.ts';
import { Stranger } from './stranger.mjs';

describe('a stranger', () => {
  test('loses nothing and gets nothing twice over 20 broken connections', async () => {
    const got: (string | Uint8Array)[] = [];
    const down = (at: number) =>
      at % 3 === 0 ? `\u0010${at} ${'ü'.repeat(at * 400)}` : Uint8Array.of(0x10, at, at * 3);
    let sent = 0;
    const server = createServer({
      resume: { replayBytes: 65_536, part: 8192, maxResumesPerMinute: 1000 },
      message(connection, data) {
        got.push(typeof data === 'string' ? data : new Uint8Array(data));
        connection.send(down(sent++));
      },
    });
    const { port } = await server.listen({ host: '127.0.0.1' });
    const stranger = new Stranger(`ws://127.0.0.1:${port}`);
    const up = (at: number) => (at % 2 === 0 ? `${at}:${'😀a'.repeat(at * 200)}` : `\u0010Q${at}`);
    try {
      stranger.connect();
      for (let at = 0; at < 60; at++) {
        stranger.send(up(at));
        if (at % 3 !== 2) continue;
        // Some messages have passed, and the connection breaks in the middle of others.
        const before = got.length;
        while (got.length < before + 1 && !stranger.isIdle) await turn();
        stranger.cut();
        stranger.connect();
      }
      while (!stranger.isIdle || stranger.messages.length < 60) await turn();
      assert.deepEqual(
        got,
        Array.from({ length: 60 }, (_, at) => up(at)),
      );
      assert.deepEqual(
        stranger.messages,
        Array.from({ length: 60 }, (_, at) => down(at)),
      );
      const events: string[] = stranger.events;
      assert.equal(events.filter((event) => event === 'open').length, 1);
      assert.equal(events.filter((event) => event.startsWith('expired')).length, 0);
      assert.ok(events.filter((event) => event === 'resumed').length > 5);
      stranger.end(1000, '');
    } finally {
      await server.drain({ deadline: 0 });
    }
  });
});
