// The metrics that monitors get, as one table: each has its name, kind, unit and help, and reads its numbers from
// `server.metrics()`. The text for Prometheus, the bridges to prom-client and OpenTelemetry, and docs/metrics.md come from it.
//
// Names follow Prometheus: base units (seconds, bytes), the unit last, `_total` for counters, which the formats add.

import type { EndpointMetrics } from '../core/meter.ts';
import type { TrafficMetrics } from '../core/traffic-counts.ts';
import { busFamilies } from './bus-families.ts';
import { byName, type FamilySettings, type MetricFamily, type NumberSample, single, times } from './metric-family.ts';
import { sessionFamilies } from './session-families.ts';

/** Close codes from here on are for libraries and applications (RFC 6455 §7.4.2): peers may send any of 2,000. */
const PRIVATE_CODES = 3000;

const eachWay = (
  { received, sent }: EndpointMetrics,
  values: (traffic: TrafficMetrics) => Readonly<Record<string, number>>,
  label: string,
): NumberSample[] =>
  (['received', 'sent'] as const).flatMap((direction) =>
    Object.entries(values(direction === 'received' ? received : sent)).map(([name, value]) => ({
      labels: { direction, [label]: name },
      value,
    })),
  );

const bothWays = (
  { received, sent }: EndpointMetrics,
  value: (traffic: TrafficMetrics) => number,
): readonly NumberSample[] => [
  { labels: { direction: 'received' }, value: value(received) },
  { labels: { direction: 'sent' }, value: value(sent) },
];

/** Peers choose the codes that they send, and each label value is a series that a monitor keeps: few of them are shown. */
function closeFrames(
  direction: 'received' | 'sent',
  counts: Readonly<Record<number, number | undefined>>,
  { closeCodes }: FamilySettings,
): readonly NumberSample[] {
  const sums = new Map<string, number>();
  for (const [name, count = 0] of Object.entries(counts)) {
    const code = Number(name);
    const isShown = code < PRIVATE_CODES || closeCodes.has(code);
    const shown = isShown ? name : `${name.charAt(0)}xxx`;
    sums.set(shown, (sums.get(shown) ?? 0) + count);
  }
  return [...sums].sort().map(([code, value]) => ({ labels: { direction, code }, value }));
}

