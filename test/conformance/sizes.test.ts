// RFC 6455 §5.2, §5.4: messages of 0 bytes to 64 MiB in frames of every size class, in TCP segments of 1, 2, 997 and 64
// Ki bytes, received and echoed, by both roles. (Autobahn: category 9)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '../../src/core/constants.ts';
import { openConnection } from '../support/core-connection.ts';
import { reportCount } from '../support/counts.ts';
import { listen, open } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { acceptHandshake, requestHandshake } from '../support/handshake.ts';
import { connectRaw, listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { KEY, readFrames } from '../support/wire.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const roles = ['server', 'client'] as const;
const WHOLE = Number.POSITIVE_INFINITY;

interface Row {
  readonly isText: boolean;
  /** Bytes of payload. */
  readonly size: number;
  /** Bytes of each frame but the last. */
  readonly frameSize: number;
  /** Bytes of each TCP segment. */
  readonly segment: number;
}

function show({ isText, size, frameSize, segment }: Row): string {
  const frames = frameSize === WHOLE ? 'one frame' : `frames of ${frameSize}`;
  return `${isText ? 'text' : 'binary'} of ${size} bytes in ${frames}, segments of ${segment}`;
}

/** `size` bytes; with `isText` UTF-8 with characters of every length. */
function content({ isText, size }: Row): Buffer {
  if (size === 0) return Buffer.alloc(0);
  // Of prime length, so that neither frames nor words repeat with it.
  if (!isText) return Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, at) => (at * 7) & 0xff)));
  const unit = Buffer.from('aä€😀z ');
  const bytes = Buffer.alloc(size, unit);
  return bytes.fill(0x2e, size - (size % unit.length));
}

/** Frames as RFC 6455 §5.2 has a sender write them. */
function framed(row: Row, payload: Buffer, isMasked: boolean): Buffer {
  const { isText, size, frameSize } = row;
  const pieces: Buffer[] = [];
  for (let at = 0; at === 0 || at < size; at += frameSize) {
    const part = Buffer.from(payload.subarray(at, at + Math.min(frameSize, size)));
    const length = part.length;
    const isLast = at + frameSize >= size;
    const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    header[0] = (isLast ? 0x80 : 0) | (at > 0 ? 0 : isText ? 1 : 2);
    header[1] = (isMasked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
    if (header.length === 4) header.writeUInt16BE(length, 2);
    if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
    pieces.push(header);
    if (isMasked) {
      for (let index = 0; index < length; index++) part[index] = part[index]! ^ KEY[index & 3]!;
      pieces.push(Buffer.from(KEY));
    }
    pieces.push(part);
  }
  return Buffer.concat(pieces);
}

// ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const small: Row[] = [0, 1, 2, 125, 126, 127, 128, 1000].flatMap((size) =>
  [1, 2, 125, 126, WHOLE].flatMap((frameSize) =>
    [1, 2, 997].map((segment, index) => ({ isText: (size + index) % 2 === 0, size, frameSize, segment })),
  ),
);
const medium: Row[] = [65_535, 65_536, 65_537].flatMap((size) =>
  [64, 126, 65_535, WHOLE].flatMap((frameSize) =>
    [997, 64 * KiB].flatMap((segment) => [true, false].map((isText) => ({ isText, size, frameSize, segment }))),
  ),
);
const large: Row[] = [
  { isText: true, size: 64 * KiB, frameSize: WHOLE, segment: 1 },
  { isText: false, size: 64 * KiB, frameSize: 125, segment: 2 },
  ...[64, 4096, 65_536, WHOLE].map((frameSize, index) => ({
    isText: index % 2 === 0,
    size: MiB,
    frameSize,
    segment: 997,
  })),
  // 65,537 fragments, which maxFragments lets through.
  { isText: false, size: 4 * MiB + 1, frameSize: 64, segment: 64 * KiB },
  { isText: true, size: 4 * MiB + 1, frameSize: 64, segment: 64 * KiB },
  { isText: true, size: 16 * MiB, frameSize: MiB, segment: 64 * KiB },
  { isText: false, size: 16 * MiB, frameSize: WHOLE, segment: MiB },
];
const largest: Row[] = [
  { isText: true, size: 64 * MiB, frameSize: 64 * KiB, segment: MiB },
  { isText: false, size: 64 * MiB, frameSize: WHOLE, segment: MiB },
];

