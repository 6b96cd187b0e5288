// A raw peer's part in a case over TCP, whichever end it is: it writes the input, then plays the end, and reads the
// answer to its last byte.

import assert from 'node:assert/strict';
import type { Role } from '../../../src/core/constants.ts';
import { turn } from '../../support/handles.ts';
import type { RawPeer } from '../../support/raw-peer.ts';
import { wire } from '../../support/wire.ts';
import { type Case, difference, expectedOf, LATE, PROBE, shownFrame } from '../case.ts';
import type { Observed } from '../observed.ts';

export interface Execution {
  readonly it: Case;
  /** Ours. */
  readonly role: Role;
  readonly how: string;
  /** What the peer writes with its half of the handshake. */
  readonly withHead: Uint8Array;
  /** What it writes after that, a TCP segment each. */
  readonly segments: readonly Uint8Array[];
  /** The peer never answers a Close and never ends TCP. */
  readonly isSilent: boolean;
}

/** Long enough for any machine; and short, for peers that never answer. */
export function closeTimeoutFor({ isSilent }: Execution): number {
  return isSilent ? 20 : 60_000;
}

/** After the handshake. Resolves when the connection is gone at our end, and everything has been checked. */
export async function converse(execution: Execution, peer: RawPeer, observed: Observed): Promise<void> {
  const { it, role, segments, isSilent } = execution;
  const { end } = it;
  peer.socket.setNoDelay(true);
  for (const [index, segment] of segments.entries()) {
    if (peer.socket.destroyed) break;
    peer.write(segment);
    // The other end reads the written bytes in the next turn, as a separate chunk.
    if (index % 8 === 7 || segments.length < 1_000) await turn();
  }
  const expected = expectedOf(it);
  if (end === 'open') peer.write(wire(role, ...PROBE.frames));
  if (end === 'lost') peer.end();
  const frames: string[] = [];
  const readOne = async () => {
    const { first, isMasked, payload } = await peer.readFrame();
    assert.equal(isMasked, role === 'client', 'RFC 6455 §5.1: only clients mask');
    frames.push(shownFrame(first, payload, end));
  };
  try {
    while (frames.length < expected.frames.length) await readOne();
  } catch (error) {
    assert.equal(difference(frames, expected.frames), undefined, `frames; then ${(error as Error).message}`);
  }
  assert.equal(difference(frames, expected.frames), undefined, 'frames');
  const isFailure = typeof end === 'object' && 'fails' in end;
  const endsFirst = role === 'server' || isFailure || end === 'lost';
  // A client waits for the server to end TCP (RFC 6455 §7.1.1).
  if (!endsFirst && !isSilent) peer.end(wire(role, LATE));
  // Nothing more comes, and TCP ends, although the peer has not answered.
  assert.equal((await peer.readToEnd()).length, 0, 'bytes after the last frame');
  if (isFailure) peer.write(wire(role, LATE));
  if (!isSilent) peer.end();
  await observed.closed;
  assert.equal(difference(observed.events, expected.events), undefined, 'events');
}
