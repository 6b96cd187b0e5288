// `drain({ spread })` with sessions: each one gets its hint in its turn, and the report counts them as it counts other connections.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, createServer } from '../../../src/engine/index.ts';
import { formatStart } from '../../../src/resume/protocol/control.ts';
import { type Peer, type TestNetwork, useNetwork } from '../../../src/testing/index.ts';

const KIB = 1024;

async function begin(network: TestNetwork, attempt: number): Promise<Peer> {
  const client = await network.client('ws://localhost/', { subprotocols: ['wsr1'] });
  await client.receives('text', /^.H\{/);
  const limits = { buffer: 64 * KIB, part: 16 * KIB, max: 1024 * KIB };
  client.sendText(formatStart({ version: 1, limits, attempt, nonce: `nonce-${'x'.repeat(22)}-${attempt}` }));
  await client.receives('text', /^.R\{/);
  client.sendText('\u0010A0 0');
  await network.settle();
  return client;
}

/** Answers the end of a session. Tells the hint, and the code. */
async function hinted(client: Peer): Promise<[after: number, code: number]> {
  let after = -1;
  for await (const { opcode, payload } of client) {
    const text = payload.toString();
    if (opcode === 1 && text.startsWith('\u0010B')) ({ after } = JSON.parse(text.slice(2)));
    if (opcode !== 8) continue;
    const code = payload.readUInt16BE(0);
    client.sendClose(code);
    return [after, code];
  }
  throw new Error('no Close came');
}

test('hints and closes are spread, in order, beside plain connections; a session without its client has its turn', async () => {
  await using network = useNetwork();
  const closed: [at: number, hasSession: boolean, code: number][] = [];
  const server = createServer({
    resume: { drainSpread: 500 },
    close: ({ session }, { code }) => void closed.push([network.now - start, session !== undefined, code]),
  });
  await server.listen({ port: 80 });
  const first = await begin(network, 1);
  const away = await begin(network, 2);
  away.reset();
  await network.settle();
  await connect('ws://localhost/');
  const last = await begin(network, 4);
  const hints = [hinted(first), hinted(last)];
  const start = network.now;
  const drained = server.drain({ code: 1012, spread: 8_000 });
  await network.settle();
  for (let second = 1; second <= 8; second++) await network.advance(1_000);
  assert.deepEqual(closed, [
    [0, true, 1012],
    [2_000, true, 1012],
    [4_000, false, 1012],
    [6_000, true, 1012],
  ]);
  for (const [after, code] of await Promise.all(hints)) {
    assert.ok(after >= 0 && after < 500, `${after}`);
    assert.equal(code, 1012);
  }
  assert.deepEqual(await drained, { closed: 4, terminated: 0, duration: 6_000, codes: { 1012: 4 } });
  const { released, attached, detached } = server.metrics().sessions ?? assert.fail();
  assert.deepEqual({ released, attached, detached }, { released: 3, attached: 0, detached: 0 });
});
