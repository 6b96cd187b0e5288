// Writing to the descriptor below a handle: that nothing is lost, doubled or overtaken, however much the kernel takes, and
// that the end of the connection is reported as ever.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { connect as connectTcp } from 'node:net';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeDirectly } from '../../../src/node/internals/direct-write.ts';
import { HandleTransport } from '../../../src/node/transport/handle-transport.ts';
import { listen } from '../../support/engine.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { assertBytes, concat, pattern } from '../../support/hex.ts';
import { Inbox } from '../../support/inbox.ts';
import { RawPeer } from '../../support/raw-peer.ts';
import { tcpPair } from '../../support/tcp-pair.ts';
import { frame } from '../../support/wire.ts';

const isWindows = process.platform === 'win32';
const NONE = Buffer.alloc(0);
const HEADER = Uint8Array.of(1, 2, 3);
const HANDSHAKE =
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

async function writing(scope: Scope, isOurs = true) {
  const { client, accepted } = await tcpPair(scope);
  const peer = new RawPeer(client);
  const transport = HandleTransport.of(accepted, isOurs) as HandleTransport;
  const events = new Inbox<string>();
  transport.start(
    {
      received() {},
      written: () => events.push('written'),
      ended: () => events.push('ended'),
      disconnected: (error) => events.push(`disconnected ${(error as NodeJS.ErrnoException | undefined)?.code}`),
    },
    NONE,
  );
  scope.defer(() => transport.destroy());
  return { transport, peer, events };
}

describe('of a transport', { skip: isWindows }, () => {
  test(
    'what the kernel takes is counted; the rest is the caller’s, and goes behind it the usual way',
    leavingNothing(async (scope) => {
      const { transport, peer, events } = await writing(scope);
      const payload = pattern(300_000);
      const sent: Uint8Array[] = [];
      const before = transport.taken as number;
      let taken = 0;
      do {
        taken = transport.writeSome(HEADER, payload);
        sent.push(concat([HEADER, payload]).slice(0, taken));
      } while (taken === HEADER.length + payload.length);
      const total = concat(sent).length;
      assert.equal((transport.taken as number) - before, total);
      // The kernel may have made room meanwhile: then `write` is done at once.
      const rest = pattern(20_000_000, 1);
      assert.equal(transport.write(rest), false);
      assert.equal(transport.writeSome(HEADER, payload), 0, 'nothing overtakes the queued write');
      assertBytes(await peer.read(total + rest.length), concat([...sent, rest]));
      assert.equal(await events.next(), 'written');
      assert.equal((transport.taken as number) - before, total + rest.length);
      assert.equal(transport.writeSome(HEADER, payload.subarray(0, 9)), 12);
      assertBytes(await peer.read(12), concat([HEADER, payload.subarray(0, 9)]));
    }),
  );

  test(
    'a full socket takes nothing, and stays open',
    leavingNothing(async (scope) => {
      const { transport, peer } = await writing(scope);
      const payload = pattern(300_000);
      let total = 0;
      let taken = 0;
      do {
        taken = transport.writeSome(HEADER, payload);
        total += taken;
      } while (taken > 0);
      assert.equal((await peer.read(total)).length, total);
    }),
  );

  test(
    'a reset is reported once, and nothing is written after it',
    leavingNothing(async (scope) => {
      const { transport, peer, events } = await writing(scope);
      transport.pause(); // so that no read sees it
      peer.reset();
      while (events.rest.length === 0) {
        transport.writeSome(HEADER, HEADER);
        await new Promise(setImmediate);
      }
      assert.match((await events.next()) as string, /^disconnected (ECONNRESET|EPIPE)$/);
      assert.equal(transport.writeSome(HEADER, HEADER), 0);
      assert.equal(transport.write(HEADER), false);
      assert.deepEqual(events.rest, []);
    }),
  );

  test(
    'not past a socket that others know',
    leavingNothing(async (scope) => {
      const { transport } = await writing(scope, false);
      assert.equal(transport.writeSome(HEADER, HEADER), 0);
    }),
  );
});

test('a handle without a descriptor, or with something in its queue, is left alone', () => {
  for (const handle of [{}, { fd: -1, writeQueueSize: 0 }, { fd: 1, writeQueueSize: 5 }, { fd: 1 }]) {
    assert.equal(writeDirectly(handle, HEADER, HEADER), 0);
  }
});

test('the system’s errors are told by their numbers', { skip: isWindows }, () => {
  const closed = { fd: 0x7f_ff_ff_ff, writeQueueSize: 0 };
  assert.equal(writeDirectly(closed, HEADER, HEADER), -9); // EBADF
});

test('where Node refuses such calls, or reports each, none is made', { skip: isWindows }, () => {
  const module = fileURLToPath(new URL('../../../src/node/internals/direct-write.ts', import.meta.url));
  const program = `
    const { writeDirectly } = await import(${JSON.stringify(module)});
    const text = (line) => new TextEncoder().encode(line);
    const stdout = { fd: 1, writeQueueSize: 0 };
    writeDirectly({ fd: 1.5, writeQueueSize: 0 }, text('a'), text('b')); // invalid for Node
    console.log(writeDirectly(stdout, text('c'), text('d')));
  `;
  const run = (...flags: string[]): string => {
    const all = [...flags, '--import', 'tsx', '--input-type=module', '--eval', program];
    return spawnSync(process.execPath, all, { encoding: 'utf8' }).stdout;
  };
  assert.equal(run(), '0\n');
  assert.equal(run('--trace-sync-io'), '0\n');
});

test(
  'of a server: messages of all sizes arrive complete and in order for a peer that reads slowly',
  leavingNothing(async (scope) => {
    const sizes = [10, 40_000, 65_535, 65_536, 300_000, 20, 3_000_000, 33_000, 5_000_000, 100_000];
    const opened = new Inbox<void>();
    const { server, url } = await listen(scope, {
      limits: { maxQueuedBytes: 64 * 1024 * 1024 },
      open: () => opened.push(),
    });
    const socket = connectTcp({ port: Number(new URL(url).port), host: '127.0.0.1' });
    scope.defer(() => socket.destroy());
    const peer = new RawPeer(socket);
    peer.write(HANDSHAKE);
    await peer.readHead();
    await opened.next();
    const [connection] = server.connections;
    for (let round = 0; round < 4; round++) {
      const expected: Uint8Array[] = [];
      for (const [index, size] of sizes.entries()) {
        const data = pattern(size, round + index);
        expected.push(frame(0x82, data.slice()));
        connection?.send(data);
        data.fill(0xaa); // it is the application's again
        if (round % 2 === 1) await new Promise(setImmediate);
      }
      for (const each of expected) assertBytes(await peer.read(each.length), each);
    }
  }),
);
