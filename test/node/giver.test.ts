// Memory that the application gives away between `send` and `sent`, over sockets whose peer does not read: half of the
// messages before anything was written, half while the system writes. In processes of their own: this used to abort them,
// or to let them run in circles.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { Command } from '../support/command.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { assertBytes, pattern } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';

/** The last ones are more than the system takes at once. */
const SIZES = [20_000, 100_000, 9_000_000, 12_000_000];

describe('the peer gets what was sent, and the process goes on', () => {
  for (const place of ['tcp', 'tls', 'attached']) {
    for (const act of ['overwrite', 'collect', 'shrink']) {
      if (place !== 'tcp' && act !== 'overwrite') continue;
      test(`${act}, ${place}`, { timeout: 60_000 }, async (context) => {
        const giver = ['--import', 'tsx', 'test/node/programs/giver.ts', act, place, ...SIZES.map(String)];
        const { cert: CERTIFICATE, key: KEY } = serverCertificate();
        const command = new Command(context, giver, { environment: { CERTIFICATE, KEY } });
        const [, port] = await command.seen(/ready (\d+)/);
        const messages = new Inbox<Buffer>();
        const connection = await connect(`${place === 'tls' ? 'wss' : 'ws'}://127.0.0.1:${port}/`, {
          tls: place === 'tls' ? trust() : undefined,
          handlers: { open: (opened) => opened.pause(), message: (_, data) => messages.push(data as Buffer) },
        });
        await command.seen(/alive/);
        connection.resume();
        const lost = connection.closed.then((event) => assert.fail(`connection lost: ${event.error}`));
        const received = await Promise.race([messages.take(SIZES.length), lost]);
        for (const [index, message] of received.entries()) {
          assertBytes(message, pattern(SIZES[index] as number, index), `message ${index}`);
        }
        await command.seen(/(?:sent\s+(?:alive\s+)?){4}/);
        assert.equal(command.hasEnded, false);
        connection.terminate();
        await connection.closed;
      });
    }
  }
});
