// After the application has called `close`, the kit delivers nothing more, however the peer's bytes share segments: the
// server and the client of the README, and a peer that sends two messages at once. A second `close` would reject, and
// an application that writes `void server.close(...)` handles no rejection.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { Recorder, recordedClient, recordedServer } from './recorder.ts';
import { ScriptedServer } from './scripted-server.ts';
import { hex, upgradeRequest } from './wire.ts';

const BYE = '81 83 00 00 00 00 62 79 65';
const CLOSE = '88 82 00 00 00 00 03 e8';

describe('kit specification §3.8, §4.8: nothing is delivered after close', { timeout: 60_000 }, () => {
  for (const [how, cut] of [
    ['in one segment', undefined],
    ['after the request, in its segment', 0],
    ['cut within the second frame', 11],
  ] as const) {
    test(`server: two messages ${how}`, async () => {
      const { server, trace, port } = await recordedServer();
      const calls = new Recorder();
      server.on('messageReceive', ({ clientConnection, data }) => {
        trace.record(`messageReceive ${data}`);
        if (data === 'bye') void calls.outcome('close', server.close(clientConnection));
      });
      const socket = connect(port, '127.0.0.1');
      const frames = hex(BYE + BYE + CLOSE);
      socket.write(upgradeRequest());
      if (cut !== 0) await once(socket, 'data');
      socket.write(frames.subarray(0, cut || undefined));
      if (cut) {
        await trace.until('messageReceive');
        socket.write(frames.subarray(cut));
      }
      socket.resume();
      await trace.until('close{');
      socket.destroy();
      await server.stop();
      assert.deepEqual(calls.events, ['close→true']);
      assert.deepEqual(trace.events, ['connect', 'messageReceive bye', "close{1000,'CLOSE_NORMAL'}"]);
    });
  }

  test('client: two messages of the server in one segment, with its 101', async () => {
    const listening = await ScriptedServer.listen(async (peer) => {
      peer.socket.cork();
      await peer.open();
      peer.write(hex('81 01 61  81 01 62  88 02 03 e8'));
      peer.socket.uncork();
      await peer.frame();
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    const calls = new Recorder();
    ws.on('message', (_err, value) => {
      trace.record(`message ${value}`);
      void calls.outcome('close', ws.close());
    });
    await ws.connect(listening.url);
    await trace.until('close{');
    await listening.close();
    assert.deepEqual(calls.events, ['close→true']);
    assert.deepEqual(
      trace.events.filter((event) => event.startsWith('message')),
      ['message a'],
    );
  });
});
