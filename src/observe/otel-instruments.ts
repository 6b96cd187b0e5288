// The names of metrics in OpenTelemetry: dots, no units, attributes of the semantic conventions where these have them
// (network.io.direction, error.type, nodejs.eventloop.delay.*). The families and their numbers are those of
// metric-families.ts.

import type { NumberSample } from './metric-family.ts';

/** How a family of numbers is shown. */
export interface NumberInstrument {
  readonly name: string;
  readonly kind: 'counter' | 'upDownCounter' | 'gauge';
  /** Of UCUM: `By`, or what is counted in braces. */
  readonly unit: string;
}

/** By the name of the family. */
export const numberInstruments: Readonly<Record<string, NumberInstrument>> = {
  connections: { name: 'websocket.active_connections', kind: 'upDownCounter', unit: '{connection}' },
  connections_opened: { name: 'websocket.connections.opened', kind: 'counter', unit: '{connection}' },
  connections_closed: { name: 'websocket.connections.closed', kind: 'counter', unit: '{connection}' },
  handshakes: { name: 'websocket.handshakes', kind: 'counter', unit: '{handshake}' },
  handshakes_unsuccessful: { name: 'websocket.handshakes.unsuccessful', kind: 'counter', unit: '{handshake}' },
  messages: { name: 'websocket.messages', kind: 'counter', unit: '{message}' },
  frames: { name: 'websocket.frames', kind: 'counter', unit: '{frame}' },
  payload_bytes: { name: 'websocket.payload.io', kind: 'counter', unit: 'By' },
  wire_bytes: { name: 'websocket.wire.io', kind: 'counter', unit: 'By' },
  compressed_messages: { name: 'websocket.compression.messages', kind: 'counter', unit: '{message}' },
  compressed_bytes: { name: 'websocket.compression.compressed.io', kind: 'counter', unit: 'By' },
  uncompressed_bytes: { name: 'websocket.compression.uncompressed.io', kind: 'counter', unit: 'By' },
  close_frames: { name: 'websocket.close_frames', kind: 'counter', unit: '{frame}' },
  errors: { name: 'websocket.errors', kind: 'counter', unit: '{error}' },
  queued_bytes: { name: 'websocket.queue.size', kind: 'upDownCounter', unit: 'By' },
  queued_highest_bytes: { name: 'websocket.queue.highest', kind: 'gauge', unit: 'By' },
  slow_consumer_actions: { name: 'websocket.slow_consumer.actions', kind: 'counter', unit: '{action}' },
  topics: { name: 'websocket.topics', kind: 'upDownCounter', unit: '{topic}' },
  topic_subscriptions: { name: 'websocket.topic.subscriptions', kind: 'upDownCounter', unit: '{subscription}' },
  topic_publishes: { name: 'websocket.topic.publishes', kind: 'counter', unit: '{call}' },
  topic_deliveries: { name: 'websocket.topic.deliveries', kind: 'counter', unit: '{message}' },
  topic_passed_over: { name: 'websocket.topic.passed_over', kind: 'counter', unit: '{subscriber}' },
  sessions: { name: 'websocket.sessions', kind: 'upDownCounter', unit: '{session}' },
  session_held_bytes: { name: 'websocket.session.held', kind: 'upDownCounter', unit: 'By' },
  sessions_begun: { name: 'websocket.sessions.begun', kind: 'counter', unit: '{session}' },
  sessions_resumed: { name: 'websocket.sessions.resumed', kind: 'counter', unit: '{resume}' },
  sessions_restored: { name: 'websocket.sessions.restored', kind: 'counter', unit: '{session}' },
  sessions_released: { name: 'websocket.sessions.released', kind: 'counter', unit: '{session}' },
  sessions_expired: { name: 'websocket.sessions.expired', kind: 'counter', unit: '{session}' },
  session_attempts_refused: { name: 'websocket.session.attempts.refused', kind: 'counter', unit: '{attempt}' },
  session_store_failures: { name: 'websocket.session.store.failures', kind: 'counter', unit: '{call}' },
  session_store_waiting: { name: 'websocket.session.store.waiting', kind: 'upDownCounter', unit: '{session}' },
  bus_ready: { name: 'websocket.bus.ready', kind: 'gauge', unit: '1' },
  bus_nodes: { name: 'websocket.bus.nodes', kind: 'upDownCounter', unit: '{node}' },
  bus_channels: { name: 'websocket.bus.channels', kind: 'upDownCounter', unit: '{channel}' },
  bus_messages: { name: 'websocket.bus.messages', kind: 'counter', unit: '{message}' },
  bus_bytes: { name: 'websocket.bus.io', kind: 'counter', unit: 'By' },
  bus_unpublished: { name: 'websocket.bus.messages.unpublished', kind: 'counter', unit: '{message}' },
  bus_deliveries: { name: 'websocket.bus.deliveries', kind: 'counter', unit: '{message}' },
  bus_unwanted: { name: 'websocket.bus.messages.unwanted', kind: 'counter', unit: '{message}' },
  bus_foreign: { name: 'websocket.bus.messages.foreign', kind: 'counter', unit: '{message}' },
  bus_losses: { name: 'websocket.bus.losses', kind: 'counter', unit: '{loss}' },
  bus_lost_seconds: { name: 'websocket.bus.lost', kind: 'counter', unit: 's' },
  bus_troubles: { name: 'websocket.bus.troubles', kind: 'counter', unit: '{trouble}' },
  bus_questions: { name: 'websocket.bus.questions', kind: 'counter', unit: '{question}' },
  bus_unanswered: { name: 'websocket.bus.questions.unanswered', kind: 'counter', unit: '{answer}' },
};

/** Distributions that a server's observer records, by the name of the family: OpenTelemetry reads none by itself. */
export const timeInstruments = {
  connection_lifetime_seconds: 'websocket.connection.duration',
  handshake_duration_seconds: 'websocket.handshake.duration',
} as const;

/** Distributions of which the figures are shown, by the name of the family. */
export const figureInstruments = {
  round_trip_seconds: 'websocket.round_trip.mean',
  bus_delay_seconds: 'websocket.bus.delay.mean',
  event_loop_delay_seconds: 'nodejs.eventloop.delay',
} as const;

const attributeNames: Readonly<Record<string, string>> = {
  direction: 'network.io.direction',
  type: 'websocket.message.type',
  opcode: 'websocket.frame.opcode',
  outcome: 'websocket.handshake.outcome',
  reason: 'error.type',
  policy: 'websocket.slow_consumer.policy',
  state: 'websocket.session.state',
  cause: 'websocket.session.cause',
  source: 'websocket.bus.source',
};

const directions: Readonly<Record<string, string>> = { received: 'receive', sent: 'transmit' };

/** The attributes of a sample. @param family  its name */
export function attributesOf(family: string, { labels }: NumberSample): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => {
      if (label === 'direction') return [attributeNames[label], directions[value] ?? value];
      if (label === 'code') return [family === 'close_frames' ? 'websocket.close.code' : 'error.type', value];
      return [attributeNames[label] ?? label, value];
    }),
  );
}
