// The fault matrix: {client, server} × {handshake, idle, within a frame, between fragments, closing} × fault. Each row
// is one fault in one situation, and what each end reports: the events in their order, the close code, whether it was
// clean, and the time that it may take. In every cell the sender of each accepted message also learns exactly once what
// became of it, and no socket, server or timer is left.

import { describe, test } from 'node:test';
import { reportCount } from '../support/counts.ts';
import type { Lane } from '../support/fault-proxy.ts';
import {
  assertOutcome,
  type Connections,
  type Direction,
  type End,
  LONG,
  type Outcome,
  type Situation,
} from './situation.ts';

// The ends that occur more than once
const LOST = 'error ERR_WS_LOST, close 1006 ERR_WS_LOST';
/** After a close() of its own, an application is told only by `close`. */
const UNANSWERED = 'close 1006 ERR_WS_LOST';
const SILENT = 'error ERR_WS_HEARTBEAT, close 1006 ERR_WS_HEARTBEAT';
const CLEAN = 'close 1000 clean';
const NEVER_OPENED = '';
const HANDSHAKE_LOST = 'rejected ERR_WS_HANDSHAKE_LOST';
const HANDSHAKE_TIMEOUT = 'rejected ERR_WS_HANDSHAKE_TIMEOUT';

/** Defaults of the engine, which the rows hold it to. */
const HANDSHAKE = 10_000;
const HEARTBEAT = 30_000 + 30_000;
const CLOSING = 5_000;

const handshake: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: HANDSHAKE_LOST, server: NEVER_OPENED },
    { fault: 'destroy', client: HANDSHAKE_LOST, server: NEVER_OPENED },
    { fault: 'reset', client: HANDSHAKE_LOST, server: NEVER_OPENED },
    // The server answers half a request with 400 and hangs up.
    { fault: 'half-close', client: 'rejected ERR_WS_REFUSED', server: NEVER_OPENED },
    { fault: 'freeze', client: HANDSHAKE_TIMEOUT, server: NEVER_OPENED, after: HANDSHAKE },
    { fault: 'freeze of both directions', client: HANDSHAKE_TIMEOUT, server: NEVER_OPENED, after: HANDSHAKE },
    { fault: 'corrupt', client: 'rejected ERR_WS_REFUSED', server: NEVER_OPENED },
  ],
  toClient: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: HANDSHAKE_LOST, server: LOST },
    { fault: 'destroy', client: HANDSHAKE_LOST, server: LOST },
    { fault: 'reset', client: HANDSHAKE_LOST, server: LOST },
    { fault: 'half-close', client: HANDSHAKE_LOST, server: LOST },
    // Our server has opened: it finds out when the client gives up, or by its heartbeat.
    { fault: 'freeze', client: HANDSHAKE_TIMEOUT, server: LOST, after: HANDSHAKE },
    { fault: 'freeze of both directions', client: HANDSHAKE_TIMEOUT, server: LOST, after: HANDSHAKE, of: 'client' },
    { fault: 'corrupt', client: 'rejected ERR_WS_RESPONSE_MALFORMED', server: LOST },
  ],
};

const idle: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'destroy', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'half-close', client: LOST, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
    // The server fails with 1002, which the client answers.
    {
      fault: 'corrupt',
      client: 'close 1002 clean',
      server: 'error ERR_WS_RESERVED_BITS, close 1006 ERR_WS_RESERVED_BITS',
    },
  ],
  toClient: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'destroy', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'half-close', client: LOST, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
    {
      fault: 'corrupt',
      client: 'error ERR_WS_RESERVED_BITS, close 1006 ERR_WS_RESERVED_BITS',
      server: 'close 1002 clean',
    },
  ],
};

const WHOLE = 'message of 100000';