export const metricFamilies: readonly MetricFamily[] = [
  {
    name: 'connections',
    type: 'gauge',
    help: 'Connections that are open or closing.',
    labels: [],
    read: ({ connections }) => single(connections.open),
  },
  {
    name: 'connections_opened',
    type: 'counter',
    help: 'Connections that have opened.',
    labels: [],
    read: ({ connections }) => single(connections.opened),
  },
  {
    name: 'connections_closed',
    type: 'counter',
    help: 'Connections that have ended.',
    labels: [],
    read: ({ connections }) => single(connections.closed),
  },
  {
    name: 'connection_lifetime_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from the opening of a connection to its end.',
    labels: [],
    read: ({ connections }) => times(connections.lifetime),
  },
  {
    name: 'handshakes',
    type: 'counter',
    help: 'Opening handshakes, by how they ended.',
    labels: ['outcome'],
    read: ({ handshakes: { accepted, refused, failed } }) => byName({ accepted, failed, refused }, 'outcome'),
  },
  {
    name: 'handshakes_unsuccessful',
    type: 'counter',
    help: 'Opening handshakes that led to no connection, by the code of the error or the HTTP status.',
    labels: ['reason'],
    read: ({ connections }) => byName(connections.refused, 'reason'),
  },
  {
    name: 'handshake_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time that opening handshakes took, however they ended.',
    labels: [],
    read: ({ handshakes }) => times(handshakes.duration),
  },
  {
    name: 'messages',
    type: 'counter',
    help: 'Complete messages.',
    labels: ['direction', 'type'],
    read: (metrics) => eachWay(metrics, ({ messages }) => messages, 'type'),
  },
  {
    name: 'frames',
    type: 'counter',
    help: 'Frames, by their opcode.',
    labels: ['direction', 'opcode'],
    read: (metrics) => eachWay(metrics, ({ frames }) => frames, 'opcode'),
  },
  {
    name: 'payload_bytes',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes of the payloads of frames, compressed where they are.',
    labels: ['direction'],
    read: (metrics) => bothWays(metrics, ({ payloadBytes }) => payloadBytes),
  },
  {
    name: 'wire_bytes',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes of WebSocket on the wire, before TLS.',
    labels: ['direction'],
    read: (metrics) => bothWays(metrics, ({ wireBytes }) => wireBytes),
  },
  {
    name: 'compressed_messages',
    type: 'counter',
    help: 'Messages that were compressed.',
    labels: ['direction'],
    read: (metrics) => bothWays(metrics, ({ compressed }) => compressed.messages),
  },
  {
    name: 'compressed_bytes',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes of compressed messages on the wire.',
    labels: ['direction'],
    read: (metrics) => bothWays(metrics, ({ compressed }) => compressed.bytes),
  },
  {
    name: 'uncompressed_bytes',
    type: 'counter',
    unit: 'bytes',
    help: 'Bytes of these messages before compression, or after decompression.',
    labels: ['direction'],
    read: (metrics) => bothWays(metrics, ({ compressed }) => compressed.uncompressedBytes),
  },
  {
    name: 'close_frames',
    type: 'counter',
    help: 'Close frames, by their code. 1005 stands for none, 3xxx and 4xxx for private codes.',
    labels: ['direction', 'code'],
    read: ({ closeCodes: { received, sent } }, settings) => [
      ...closeFrames('received', received, settings),
      ...closeFrames('sent', sent, settings),
    ],
  },
  {
    name: 'errors',
    type: 'counter',
    help: 'Connections that failed or were lost, by the code of the error.',
    labels: ['code'],
    read: ({ errors }) => byName(errors, 'code'),
  },
  {
    name: 'queued_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Bytes that wait to be sent.',
    labels: [],
    read: ({ queued }) => single(queued.bytes),
  },
  {
    name: 'queued_highest_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'The most bytes that ever waited to be sent at one time.',
    labels: [],
    read: ({ queued }) => single(queued.highest),
  },
  {
    name: 'slow_consumer_actions',
    type: 'counter',
    help: 'What was done to peers that do not read: connections closed, messages dropped, pauses.',
    labels: ['policy'],
    read: ({ slowConsumers }) => byName({ ...slowConsumers }, 'policy'),
  },
  {
    name: 'round_trip_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from a ping of the heartbeat to its pong.',
    labels: [],
    read: ({ heartbeats }) => times(heartbeats.roundTrip),
  },
  {
    name: 'topics',
    type: 'gauge',
    help: 'Topics that have a subscriber.',
    labels: [],
    read: ({ topics }) => single(topics?.topics),
  },
  {
    name: 'topic_subscriptions',
    type: 'gauge',
    help: 'Subscriptions of all connections.',
    labels: [],
    read: ({ topics }) => single(topics?.subscriptions),
  },
  {
    name: 'topic_publishes',
    type: 'counter',
    help: 'Calls of publish and broadcast.',
    labels: [],
    read: ({ topics }) => single(topics?.publishes),
  },
  {
    name: 'topic_deliveries',
    type: 'counter',
    help: 'Messages that publish and broadcast have queued.',
    labels: [],
    read: ({ topics }) => single(topics?.deliveries),
  },
  {
    name: 'topic_passed_over',
    type: 'counter',
    help: 'Subscribers that publish and broadcast have passed over.',
    labels: [],
    read: ({ topics }) => single(topics?.passedOver),
  },
  ...sessionFamilies,
  ...busFamilies,
  {
    name: 'event_loop_delay_seconds',
    type: 'summary',
    unit: 'seconds',
    help: 'How late the event loop of the process ran its timers, since this was first asked for.',
    labels: [],
    read: ({ eventLoopDelay }) => times(eventLoopDelay),
  },
];
