// A run: the chosen workloads one after the other, each with all of its contenders at once.

import { makeCertificate } from './harness/certificate.ts';
import { LoadingClient } from './harness/clients.ts';
import { type Contender, compare } from './harness/contender.ts';
import { ForeignUse } from './harness/foreign-use.ts';
import { type Head, type Measure, openFilesLimit } from './harness/machine.ts';
import { commandOf, otherOf, type PeerName } from './harness/peers.ts';
import { serverContenders } from './harness/servers.ts';
import { judge, type Outcomes, type Verdict } from './targets.ts';
import type { Target, Workload } from './workloads.ts';

export interface RunSettings extends Measure {
  readonly warmUp: number;
  readonly isQuick: boolean;
  /** Only these; absent: all of the workload. */
  readonly servers?: readonly string[] | undefined;
  /** Whether each of ours runs from another checkout, too. */
  readonly hasOther?: boolean;
  /** Where Node children write CPU profiles. */
  readonly profiles?: string | undefined;
  /** Which targets are looked at. */
  readonly isWanted?: (target: Target) => boolean;
}

/** One workload, measured. */
export interface Row {
  readonly id: string;
  readonly row: string;
  readonly title: string;
  /** Major version of Node. */
  readonly node: string;
  readonly kind: Workload['kind'];
  /** Bytes of a message; 0 where there is none. */
  readonly size: number;
  readonly connections: number;
  readonly outcomes: Outcomes;
  readonly verdicts: readonly Verdict[];
  readonly head: Head;
  /** The part of the machine that others used meanwhile, 0 to 1. Absent: nobody knows. */
  readonly foreign?: number | undefined;
}

/** Descriptors other than sockets. */
const OTHER_FILES = 100;

export async function measureRow(
  workload: Workload,
  settings: RunSettings,
  head: Head,
  others: Map<string, Outcomes>,
): Promise<Row> {
  const use = new ForeignUse();
  const scaled = settings.isQuick ? quickly(workload) : workload;
  const allowed = openFilesLimit();
  const connections = connectionsOf(scaled);
  const contenders = new Map<string, Contender>();
  const chosen = scaled.servers.filter((name) => settings.servers?.includes(name) ?? true);
  const names = chosen.flatMap((name) => withOther(name, settings));
  const atOnce = scaled.kind === 'idle' ? 1 : names.length * (scaled.kind === 'slow reader' ? 2 : 1);
  const needed = connections * atOnce + OTHER_FILES;
  if (needed > allowed) {
    const failure = `needs ${needed} open files in one process, ${allowed} are allowed (ulimit -n)`;
    const outcomes = Object.fromEntries(names.map((name) => [name, { failure }]));
    return rowOf(scaled, outcomes, settings, head, others);
  }
  for (const name of names)
    for (const [label, contender] of contendersOf(scaled, name, settings)) contenders.set(label, contender);
  const outcomes = Object.fromEntries(await compare(contenders, roundsOf(scaled, settings)));
  return { ...rowOf(scaled, outcomes, settings, head, others), foreign: use.share() };
}

/** `name`, and the same from the other checkout where one is to be compared. */
function withOther(name: PeerName, { hasOther }: RunSettings): PeerName[] {
  const other = hasOther === true ? otherOf(name) : undefined;
  return other === undefined ? [name] : [name, other];
}

function rowOf(
  workload: Workload,
  outcomes: Outcomes,
  settings: RunSettings,
  head: Head,
  others: Map<string, Outcomes>,
): Row {
  others.set(workload.id, outcomes);
  const targets = workload.targets.filter(settings.isWanted ?? (() => true));
  const { id, row, title, kind } = workload;
  return {
    id,
    row,
    title,
    node: settings.node.major,
    kind,
    size: sizeOf(workload),
    connections: connectionsOf(workload),
    outcomes,
    verdicts: targets.map((target) => judge(target, outcomes, others)),
    head,
  };
}

function contendersOf(workload: Workload, name: PeerName, settings: RunSettings): [string, Contender][] {
  if (workload.kind === 'client') {
    return [
      [name, new LoadingClient(() => commandOf('client', name, settings.node, flagsOf(name, settings)), workload.echo)],
    ];
  }
  const isEncrypted = workload.kind === 'echo' && workload.echo.isEncrypted === true;
  const command = (): ReturnType<typeof commandOf> => commandOf('server', name, settings.node, flagsOf(name, settings));
  return serverContenders(workload, { name, command, tls: isEncrypted ? certificate() : undefined });
}

function flagsOf(name: PeerName, { profiles }: RunSettings): string[] {
  if (profiles === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name.replaceAll(' ', '')}.cpuprofile`];
}

let made: { cert: string; key: string } | undefined;

function certificate(): { cert: string; key: string } {
  made ??= makeCertificate();
  return made;
}

/** Rounds of memory have no length, and the slow reader has its time in all rounds together. */
function roundsOf(workload: Workload, settings: RunSettings): { count: number; milliseconds: number; warmUp: number } {
  const { rounds: count, milliseconds, warmUp } = settings;
  switch (workload.kind) {
    case 'idle':
      return { count: settings.isQuick ? 1 : count, milliseconds: 0, warmUp: 0 };
    case 'slow reader':
      return { count, milliseconds: (workload.seconds * 1000) / count, warmUp: Math.max(warmUp, 1) };
    default:
      return { count, milliseconds, warmUp };
  }
}

/** Connections that load and server hold at a time. */
function connectionsOf(workload: Workload): number {
  switch (workload.kind) {
    case 'echo':
    case 'client':
      return workload.echo.connections;
    case 'publish':
    case 'slow reader':
      return workload.publish.subscribers + 2;
    case 'idle':
      return workload.connections;
    case 'handshakes':
      return 16;
  }
}

function sizeOf(workload: Workload): number {
  switch (workload.kind) {
    case 'echo':
    case 'client':
      return workload.echo.size;
    case 'publish':
    case 'slow reader':
      return workload.publish.size;
    default:
      return 0;
  }
}

/** Whom a quick run leaves in: ourselves, `ws`, the bare socket, and those whom a target names. */
function quickly(workload: Workload): Workload {
  const targets = workload.targets.flatMap(({ of = 'harmony', against = of }) => [of, against]);
  const named = new Set<string>(['harmony', 'ws', 'bare', ...targets]);
  const servers = workload.servers.filter((name) => named.has(name));
  if (workload.kind === 'idle') return { ...workload, title: '2,000 idle connections', connections: 2_000, servers };
  if (workload.kind === 'slow reader') return { ...workload, servers: ['harmony'], seconds: 4 };
  return { ...workload, servers };
}