/** Held within a frame of 100,000 bytes. */
const withinFrame: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: `${WHOLE}, ${CLEAN}` },
    { fault: 'throttle', client: CLEAN, server: `${WHOLE}, ${CLEAN}` },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'destroy', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'half-close', client: LOST, server: LOST },
    { fault: 'half-close of the other direction', client: LOST, server: `${WHOLE}, ${LOST}` },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of the other direction', client: SILENT, server: `${WHOLE}, ${SILENT}`, after: HEARTBEAT },
    { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
    {
      fault: 'corrupt',
      client: 'close 1007 clean',
      server: 'error ERR_WS_INVALID_UTF8, close 1006 ERR_WS_INVALID_UTF8',
    },
  ],
  toClient: [
    { fault: 'delay', client: `${WHOLE}, ${CLEAN}`, server: CLEAN },
    { fault: 'throttle', client: `${WHOLE}, ${CLEAN}`, server: CLEAN },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'destroy', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'half-close', client: LOST, server: LOST },
    { fault: 'half-close of the other direction', client: `${WHOLE}, ${LOST}`, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of the other direction', client: `${WHOLE}, ${SILENT}`, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
    {
      fault: 'corrupt',
      client: 'error ERR_WS_INVALID_UTF8, close 1006 ERR_WS_INVALID_UTF8',
      server: 'close 1007 clean',
    },
  ],
};

const ASSEMBLED = 'message of 12';
const NO_CONTINUATION = 'error ERR_WS_EXPECTED_CONTINUATION, close 1006 ERR_WS_EXPECTED_CONTINUATION';

/** Held between two fragments of one message. */
const betweenFragments: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: `${ASSEMBLED}, ${CLEAN}` },
    { fault: 'throttle', client: CLEAN, server: `${ASSEMBLED}, ${CLEAN}` },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'destroy', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'half-close', client: LOST, server: LOST },
    { fault: 'half-close of the other direction', client: LOST, server: `${ASSEMBLED}, ${LOST}` },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of the other direction', client: SILENT, server: `${ASSEMBLED}, ${SILENT}`, after: HEARTBEAT },
    { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'corrupt', client: 'close 1002 clean', server: NO_CONTINUATION },
  ],
  toClient: [
    { fault: 'delay', client: `${ASSEMBLED}, ${CLEAN}`, server: CLEAN },
    { fault: 'throttle', client: `${ASSEMBLED}, ${CLEAN}`, server: CLEAN },
    { fault: 'fin', client: LOST, server: LOST },
    { fault: 'destroy', client: LOST, server: LOST },
    { fault: 'reset', client: LOST, server: LOST },
    { fault: 'half-close', client: LOST, server: LOST },
    { fault: 'half-close of the other direction', client: `${ASSEMBLED}, ${LOST}`, server: LOST },
    { fault: 'freeze', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of the other direction', client: `${ASSEMBLED}, ${SILENT}`, server: SILENT, after: HEARTBEAT },
    { fault: 'freeze of both directions', client: SILENT, server: SILENT, after: HEARTBEAT },
    { fault: 'corrupt', client: NO_CONTINUATION, server: 'close 1002 clean' },
  ],
};

/** The client has called close(1000); held is its Close (to the server) or the answer (to the client). */
const closingByClient: Record<Direction, readonly Outcome[]> = {
  toServer: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: UNANSWERED, server: LOST },
    { fault: 'destroy', client: UNANSWERED, server: LOST },
    { fault: 'reset', client: UNANSWERED, server: LOST },
    { fault: 'half-close', client: UNANSWERED, server: LOST },
    { fault: 'freeze', client: UNANSWERED, server: LOST, after: CLOSING, of: 'client' },
    { fault: 'freeze of both directions', client: UNANSWERED, server: LOST, after: CLOSING, of: 'client' },
    // RFC 6455 §7.1.5: the code of the Close that was received is the one that counts.
    {
      fault: 'corrupt',
      client: 'close 1002 clean',
      server: 'error ERR_WS_RESERVED_BITS, close 1006 ERR_WS_RESERVED_BITS',
    },
  ],
  toClient: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: UNANSWERED, server: CLEAN },
    { fault: 'destroy', client: UNANSWERED, server: CLEAN },
    { fault: 'reset', client: UNANSWERED, server: CLEAN },
    { fault: 'half-close', client: UNANSWERED, server: CLEAN },
    { fault: 'freeze', client: UNANSWERED, server: CLEAN, after: CLOSING },
    { fault: 'freeze of both directions', client: UNANSWERED, server: CLEAN, after: CLOSING },
    { fault: 'corrupt', client: 'close 1006 ERR_WS_RESERVED_BITS', server: CLEAN },
  ],
};