// ── Drivers ──────────────────────────────────────────────────────────────────────────────────────────────────────

function echoInCore(role: Role, row: Row): void {
  const payload = content(row);
  const run = openConnection(role, {
    handlers: { message: (connection, data) => void connection.send(data) },
  });
  const input = framed(row, payload, role === 'server');
  for (let at = 0; at < input.length; at += row.segment) {
    run.transport.deliver(new Uint8Array(input.subarray(at, at + row.segment)));
  }
  run.turn.end();
  const [echo, ...more] = readFrames(run.written.bytes);
  assert.equal(more.length, 0, 'one frame');
  assert.equal(echo?.first, row.isText ? 0x81 : 0x82);
  assert.ok(payload.equals(echo.payload), 'the echo is the message');
}

/** The peer's part. */
async function echoOverTcp(role: Role, row: Row, peer: RawPeer): Promise<void> {
  const payload = content(row);
  const input = framed(row, payload, role === 'server');
  peer.socket.setNoDelay(true);
  for (let at = 0, count = 1; at < input.length; at += row.segment, count++) {
    peer.write(input.subarray(at, at + row.segment));
    if (count % 16 === 0) await turn();
  }
  const echo = await peer.readFrame();
  assert.equal(echo.first, row.isText ? 0x81 : 0x82);
  assert.equal(echo.isMasked, role === 'client');
  assert.ok(payload.equals(echo.payload), 'the echo is the message');
}

/**
 * Rows of one role, in turn on one connection: nothing of a message stays for the next. Without a heartbeat, since a machine
 * that is busy may need longer than its interval, and the next frame is to be the echo.
 */
async function overTcp(role: Role, rows: readonly Row[], scope: Scope): Promise<void> {
  const run = async (peer: RawPeer): Promise<void> => {
    for (const row of rows) {
      try {
        await echoOverTcp(role, row, peer);
      } catch (error) {
        throw new Error(`${show(row)} [${role} over TCP]: ${(error as Error).message}`, { cause: error });
      }
    }
  };
  if (role === 'server') {
    const { port } = await listen(scope, {
      heartbeat: false,
      message: (connection, data) => void connection.send(data),
    });
    const peer = await connectRaw(scope, port);
    await requestHandshake(peer);
    await run(peer);
    return;
  }
  const server = await listenRaw(scope);
  const connecting = open(scope, server.url, {
    heartbeat: false,
    handlers: { message: (connection, data) => void connection.send(data) },
  });
  const peer = await server.accepted();
  await acceptHandshake(peer);
  await connecting;
  await run(peer);
}

const tables: [name: string, rows: readonly Row[]][] = [
  ['0 to 1,000 bytes', small],
  ['about 64 KiB', medium],
  ['64 KiB to 16 MiB', large],
  ['64 MiB', largest],
];
for (const [name, rows] of tables) {
  test(`RFC 6455 §5.4 messages of ${name}: ${rows.length} rows over TCP, server and client`, async (t) => {
    for (const role of roles) await leavingNothing((scope) => overTcp(role, rows, scope), 60_000)();
    reportCount(t, 'conformance cases', rows.length * roles.length);
  });
}

test('RFC 6455 §5.4 messages of 0 bytes to 1 MiB in the core', (t) => {
  const rows = [...small, ...medium, ...large].filter(({ size }) => size <= MiB);
  for (const role of roles) {
    for (const row of rows) {
      try {
        echoInCore(role, row);
      } catch (error) {
        throw new Error(`${show(row)} [core, ${role}]: ${(error as Error).message}`, { cause: error });
      }
    }
  }
  reportCount(t, 'conformance cases', rows.length * roles.length);
});
