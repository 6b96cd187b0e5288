// The metrics of the sessions of a server whose clients may resume (docs/resuming.md). Without `resume` there are none.

import { byName, type NumberFamily, single } from './metric-family.ts';

export const sessionFamilies: readonly NumberFamily[] = [
  {
    name: 'sessions',
    type: 'gauge',
    help: 'Sessions of clients that may resume: attached to a connection, or detached while the client is away.',
    labels: ['state'],
    read: ({ sessions }) => sessions && byName({ attached: sessions.attached, detached: sessions.detached }, 'state'),
  },
  {
    name: 'session_held_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Bytes that sessions hold: messages that clients have not acknowledged, and parts that have arrived.',
    labels: [],
    read: ({ sessions }) => single(sessions?.heldBytes),
  },
  {
    name: 'sessions_begun',
    type: 'counter',
    help: 'Sessions that began on this server.',
    labels: [],
    read: ({ sessions }) => single(sessions?.begun),
  },
  {
    name: 'sessions_resumed',
    type: 'counter',
    help: 'Times that a client came back to a session that was here.',
    labels: [],
    read: ({ sessions }) => single(sessions?.resumed),
  },
  {
    name: 'sessions_restored',
    type: 'counter',
    help: 'Sessions that were taken over from another process.',
    labels: [],
    read: ({ sessions }) => single(sessions?.restored),
  },
  {
    name: 'sessions_released',
    type: 'counter',
    help: 'Sessions that went to the store or to another process.',
    labels: [],
    read: ({ sessions }) => single(sessions?.released),
  },
  {
    name: 'sessions_expired',
    type: 'counter',
    help: 'Sessions that ended without their client, by cause.',
    labels: ['cause'],
    read: ({ sessions }) => sessions && byName(sessions.expired, 'cause'),
  },
  {
    name: 'session_attempts_refused',
    type: 'counter',
    help: 'Attempts to resume that were refused, by cause.',
    labels: ['cause'],
    read: ({ sessions }) => sessions && byName(sessions.refused, 'cause'),
  },
  {
    name: 'session_store_failures',
    type: 'counter',
    help: 'Calls of the store of sessions that failed or were not answered in time.',
    labels: [],
    read: ({ sessions }) => single(sessions?.store.failures),
  },
  {
    name: 'session_store_waiting',
    type: 'gauge',
    help: 'Sessions of which something waits for the store to answer again.',
    labels: [],
    read: ({ sessions }) => single(sessions?.store.waiting),
  },
];