/** The server has called close(1000); held is its Close (to the client) or the answer (to the server). */
const closingByServer: Record<Direction, readonly Outcome[]> = {
  toClient: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: LOST, server: UNANSWERED },
    { fault: 'destroy', client: LOST, server: UNANSWERED },
    { fault: 'reset', client: LOST, server: UNANSWERED },
    { fault: 'half-close', client: LOST, server: UNANSWERED },
    { fault: 'freeze', client: LOST, server: UNANSWERED, after: CLOSING, of: 'server' },
    { fault: 'freeze of both directions', client: LOST, server: UNANSWERED, after: CLOSING, of: 'server' },
    {
      fault: 'corrupt',
      client: 'error ERR_WS_RESERVED_BITS, close 1006 ERR_WS_RESERVED_BITS',
      server: 'close 1002 clean',
    },
  ],
  toServer: [
    { fault: 'delay', client: CLEAN, server: CLEAN },
    { fault: 'throttle', client: CLEAN, server: CLEAN },
    { fault: 'fin', client: CLEAN, server: UNANSWERED },
    { fault: 'destroy', client: CLEAN, server: UNANSWERED },
    { fault: 'reset', client: CLEAN, server: UNANSWERED },
    { fault: 'half-close', client: CLEAN, server: UNANSWERED },
    { fault: 'freeze', client: CLEAN, server: UNANSWERED, after: CLOSING },
    { fault: 'freeze of both directions', client: CLEAN, server: UNANSWERED, after: CLOSING },
    { fault: 'corrupt', client: CLEAN, server: 'close 1006 ERR_WS_RESERVED_BITS' },
  ],
};

const senderOf: Record<Direction, End> = { toServer: 'client', toClient: 'server' };
const directions = ['toServer', 'toClient'] as const;

/** Bytes of a frame's header, by direction: a client masks. */
const header = {
  upTo125: { toServer: 6, toClient: 2 },
  upTo2To64: { toServer: 14, toClient: 10 },
} as const;

/** A ping and what follows it leave in one write, so that its arrival tells that the rest is there as well. */
async function behindPing(connections: Connections, held: Direction, lane: Lane, bytes: number, send: () => void) {
  lane.hold(header.upTo125[held] + bytes);
  connections[senderOf[held]].ping();
  send();
  await Promise.all([lane.held(), connections.answered(senderOf[held])]);
}

function situations(held: Direction): Record<'handshake' | 'idle' | 'withinFrame' | 'betweenFragments', Situation> {
  return {
    handshake: { held, mask: 0x20, handshakeBytes: 40 },
    idle: {
      held,
      mask: 0x70,
      arrange: async (_, lane) => lane.hold(),
    },
    withinFrame: {
      held,
      mask: 0x80,
      arrange: (connections, lane) =>
        behindPing(connections, held, lane, header.upTo2To64[held] + 500, () => connections[senderOf[held]].send(LONG)),
    },
    betweenFragments: {
      held,
      mask: 0x01,
      arrange: (connections, lane) =>
        behindPing(connections, held, lane, header.upTo125[held] + 6, () => {
          const sender = connections[senderOf[held]];
          sender.sendFragment('first ', { fin: false });
          sender.sendFragment('second', { fin: true });
        }),
    },
  };
}

function closing(starter: End, held: Direction): Situation {
  return {
    held,
    mask: 0x70,
    isClosing: true,
    async arrange(connections, lane) {
      lane.hold();
      void connections[starter].close(1000);
      await lane.held();
    },
  };
}

function cells(name: string, rows: readonly Outcome[], situation: Situation): void {
  describe(name, () => {
    for (const outcome of rows) {
      test(outcome.fault, async (context) => {
        await assertOutcome(situation, outcome);
        reportCount(context, 'fault matrix cells', 2); // the client's and the server's
      });
    }
  });
}

for (const held of directions) {
  const where = held === 'toServer' ? 'to the server' : 'to the client';
  const { handshake: opening, idle: quiet, withinFrame: inFrame, betweenFragments: between } = situations(held);
  cells(`within the handshake, ${where}`, handshake[held], opening);
  cells(`idle, ${where}`, idle[held], quiet);
  cells(`within a frame ${where}`, withinFrame[held], inFrame);
  cells(`between fragments ${where}`, betweenFragments[held], between);
  cells(`closing by the client, ${where}`, closingByClient[held], closing('client', held));
  cells(`closing by the server, ${where}`, closingByServer[held], closing('server', held));
}
