// The fault matrix over TLS, for the faults that TLS does not see: TCP that is cut, reset or frozen. Applications get
// the same reports as over TCP; only before the opening, TLS fails instead.

import { describe, test } from 'node:test';
import { reportCount } from '../support/counts.ts';
import {
  assertOutcome,
  type Connections,
  type Direction,
  type End,
  LONG,
  type Outcome,
  type Situation,
} from './situation.ts';

const LOST = 'error ERR_WS_LOST, close 1006 ERR_WS_LOST';
const UNANSWERED = 'close 1006 ERR_WS_LOST';
const SILENT = 'error ERR_WS_HEARTBEAT, close 1006 ERR_WS_HEARTBEAT';
const CLEAN = 'close 1000 clean';
const NEVER_OPENED = '';
const TLS_FAILED = 'rejected ERR_WS_TLS';
const HANDSHAKE_TIMEOUT = 'rejected ERR_WS_HANDSHAKE_TIMEOUT';

const HANDSHAKE = 10_000;
const HEARTBEAT = 30_000 + 30_000;
const CLOSING = 5_000;

/** Within the ClientHello, or what answers it. */
const handshake: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: TLS_FAILED, server: NEVER_OPENED },
    { fault: 'reset', client: TLS_FAILED, server: NEVER_OPENED },
    { fault: 'freeze of both directions', client: HANDSHAKE_TIMEOUT, server: NEVER_OPENED, after: HANDSHAKE },
  ],
  toClient: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: TLS_FAILED, server: NEVER_OPENED },
    { fault: 'reset', client: TLS_FAILED, server: NEVER_OPENED },
    { fault: 'freeze of both directions', client: HANDSHAKE_TIMEOUT, server: NEVER_OPENED, after: HANDSHAKE },
  ],
};

/** Open, nothing on its way. */
const idle: readonly Outcome[] = [
  { fault: 'delay', client: CLEAN, server: CLEAN },
  { fault: 'fin', client: LOST, server: LOST },
  { fault: 'destroy', client: LOST, server: LOST },
  { fault: 'reset', client: LOST, server: LOST },
  { fault: 'half-close', client: LOST, server: LOST },
  { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
  { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
];

/** Within a frame, in the middle of a TLS record. */
const withinFrame: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: `message of 100000, ${CLEAN}` },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
  ],
  toClient: [
    { fault: 'delay', client: `message of 100000, ${CLEAN}`, server: CLEAN },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
  ],
};

const betweenFragments: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: `message of 12, ${CLEAN}` },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
  ],
  toClient: [
    { fault: 'delay', client: `message of 12, ${CLEAN}`, server: CLEAN },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
  ],
};

/** The client has called close(1000); held is its Close, or the answer. */
const closing: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: UNANSWERED, server: LOST },
    { fault: 'reset', client: UNANSWERED, server: LOST },
    { fault: 'freeze', client: UNANSWERED, server: LOST, after: CLOSING, of: 'client' },
  ],
  toClient: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: UNANSWERED, server: CLEAN },
    { fault: 'reset', client: UNANSWERED, server: CLEAN },
    { fault: 'freeze', client: UNANSWERED, server: CLEAN, after: CLOSING },
  ],
};

const senderOf: Record<Direction, End> = { toServer: 'client', toClient: 'server' };

function cells(name: string, rows: readonly Outcome[], situation: Omit<Situation, 'mask'>): void {
  describe(`TLS, ${name}`, () => {
    for (const outcome of rows) {
      test(outcome.fault, async (context) => {
        await assertOutcome({ mask: 0, ...situation }, outcome, true);
        reportCount(context, 'fault matrix cells', 2);
      });
    }
  });
}

for (const held of ['toServer', 'toClient'] as const) {
  const where = held === 'toServer' ? 'to the server' : 'to the client';
  const sender = (connections: Connections) => connections[senderOf[held]];
  cells(`within the handshake, ${where}`, handshake[held], { held, handshakeBytes: 40 });
  cells(`idle, ${where}`, idle, { held, arrange: async (_, lane) => lane.hold() });
  cells(`within a frame ${where}`, withinFrame[held], {
    held,
    async arrange(connections, lane) {
      // More than one record of 16 KiB, so that part of the frame has been seen.
      lane.hold(40_000);
      sender(connections).ping();
      sender(connections).send(LONG);
      await Promise.all([lane.held(), connections.answered(senderOf[held])]);
    },
  });
  cells(`between fragments ${where}`, betweenFragments[held], {
    held,
    async arrange(connections, lane) {
      sender(connections).sendFragment('first ', { fin: false });
      sender(connections).ping(); // it may come between fragments (RFC 6455 §5.4), and tells that the first is there
      await connections.answered(senderOf[held]);
      lane.hold();
      sender(connections).sendFragment('second', { fin: true });
      await lane.held();
    },
  });
  cells(`closing by the client, ${where}`, closing[held], {
    held,
    isClosing: true,
    async arrange({ client }, lane) {
      lane.hold();
      void client.close(1000);
      await lane.held();
    },
  });
}
