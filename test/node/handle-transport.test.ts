// Sockets below their streams: that this runtime has what it needs, and that looking for it disturbs nobody.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HandleTransport } from '../../src/node/transport/handle-transport.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { tcpPair } from '../support/tcp-pair.ts';

const NONE = Buffer.alloc(0);

test(
  'a TCP socket is written to directly: at once while the peer reads, later when it does not',
  leavingNothing(async (scope) => {
    const { client: socket, accepted } = await tcpPair(scope);
    const peer = new RawPeer(accepted);
    const written = new Inbox<string>();
    const writer = HandleTransport.of(socket, false);
    assert.ok(writer !== undefined, `Node ${process.version} has what handles are used with`);
    const ignore = (): void => {};
    writer.start(
      { received: ignore, written: () => written.push('written'), ended: ignore, disconnected: ignore },
      NONE,
    );
    assert.equal(writer.write(Buffer.from('one')), true);
    assert.equal(writer.writeMany([Buffer.from('two'), Buffer.from('three')]), true);
    assert.equal((await peer.read(11)).toString(), 'onetwothree');
    let size = 0;
    const piece = Buffer.alloc(1 << 20, 0x61);
    while (writer.write(piece)) size += piece.length;
    assert.deepEqual(written.rest, [], 'not from inside the call');
    await peer.read(size + piece.length);
    assert.equal(await written.next(), 'written');
  }),
);

test('Node is asked for its binding without a deprecation warning, and warns of others as before', () => {
  const module = fileURLToPath(new URL('../../src/node/internals/stream-binding.ts', import.meta.url));
  const program = `
    await import(${JSON.stringify(module)});
    process.on('warning', ({ code }) => console.log(code));
    process.emitWarning('of the program', 'DeprecationWarning', 'DEP_MINE');
    console.log(Object.hasOwn(process, 'noDeprecation'));
  `;
  const flags = ['--pending-deprecation', '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  assert.equal(stdout, 'false\nDEP_MINE\n', stderr);
  assert.doesNotMatch(stderr, /DEP0111/);
});
