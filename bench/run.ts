// A run: the chosen workloads one after the other, each with all of its contenders at once.

import { capacityOf } from './capacity.ts';
import { makeCertificate } from './harness/certificate.ts';
import { LoadingClient } from './harness/clients.ts';
import { type Contender, compare } from './harness/contender.ts';
import { ForeignUse } from './harness/foreign-use.ts';
import { IdleClients } from './harness/idle-clients.ts';
import { type Head, type Measure, openFilesLimit } from './harness/machine.ts';
import { commandOf, engineOf, isOurs, otherOf, type PeerName, profileOf } from './harness/peers.ts';
import { serverContenders } from './harness/servers.ts';
import { StartedProgram } from './harness/starts.ts';
import { scaledTo } from './scale.ts';
import { judge, type Outcomes, type Verdict } from './targets.ts';
import { crowdTitle, type Workload } from './workload.ts';

export interface RunSettings extends Measure {
  readonly warmUp: number;
  readonly isQuick: boolean;
  /** Only these; absent: all of the workload. */
  readonly servers?: readonly string[] | undefined;
  /** Whether each of ours runs from another checkout, too. */
  readonly hasOther?: boolean;
  /** Where Node children write CPU profiles. */
  readonly profiles?: string | undefined;
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

/** Kinds whose contenders have their connections only in their own round. */
const ONE_BY_ONE: ReadonlySet<Workload['kind']> = new Set(['idle', 'crowd', 'idle client', 'start']);

/** Descriptors other than sockets. */
const OTHER_FILES = 100;

export async function measureRow(
  workload: Workload,
  settings: RunSettings,
  head: Head,
  others: Map<string, Outcomes>,
): Promise<Row> {
  const use = new ForeignUse();
  const allowed = openFilesLimit();
  const scaled = scaledTo(settings.isQuick ? quickly(workload) : workload, allowed - OTHER_FILES);
  const connections = connectionsOf(scaled);
  const contenders = new Map<string, Contender>();
  const chosen = scaled.servers.filter((name) => settings.servers?.includes(name) ?? true);
  const names = chosen.flatMap((name) => withOther(name, settings));
  const atOnce = ONE_BY_ONE.has(scaled.kind) ? 1 : names.length * (scaled.kind === 'slow reader' ? 2 : 1);
  const needed = connections * atOnce + OTHER_FILES;
  if (needed > allowed) {
    const failure = `needs ${needed} open files in one process, ${allowed} are allowed (ulimit -n)`;
    const outcomes = Object.fromEntries(names.map((name) => [name, { failure }]));
    return rowOf(scaled, outcomes, settings, head, others);
  }
  const capacity = scaled.kind === 'paced' ? await capacityOf(scaled.echo, settings) : 0;
  for (const name of names)
    for (const [label, contender] of contendersOf(scaled, name, settings, capacity)) contenders.set(label, contender);
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
  const { id, row, title, kind, targets } = workload;
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

function contendersOf(
  workload: Workload,
  name: PeerName,
  settings: RunSettings,
  capacity: number,
): [string, Contender][] {
  const command = (kind: 'server' | 'client' | 'start') => (): ReturnType<typeof commandOf> =>
    commandOf(kind, name, settings.node, flagsOf(name, settings));
  switch (workload.kind) {
    case 'client':
      return [[name, new LoadingClient(command('client'), workload.echo)]];
    case 'idle client':
      return [[name, new IdleClients(command('client'), workload.connections)]];
    case 'start':
      return [[name, new StartedProgram(command('start'))]];
    default: {
      const isEncrypted = workload.kind === 'echo' && workload.echo.isEncrypted === true;
      const tls = isEncrypted ? certificate() : undefined;
      return serverContenders(workload, { name, command: command('server'), tls, engine: engineOf(name), capacity });
    }
  }
}

function flagsOf(name: PeerName, { profiles, nodeFlags = [] }: RunSettings): string[] {
  const own = isOurs(name) ? nodeFlags : [];
  if (profiles === undefined) return [...own];
  return [...own, '--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${profileOf(name)}`];
}

let made: { cert: string; key: string } | undefined;

function certificate(): { cert: string; key: string } {
  made ??= makeCertificate();
  return made;
}

/** Rounds of rows whose rounds are a process each and take seconds. */
const FEW = 3;
/** Processes that start in the place of a round. */
const STARTS_EACH = 4;

/** Rounds of memory have no length, and the slow reader has its time in all rounds together. */
function roundsOf(workload: Workload, settings: RunSettings): { count: number; milliseconds: number; warmUp: number } {
  const { rounds: count, milliseconds, warmUp } = settings;
  switch (workload.kind) {
    case 'idle':
      return { count: settings.isQuick ? 1 : Math.min(count, FEW), milliseconds: 0, warmUp: 0 };
    case 'idle client':
      return { count: settings.isQuick ? 1 : Math.min(count, FEW), milliseconds, warmUp: 0 };
    case 'crowd':
      return { count: 1, milliseconds: 0, warmUp: 0 };
    case 'start':
      return { count: count * STARTS_EACH, milliseconds: 0, warmUp: 0 };
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
    case 'paced':
      return workload.echo.connections;
    case 'idle':
    case 'idle client':
      return workload.connections;
    case 'crowd':
      return workload.crowd.idle + workload.crowd.busy;
    case 'handshakes':
      return 16;
    case 'start':
      return 0;
  }
}

function sizeOf(workload: Workload): number {
  switch (workload.kind) {
    case 'echo':
    case 'client':
    case 'paced':
      return workload.echo.size;
    case 'crowd':
      return workload.crowd.message.size;
    case 'publish':
    case 'slow reader':
      return workload.publish.size;
    default:
      return 0;
  }
}

/** Whom a quick run leaves in: ourselves, our classes in the shape of `ws`, `ws` itself, the bare socket, and those whom a target names. */
function quickly(workload: Workload): Workload {
  const targets = workload.targets.flatMap(({ of = 'harmony', against = of }) => [of, against]);
  const named = new Set<string>(['harmony', 'ws face', 'ws', 'bare', 'empty', ...targets]);
  const servers = workload.servers.filter((name) => named.has(name));
  if (workload.kind === 'idle') return { ...workload, title: '2,000 idle connections', connections: 2_000, servers };
  if (workload.kind === 'idle client')
    return { ...workload, title: '500 idle client connections', connections: 500, servers };
  if (workload.kind === 'crowd') {
    const crowd = { ...workload.crowd, idle: 2_000, busy: 200, heartbeat: 4_000, milliseconds: 500 };
    return { ...workload, title: crowdTitle(crowd), crowd, servers };
  }
  if (workload.kind === 'slow reader') return { ...workload, servers: ['harmony'], seconds: 4 };
  return { ...workload, servers };
}
