// Any bytes to only the decoder and the assembler, the fastest way to many of them: frames to messages, from one read
// buffer that is overwritten after every call, cut in any way. Delivered messages do not change afterwards.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultLimits } from '../../../src/core/connection/limits.ts';
import type { Role } from '../../../src/core/constants.ts';
import { errorTable, WebSocketError } from '../../../src/core/errors.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { Receiver, type ReceiverEvents } from '../../../src/core/message/receiver.ts';
import { nodeText } from '../../../src/node/text.ts';
import { concat } from '../../support/hex.ts';
import { bordersFrom } from '../core-run.ts';
import { mutateFrames, wireArbitrary } from '../frames.ts';
import type { FuzzTarget } from '../target.ts';
import { frameErrors, smallLimits } from './connection.ts';

const limits = { ...defaultLimits, ...smallLimits };
/** As the one of a process, into which all of its sockets read. */
const readBuffer = new Uint8Array(4096);

interface Recorded {
  readonly kinds: string[];
  readonly data: (string | Uint8Array)[];
  error: string;
  allocated: number;
}

/** Input: one byte for the role, one for the cuts, then what the peer sends. */
export const receiverTarget: FuzzTarget = {
  name: 'receiver',
  arbitrary: fc
    .tuple(fc.constantFrom<Role>('client', 'server'), fc.nat(255))
    .chain(([role, cuts]) =>
      wireArbitrary(role, false).map((wire) => concat([Uint8Array.of(role === 'server' ? 1 : 0, cuts), wire])),
    ),
  mutate: (input, random) => concat([input.subarray(0, 2), mutateFrames(input.subarray(2), random)]),
  reachable: frameErrors,
  run(input) {
    const [flags = 0, cuts = 0] = input;
    const role = (flags & 1) === 1 ? 'server' : 'client';
    const wire = input.subarray(2);
    const whole = receive(role, wire, []);
    assertSame(receive(role, wire, bordersFrom(cuts, wire.length)), whole, 'cut at random');
    if (cuts % 4 === 0)
      assertSame(receive(role, wire, Array.from(wire, (_, at) => at).slice(1)), whole, 'byte by byte');
    let outline = role as string;
    let last = '';
    for (const kind of whole.kinds.slice(0, 8)) {
      if (kind !== last) outline += ` ${kind}`;
      last = kind;
    }
    return `${outline} ${whole.error}`;
  },
};

function receive(role: Role, wire: Uint8Array, borders: readonly number[]): Recorded {
  const recorded: Recorded = { kinds: [], data: [], error: '', allocated: 0 };
  const { kinds, data } = recorded;
  const events: ReceiverEvents = {
    messageReceived(message) {
      kinds.push(typeof message === 'string' ? 'text' : 'binary');
      data.push(message);
    },
    // Only valid during the call.
    pingReceived(payload) {
      kinds.push('ping');
      data.push(payload.slice());
    },
    pongReceived(payload) {
      kinds.push('pong');
      data.push(payload.slice());
    },
    closeReceived({ code, reason }) {
      kinds.push('close');
      data.push(`${code} ${reason}`);
      receiver.discard();
    },
  };
  const memory = {
    allocate(size: number) {
      recorded.allocated += size;
      return new Uint8Array(size);
    },
  };
  const receiver = new Receiver(role, nodeText, memory, new MemoryPool(memory));
  receiver.serve(events, limits);
  try {
    let from = 0;
    for (let index = 0; index <= borders.length; index++) {
      const to = borders[index] ?? wire.length;
      for (let at = from; at < to; at++) readBuffer[at - from] = wire[at] as number;
      receiver.receive(readBuffer, to - from);
      readBuffer.fill(0xee, 0, to - from + 16);
      from = to;
    }
  } catch (error) {
    if (!(error instanceof WebSocketError)) throw error;
    assert.ok(error.code in errorTable && error.family === 'protocol' && error.closeCode !== undefined, error.code);
    recorded.error = error.code;
  }
  // 512 bytes to collect into, for as little as one frame header; then four times the bytes received, and the message itself.
  assert.ok(recorded.allocated <= wire.length * (512 / 2 + 5) + 512, `${recorded.allocated} bytes for ${wire.length}`);
  return recorded;
}

function assertSame(actual: Recorded, expected: Recorded, how: string): void {
  const isSame =
    actual.error === expected.error &&
    actual.kinds.length === expected.kinds.length &&
    actual.kinds.every((kind, index) => kind === expected.kinds[index]) &&
    actual.data.every((data, index) => isEqual(data, expected.data[index] as string | Uint8Array));
  if (isSame) return;
  assert.deepEqual([actual.kinds, actual.data, actual.error], [expected.kinds, expected.data, expected.error], how);
}

function isEqual(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
