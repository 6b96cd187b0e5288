// Lent messages against owned ones: the same bytes and the same steps, in any order, of a connection and of what its
// handlers do. Handlers read the same in time, peers get the same, and the same is reported; only the memory differs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { reportCount } from '../../support/counts.ts';
import { assertBytes, concat, pattern } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
type Role = (typeof roles)[number];

/** What the handler does with the n-th message. */
const reaction = fc.constantFrom('read', 'wait', 'echo', 'forward', 'change', 'echo and wait', 'throw', 'reject later');
type Reaction = 'read' | 'wait' | 'echo' | 'forward' | 'change' | 'echo and wait' | 'throw' | 'reject later';

const sizes = fc.oneof(fc.nat(300), fc.constantFrom(0, 4095, 4096, 5000, 40_000, 70_000));
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('receive' as const), size: fc.oneof(fc.nat(200), fc.nat(90_000)) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('congest' as const, 'release' as const, 'turn' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('close' as const, 'gone' as const, 'pause' as const, 'resume' as const),
    }),
  },
);
type Step = { kind: string; size?: number; which?: number };

interface Case {
  readonly role: Role;
  readonly isDeflated: boolean;
  readonly overwriteLent: boolean;
  readonly messages: readonly (readonly number[])[];
  readonly reactions: readonly Reaction[];
  readonly steps: readonly Step[];
}

const cases = fc.record<Case>({
  role: fc.constantFrom(...roles),
  isDeflated: fc.boolean(),
  overwriteLent: fc.boolean(),
  messages: fc.array(fc.array(sizes, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
  reactions: fc.array(reaction, { minLength: 1, maxLength: 6 }),
  steps: fc.array(step, { minLength: 4, maxLength: 40, size: 'max' }),
});

/** Everything that a peer sends: each message has its own pattern. */
function input({ role, isDeflated, messages }: Case): { readonly bytes: Uint8Array; readonly payloads: Uint8Array[] } {
  const payloads = messages.map((parts, seed) =>
    pattern(
      parts.reduce((sum, size) => sum + size, 0),
      seed,
    ),
  );
  if (isDeflated) {
    const peer = openConnection(role === 'server' ? 'client' : 'server', {
      deflate: {},
      compression: { threshold: 0 },
    });
    for (const payload of payloads) peer.connection.send(payload);
    peer.turn.end();
    return { bytes: peer.written.bytes, payloads };
  }
  const frames = messages.flatMap((parts, seed) => {
    let at = 0;
    return parts.map((size, index) => {
      const first = (index === 0 ? 0x02 : 0x00) | (index === parts.length - 1 ? 0x80 : 0);
      const part = (payloads[seed] as Uint8Array).slice(at, at + size);
      at += size;
      return frame(first, part);
    });
  });
  return { bytes: wire(role, ...frames), payloads };
}

/** Plays it in one mode. @returns all that can be seen */
async function play(given: Case, binaryMessages: 'owned' | 'lent'): Promise<object> {
  const { role, isDeflated, overwriteLent, reactions, steps } = given;
  const { bytes, payloads } = input(given);
  const host = new CoreHost();
  const target = openConnection('server', { host });
  const pending: { readonly data: Uint8Array; readonly expected: Uint8Array; settle(): void }[] = [];
  const told: string[] = [];
  const lent: ArrayBufferLike[] = [];
  let count = 0;

  const message = (connection: Connection, data: string | Uint8Array): unknown => {
    if (typeof data === 'string') return undefined;
    const reaction = reactions[count % reactions.length] as Reaction;
    let expected = payloads[count++] as Uint8Array;
    assertBytes(data, expected, `message ${count}`);
    lent.push(data.buffer);
    if (reaction.startsWith('echo')) connection.send(data);
    if (reaction === 'forward') target.connection.send(data);
    if (reaction === 'change') {
      connection.send(data);
      data.fill(0x11);
      target.connection.send(data);
    }
    if (reaction === 'throw') throw new Error('of the application');
    if (reaction !== 'wait' && reaction !== 'echo and wait' && reaction !== 'reject later') return undefined;
    expected = data.slice();
    return new Promise<void>((resolve, reject) => {
      const settle = reaction === 'reject later' ? () => reject(new Error('of the application')) : resolve;
      pending.push({ data, expected, settle });
    });
  };
  const settle = async (which: number): Promise<void> => {
    const [one] = pending.splice(which % pending.length, 1);
    one?.settle();
    for (let turn = 0; turn < 6; turn++) await Promise.resolve();
  };

  const run: OpenConnection = openConnection(role, {
    host,
    binaryMessages,
    overwriteLent,
    ...(isDeflated ? { deflate: {} } : {}),
    handlers: { message, failed: (_, error) => void told.push(String(error)) },
  });
  let at = 0;
  const receive = (size: number): void => {
    if (at < bytes.length && !run.transport.isDestroyed) run.transport.deliver(bytes.slice(at, at + size));
    at += size;
  };
  for (const { kind, size = 0, which = 0 } of [...steps, { kind: 'receive', size: bytes.length } as Step]) {
    if (kind === 'receive') receive(size);
    else if (kind === 'settle') await settle(which);
    else if (kind === 'turn') host.turn.end();
    else if (kind === 'congest') for (const { transport } of [run, target]) transport.isCongested = true;
    else if (kind === 'release') for (const { transport } of [run, target]) transport.release(1);
    else if (kind === 'close') void run.connection.close(1000);
    else if (kind === 'gone') run.transport.gone();
    else if (kind === 'pause') run.connection.pause();
    else if (kind === 'resume') run.connection.resume();
    for (const { data, expected } of pending) assertBytes(data, expected, 'a message whose promise is pending');
  }
  host.turn.end();
  while (pending.length > 0) await settle(0);
  for (const { transport } of [run, target]) while (transport.held > 0) transport.release(1);
  host.turn.end();
  if (binaryMessages === 'owned') assert.equal(new Set(lent).size, lent.length, 'each has memory of its own');
  const seen = ({ events, transport }: OpenConnection): object => ({
    events,
    bytes: Buffer.from(concat(transport.writes)).toString('latin1'),
    calls: transport.calls,
  });
  return { run: seen(run), target: seen(target), told, count };
}

test('lent messages are what owned ones are', async (t) => {
  let runs = 0;
  const property = fc.asyncProperty(cases, async (given) => {
    runs++;
    assert.deepEqual(await play(given, 'lent'), await play(given, 'owned'));
  });
  await fc.assert(property, { numRuns: 2_000, interruptAfterTimeLimit: 4_000, markInterruptAsFailure: false });
  reportCount(t, 'fuzz executions', runs);
});
