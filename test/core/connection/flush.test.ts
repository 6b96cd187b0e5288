// What waits for the end of the turn, given to the transport before: somebody else is about to end it, or to write to it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeMemory } from '../../../src/node/memory.ts';
import { nodeText } from '../../../src/node/text.ts';
import { openConnection } from '../../support/core-connection.ts';
import { toHex } from '../../support/hex.ts';

function watched(): ReturnType<typeof openConnection> & { readonly bytes: string[] } {
  const run = openConnection('server');
  const bytes: string[] = [];
  const { write } = run.transport;
  run.transport.write = (chunk) => {
    bytes.push(toHex(chunk));
    return write.call(run.transport, chunk);
  };
  return { ...run, bytes };
}

describe('flush', () => {
  test('writes what was sent, and terminate() drops nothing then', () => {
    const { connection, machine, bytes } = watched();
    connection.send('a');
    assert.deepEqual(bytes, []);
    machine.flush();
    connection.terminate();
    assert.deepEqual(bytes, [toHex(Uint8Array.of(0x81, 1, 0x61))]);
  });

  test('writes a Close frame', () => {
    const { connection, machine, bytes } = watched();
    void connection.close(1000);
    machine.flush();
    connection.terminate();
    assert.deepEqual(bytes, [toHex(Uint8Array.of(0x88, 2, 3, 0xe8))]);
  });

  test('writes what was published', () => {
    const { machine, bytes, turn } = watched();
    machine.sendPrepared(new PreparedMessage('a', nodeText, nodeMemory));
    machine.flush();
    assert.deepEqual(bytes, [toHex(Uint8Array.of(0x81, 1, 0x61))]);
    turn.end();
    assert.equal(bytes.length, 1);
  });

  test('has no effect where nothing waits', () => {
    const { machine, bytes } = watched();
    machine.flush();
    assert.deepEqual(bytes, []);
  });
});
