// The workloads, P1 to P16, and what this package must reach in each: data that the rest of the harness goes by.

import type { PeerName } from './harness/peers.ts';
import type { MessageKind } from './load/frames.ts';
import { type CrowdKind, crowdTitle, type Target, type Workload } from './workload.ts';

const KIB = 1024;
const MIB = 1024 * 1024;

const text64: MessageKind = { size: 64, opcode: 1 };
const binary = (size: number): MessageKind => ({ size, opcode: 2 });

const everybody: readonly PeerName[] = ['harmony', 'ws', 'ws + bufferutil', 'websocket', 'uws', 'bun', 'deno', 'bare'];
const withFace: readonly PeerName[] = ['ws face', ...everybody];
const clients: readonly PeerName[] = ['harmony', 'ws', 'ws + bufferutil', 'undici', 'bun', 'deno', 'bare'];
const encrypted: readonly PeerName[] = ['harmony', 'ws', 'uws', 'bun', 'deno', 'bare'];

const held = (holds: number | undefined): { holds?: number } => (holds === undefined ? {} : { holds });
const timesWs = (atLeast: number, holds?: number): Target => times('ws', atLeast, holds);
const timesBare = (atLeast: number, holds?: number): Target => times('bare', atLeast, holds);
const cpuOf = (against: string, atMost: number, holds?: number): Target => ({
  metric: 'cpu',
  against,
  atMost,
  ...held(holds),
});

/** What the face in the shape of `ws` may cost. */
const faceTargets: readonly Target[] = [{ metric: 'cpu', of: 'ws face', against: 'harmony', atMost: 1.25 }];

function times(against: string, atLeast: number, holds: number | undefined): Target {
  return { metric: 'throughput', against, atLeast, ...held(holds) };
}

interface Holds {
  readonly bare: number;
  readonly ws: number;
}

function large(id: string, size: number, name: string, lent: number, holds: Holds): Workload {
  return {
    id,
    row: 'P3',
    title: `${name} binary echo, 8 connections, 4 in flight`,
    kind: 'echo',
    echo: { ...binary(size), connections: 8, inFlight: 4 },
    servers: ['harmony', 'harmony (lent)', 'ws face', ...everybody.filter((server) => server !== 'harmony')],
    targets: [
      timesBare(0.9, holds.bare),
      timesWs(1.3, holds.ws),
      { metric: 'cpu', of: 'harmony (lent)', against: 'bun', atMost: lent },
      ...faceTargets,
    ],
  };
}

/** Text of this size is too large for a part of a chunk, and is put together in memory before it becomes a string. */
const largeText: Workload = {
  id: 'P3 text',
  row: 'P3',
  title: '1 MiB text echo, 8 connections, 4 in flight',
  kind: 'echo',
  echo: { size: MIB, opcode: 1, connections: 8, inFlight: 4 },
  servers: ['harmony', 'ws', 'uws', 'bun', 'bare'],
  targets: [timesWs(1.3, 1.1)],
  isQuick: false,
};

function deflated(id: string, deflate: 'takeover' | 'no takeover'): Workload {
  return {
    id,
    row: 'P4',
    title: `1 KiB JSON text, permessage-deflate both ways, ${deflate === 'takeover' ? 'context takeover' : 'no context takeover'}, 8 connections, 16 in flight`,
    kind: 'echo',
    echo: { size: KIB, opcode: 1, deflate, connections: 8, inFlight: 16 },
    servers: ['harmony', 'ws', 'uws', 'bun'],
    targets: [timesWs(6, 5.2), cpuOf('bun', 1)],
  };
}

function published(id: string, inFlight: number, more: readonly Target[], atLeast: number, holds?: number): Workload {
  return {
    id,
    row: 'P5',
    title: `publish 64 B to 1000 subscribers, ${inFlight} in flight`,
    kind: 'publish',
    publish: { ...text64, subscribers: 1000, inFlight },
    servers: ['harmony', 'ws face', 'ws', 'uws', 'bun', 'deno', 'bare'],
    targets: [timesWs(atLeast, holds), ...more, ...faceTargets],
  };
}

function fromClient(id: string, message: MessageKind, name: string, inFlight: number, atLeast: number): Workload {
  return {
    id,
    row: 'P8',
    title: `client against a bare echo: ${name}, 8 connections, ${inFlight} in flight`,
    kind: 'client',
    echo: { ...message, connections: 8, inFlight },
    servers: clients,
    targets: [timesWs(atLeast)],
  };
}

