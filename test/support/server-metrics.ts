// `server.metrics()` of a server that has seen a little of everything, with numbers that are all different.

import type { HistogramMetrics } from '../../src/core/histogram.ts';
import type { ServerMetrics } from '../../src/core/meter.ts';

function histogram(count: number, sum: number, bounds: readonly [number, number][]): HistogramMetrics {
  return { count, sum, min: 1, max: 60, mean: sum / count, buckets: [...bounds, [Infinity, count]] };
}

export const someMetrics: ServerMetrics = {
  connections: {
    open: 3,
    opened: 10,
    closed: 7,
    refused: { '403': 2, ERR_WS_TOO_MANY_CONNECTIONS: 1, ERR_WS_HANDSHAKE_TIMEOUT: 4 },
    lifetime: histogram(7, 12_500, [
      [100, 1],
      [1_000, 4],
    ]),
  },
  handshakes: {
    accepted: 10,
    refused: 3,
    failed: 4,
    duration: histogram(17, 51, [
      [0.5, 0],
      [2.5, 12],
    ]),
  },
  received: {
    messages: { text: 101, binary: 102 },
    frames: { text: 111, binary: 112, continuation: 113, close: 5, ping: 115, pong: 116 },
    payloadBytes: 20_001,
    wireBytes: 30_001,
    compressed: { messages: 41, bytes: 5_001, uncompressedBytes: 16_001 },
  },
  sent: {
    messages: { text: 201, binary: 202 },
    frames: { text: 211, binary: 212, continuation: 213, close: 6, ping: 215, pong: 216 },
    payloadBytes: 2 ** 53 - 1,
    wireBytes: 30_002,
    compressed: { messages: 42, bytes: 5_002, uncompressedBytes: 16_002 },
  },
  closeCodes: {
    received: { 1000: 1, 1001: 2, 1005: 3, 3000: 4, 3999: 5, 4000: 6, 4001: 7 },
    sent: { 1000: 8, 4001: 9 },
  },
  errors: { ERR_WS_INVALID_UTF8: 11, ERR_WS_CONNECTION_LOST: 12 } as ServerMetrics['errors'],
  queued: { bytes: 1_234, highest: 5_678 },
  slowConsumers: { close: 1, 'drop-newest': 2, 'drop-oldest': 3, pause: 4 },
  heartbeats: { pingsSent: 215, pongsReceived: 116, pingsReceived: 115, roundTrip: histogram(9, 90, [[10, 5]]) },
  topics: { topics: 21, subscriptions: 22, publishes: 23, deliveries: 24, passedOver: 25 },
  sessions: {
    attached: 31,
    detached: 32,
    heldBytes: 33_000,
    begun: 34,
    restored: 35,
    resumed: 36,
    released: 37,
    expired: { expired: 38, overflow: 39 },
    refused: { unknown: 40, 'retired token': 41 },
    store: { failures: 42, waiting: 43 },
  },
  bus: {
    driver: 'redis',
    node: 'a-k3x9w2pm',
    isReady: true,
    nodes: 51,
    channels: 52,
    published: { messages: 53, bytes: 5_300 },
    unpublished: 54,
    received: { messages: 55, bytes: 5_500 },
    deliveries: 56,
    unwanted: 57,
    foreign: { other: 58, newer: 59 },
    lost: { times: 60, duration: 61_500 },
    troubles: 62,
    questions: { asked: 63, unanswered: 64 },
    delay: histogram(55, 110, [[2.5, 50]]),
  },
  eventLoopDelay: {
    count: 100,
    sum: 250,
    min: 0,
    max: 30,
    mean: 2.5,
    quantiles: [
      [0.5, 1],
      [0.99, 12.5],
    ],
  },
};
