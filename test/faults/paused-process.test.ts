// A connection that is paused keeps its process alive, as an open one does: it is still to be read from.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { Command } from '../support/command.ts';
import { listen, open, serverCertificate } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';

const program = ['--import', 'tsx', 'test/faults/programs/paused.ts'];

describe('a process that has nothing but a paused connection', () => {
  for (const tls of [false, true]) {
    for (const role of ['client', 'reader']) {
      test(`${role} over ${tls ? 'TLS' : 'TCP'}: stays, goes on reading, and ends with the connection`, (context) =>
        leavingNothing(async (scope) => {
          const { url, opened } = await listen(scope, {}, tls ? { tls: serverCertificate() } : {});
          const command = new Command(context, [...program, role, url]);
          const connection = await opened.next();
          // Twice as many as a reader takes before it pauses the connection.
          if (role === 'reader') for (let count = 0; count < 128; count++) connection.send('first');
          await command.seen(/paused/);
          connection.send('last');
          await command.seen(/still here\nmessage last/);
          await connection.close(1000);
          assert.equal(await command.exit, 0);
          assert.equal(command.stderr, '');
        })());
    }
  }
  test('server, which no longer listens: the same', (context) =>
    leavingNothing(async (scope) => {
      const command = new Command(context, [...program, 'server']);
      const [, port = ''] = await command.seen(/ready (\d+)/);
      const client = await open(scope, `ws://127.0.0.1:${port}/`);
      client.send('last');
      await command.seen(/still here\nmessage last/);
      await client.close(1000);
      assert.equal(await command.exit, 0);
    })());
  test('whose socket is to keep no process alive: ends', (context) =>
    leavingNothing(async () => {
      const command = new Command(context, [...program, 'server', 'unref']);
      const [, port = ''] = await command.seen(/ready (\d+)/);
      const client = await connect(`ws://127.0.0.1:${port}/`);
      assert.equal((await client.closed).code, 1006);
      assert.equal(await command.exit, 0);
      assert.doesNotMatch(command.stdout, /still here/);
    })());
});