function overTls(id: string, message: MessageKind, name: string, atLeast: number, holds: number): Workload {
  const shape = message.size < KIB ? { connections: 20, inFlight: 16 } : { connections: 8, inFlight: 4 };
  return {
    id,
    row: 'P9',
    title: `wss: ${name} echo, ${shape.connections} connections, ${shape.inFlight} in flight`,
    kind: 'echo',
    echo: { ...message, ...shape, isEncrypted: true },
    servers: encrypted,
    targets: [timesWs(atLeast, holds)],
    isQuick: message.size < MIB,
  };
}

function growing(connections: number): Workload {
  return {
    id: `P11 ${connections} connections`,
    row: 'P11',
    title: `64 B text echo, ${connections} connections, 16 in flight`,
    kind: 'echo',
    echo: { ...text64, connections, inFlight: 16 },
    servers: ['harmony', 'ws', 'bare'],
    targets:
      connections === 10 ? [] : [{ metric: 'cpu', against: 'bare', relativeTo: 'P11 10 connections', atMost: 1.1 }],
    isQuick: connections === 10 || connections === 1000,
  };
}

const sizes: readonly (readonly [number, string])[] = [
  [16, '16 B'],
  [256, '256 B'],
  [KIB, '1 KiB'],
  [4 * KIB, '4 KiB'],
  [16 * KIB, '16 KiB'],
  [128 * KIB, '128 KiB'],
  [MIB, '1 MiB'],
  [4 * MIB, '4 MiB'],
  [16 * MIB, '16 MiB'],
];

function sized(size: number, name: string): Workload {
  return {
    id: `P11 ${name}`,
    row: 'P11',
    title: `${name} binary echo, 8 connections, ${size < MIB ? 4 : 1} in flight`,
    kind: 'echo',
    echo: { ...binary(size), connections: size > 4 * MIB ? 4 : 8, inFlight: size < MIB ? 4 : 1 },
    servers: ['harmony', 'ws', 'bare'],
    targets: size < KIB ? [] : [timesBare(0.85, size > 4 * MIB ? 0.55 : undefined)],
    isQuick: size === KIB || size === 4 * MIB,
  };
}

function paced(percent: number): Workload {
  return {
    id: `P14 ${percent} %`,
    row: 'P14',
    title: `64 B text echo at ${percent} % of what ws can do, 50 connections, open loop`,
    kind: 'paced',
    echo: { ...text64, connections: 50, inFlight: 1 },
    part: percent / 100,
    servers: ['harmony', 'ws', 'bun', 'bare'],
    targets: [{ metric: 'p99', against: 'ws', atMost: 1 }],
    isQuick: percent === 60,
  };
}

const crowd: CrowdKind = { idle: 50_000, busy: 5_000, heartbeat: 30_000, milliseconds: 8_000, message: text64 };

export const workloads: readonly Workload[] = [
  {
    id: 'P1',
    row: 'P1',
    title: '64 B text echo, 20 connections, 16 in flight',
    kind: 'echo',
    echo: { ...text64, connections: 20, inFlight: 16 },
    servers: withFace,
    targets: [timesWs(10, 9), cpuOf('bun', 1), ...faceTargets],
  },
  {
    id: 'P2',
    row: 'P2',
    title: '64 B text echo, 50 connections, 1 in flight',
    kind: 'echo',
    echo: { ...text64, connections: 50, inFlight: 1 },
    servers: withFace,
    targets: [
      cpuOf('ws', 0.9),
      cpuOf('bare', 1.05),
      { metric: 'p99', against: 'ws', atMost: 1, holds: 1.2 },
      { metric: 'cpu', against: 'bare', atMost: 1, isStretch: true },
      ...faceTargets,
    ],
  },
  large('P3 64 KiB', 64 * KIB, '64 KiB', 0.55, { bare: 0.8, ws: 1.25 }),
  large('P3 1 MiB', MIB, '1 MiB', 0.85, { bare: 0.65, ws: 1 }),
  largeText,
  deflated('P4 takeover', 'takeover'),
  deflated('P4 no takeover', 'no takeover'),
  published('P5 8 in flight', 8, [cpuOf('bun', 1)], 8, 7.5),
  published('P5 1 in flight', 1, [cpuOf('bare', 1, 1.1), cpuOf('bun', 1.3)], 1.3, 1),
  {
    id: 'P5 deflate',
    row: 'P5',
    title: 'publish 1 KiB of JSON to 1000 subscribers, permessage-deflate with context takeover agreed, 1 in flight',
    kind: 'publish',
    publish: { size: KIB, opcode: 1, deflate: 'takeover', subscribers: 1000, inFlight: 1 },
    servers: ['harmony', 'ws face', 'ws', 'uws', 'bun'],
    targets: [],
    isQuick: false,
  },
  {
    id: 'P6',
    row: 'P6',
    title: '10,000 idle connections',
    kind: 'idle',
    connections: 10_000,
    servers: withFace,
    targets: [
      { metric: 'kib', against: 'ws', atMost: 0.7 },
      { metric: 'warm', against: 'ws', atMost: 0.65 },
      { metric: 'warm', against: 'bare', atMost: 1.15 },
      { metric: 'lasting', against: 'ws', atMost: 0.65 },
      { metric: 'lasting', against: 'bare', atMost: 1.15 },
      { metric: 'timers', atMost: 10 },
    ],
  },
  {
    id: 'P7',
    row: 'P7',
    title: 'handshakes, 16 at a time, each connection closed after it',
    kind: 'handshakes',
    servers: everybody,
    targets: [cpuOf('ws', 0.85)],
  },
  fromClient('P8 64 B', text64, '64 B text', 16, 5),
  fromClient('P8 1 MiB', binary(MIB), '1 MiB binary', 4, 1.3),
  overTls('P9 64 B', text64, '64 B text', 3, 2),
  overTls('P9 64 KiB', binary(64 * KIB), '64 KiB binary', 1.1, 0.95),
  overTls('P9 1 MiB', binary(MIB), '1 MiB binary', 1.1, 1),
  {
    id: 'P10',
    row: 'P10',
    title: "the kit's face: 64 B text echo, 20 connections, 16 in flight",
    kind: 'echo',
    echo: { ...text64, connections: 20, inFlight: 16 },
    servers: ['kit', 'harmony'],
    targets: [{ metric: 'cpu', of: 'kit', against: 'harmony', atMost: 1.25 }],
  },
  ...[10, 100, 1000, 5000].map(growing),
  ...sizes.map(([size, name]) => sized(size, name)),
  {
    id: 'P12',
    row: 'P12',
    title: 'publish 4 KiB to 1000 subscribers and one that does not read, 1 in flight',
    kind: 'slow reader',
    publish: { ...binary(4 * KIB), subscribers: 1000, inFlight: 1 },
    budget: 4 * MIB,
    seconds: 30,
    servers: ['harmony', 'ws', 'uws', 'bun'],
    targets: [
      // The garbage collector's own moods are some MiB.
      { metric: 'growth', against: 'harmony, all read', isDifference: true, atMost: 4 + 4 },
      { metric: 'p99', against: 'harmony, all read', atMost: 1.2 },
    ],
  },
  {
    id: 'P13',
    row: 'P13',
    title: 'start of a process that imports it and does nothing',
    kind: 'start',
    servers: ['harmony', 'kit', 'ws', 'undici', 'empty'],
    targets: [{ metric: 'start', against: 'ws', netOf: 'empty', atMost: 1.3 }],
  },
  ...[30, 60, 90].map(paced),
  {
    id: 'P15',
    row: 'P15',
    title: crowdTitle(crowd),
    kind: 'crowd',
    crowd,
    servers: ['harmony', 'ws', 'uws', 'bun'],
    targets: [
      { metric: 'kib', against: 'ws', atMost: 0.7 },
      { metric: 'ping', against: 'ws', atMost: 1 },
      { metric: 'delay', against: 'ws', atMost: 1 },
    ],
  },
  {
    id: 'P16',
    row: 'P16',
    title: '5,000 idle client connections of one process',
    kind: 'idle client',
    connections: 5_000,
    servers: ['harmony', 'ws', 'undici', 'bun'],
    targets: [
      { metric: 'kib', against: 'ws', atMost: 1 },
      { metric: 'cpu', against: 'ws', atMost: 1 },
    ],
  },
];

const CHECKED: ReadonlySet<string> = new Set(['P1', 'P2', 'P3', 'P4', 'P5', 'P9']);

/** Whether `--check` measures it: those that a change of the engine makes slower first, and the largest message. */
export function isChecked({ id, row, targets }: Workload): boolean {
  return (CHECKED.has(row) || id === 'P11 16 MiB') && targets.some(isHeld);
}

/** Whether `--check` judges by it: in relation to what is there without anything to install. */
export function isHeld({ against, of = 'harmony', isStretch }: Target): boolean {
  return (against === 'ws' || against === 'bare') && of === 'harmony' && isStretch !== true;
}
