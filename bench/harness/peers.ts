// What is compared, by name: which script in which runtime. Others' packages are those of `peers/package.json`; what
// cannot be had is said in its row, and the rest runs.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from './child.ts';
import { compiled } from './compile.ts';
import { type NodeProgram, nodeProgram } from './nodes.ts';

const peers = fileURLToPath(new URL('../peers/', import.meta.url));
const top = fileURLToPath(new URL('../../', import.meta.url));

interface Peer {
  readonly script: string;
  readonly runtime: 'node' | 'bun' | 'deno';
  readonly environment?: Readonly<Record<string, string>>;
  /** Packages that it is nothing without, the one it is named after first. */
  readonly packages: readonly string[];
  /** This package from another checkout (`--against`). */
  readonly isOther?: boolean;
  /** The only major version of Node that it runs on. */
  readonly major?: string;
  /** Further options for our own server. */
  readonly engine?: object;
}

const noBufferUtil = { WS_NO_BUFFER_UTIL: '1' };

const SERVERS = {
  harmony: { script: 'servers/harmony.ts', runtime: 'node', packages: [] },
  'harmony (other)': { script: 'servers/harmony.ts', runtime: 'node', packages: [], isOther: true },
  'harmony (lent)': {
    script: 'servers/harmony.ts',
    runtime: 'node',
    packages: [],
    engine: { binaryMessages: 'lent', overwriteLent: false },
  },
  'ws face': { script: 'servers/ws-face.ts', runtime: 'node', packages: [] },
  'ws face (other)': { script: 'servers/ws-face.ts', runtime: 'node', packages: [], isOther: true },
  kit: { script: 'servers/kit.ts', runtime: 'node', packages: [] },
  'kit (other)': { script: 'servers/kit.ts', runtime: 'node', packages: [], isOther: true },
  ws: { script: 'peers/ws.ts', runtime: 'node', environment: noBufferUtil, packages: ['ws'] },
  'ws + bufferutil': { script: 'peers/ws.ts', runtime: 'node', packages: ['ws', 'bufferutil'] },
  websocket: { script: 'peers/websocket.ts', runtime: 'node', packages: ['websocket'] },
  bun: { script: 'peers/bun.ts', runtime: 'bun', packages: ['bun'] },
  deno: { script: 'peers/deno.ts', runtime: 'deno', packages: ['deno'] },
  uws: { script: 'peers/uws.ts', runtime: 'node', packages: ['@trufflesuite/uws-js-unofficial'], major: '20' },
  bare: { script: 'servers/bare.ts', runtime: 'node', packages: [] },
} as const satisfies Record<string, Peer>;

const CLIENTS = {
  harmony: { script: 'clients/harmony.ts', runtime: 'node', packages: [] },
  'harmony (other)': { script: 'clients/harmony.ts', runtime: 'node', packages: [], isOther: true },
  ws: { script: 'peers/ws-client.ts', runtime: 'node', environment: noBufferUtil, packages: ['ws'] },
  'ws + bufferutil': { script: 'peers/ws-client.ts', runtime: 'node', packages: ['ws', 'bufferutil'] },
  undici: { script: 'peers/undici-client.ts', runtime: 'node', packages: ['undici'] },
  bun: { script: 'peers/global-client.ts', runtime: 'bun', packages: ['bun'] },
  deno: { script: 'peers/global-client.ts', runtime: 'deno', packages: ['deno'] },
  bare: { script: 'clients/bare.ts', runtime: 'node', packages: [] },
} as const satisfies Record<string, Peer>;

/** Programs that only start. */
const STARTS = {
  harmony: { script: 'servers/start-engine.ts', runtime: 'node', packages: [] },
  'harmony (other)': { script: 'servers/start-engine.ts', runtime: 'node', packages: [], isOther: true },
  kit: { script: 'servers/start-kit.ts', runtime: 'node', packages: [] },
  'kit (other)': { script: 'servers/start-kit.ts', runtime: 'node', packages: [], isOther: true },
  ws: { script: 'peers/start-ws.ts', runtime: 'node', environment: noBufferUtil, packages: ['ws'] },
  undici: { script: 'peers/start-undici.ts', runtime: 'node', packages: ['undici'] },
  empty: { script: 'servers/start-empty.ts', runtime: 'node', packages: [] },
} as const satisfies Record<string, Peer>;

const KINDS = { server: SERVERS, client: CLIENTS, start: STARTS };

export type ServerName = keyof typeof SERVERS;
export type ClientName = keyof typeof CLIENTS;
export type PeerName = ServerName | ClientName | keyof typeof STARTS;

/** In the order in which rows are printed. */
export const peerNames = [
  ...new Set([...Object.keys(SERVERS), ...Object.keys(CLIENTS), ...Object.keys(STARTS)]),
] as readonly PeerName[];

/** How a name is printed. */
export const labels: Readonly<Partial<Record<PeerName, string>>> = {
  harmony: 'harmony-websocket',
  'harmony (other)': 'harmony-websocket (other)',
  'harmony (lent)': 'harmony-websocket (lent)',
  'ws face': 'harmony-websocket (ws)',
  'ws face (other)': 'harmony-websocket (ws, other)',
  kit: 'harmony-websocket (kit)',
  'kit (other)': 'harmony-websocket (kit, other)',
  uws: 'uWebSockets.js 20.30 (on Node 20)',
  bun: 'Bun',
  deno: 'Deno',
  bare: 'bare Node socket',
  empty: 'nothing imported',
};

export function labelOf(name: string): string {
  const [peer = '', ...rest] = name.split(',');
  return [labels[peer as PeerName] ?? peer, ...rest].join(',');
}

const all: readonly Peer[] = [...Object.values(SERVERS), ...Object.values(CLIENTS), ...Object.values(STARTS)];

/** All scripts of children, for the compiler. */
export const scripts: readonly string[] = [...new Set(all.map(({ script }) => script))];

/** Those that are also run with another checkout of this package. */
export const otherScripts: readonly string[] = [
  ...new Set(all.filter(({ isOther }) => isOther === true).map(({ script }) => script)),
];

/** Versions of Node that some of these need, whichever is measured. */
export function majorsOf(names: readonly PeerName[]): string[] {
  const majors = names.flatMap((name) => (SERVERS[name as 'ws'] as Peer | undefined)?.major ?? []);
  return [...new Set(majors)];
}

/** Whether it is this package, from this checkout. */
export function isOurs(name: PeerName): boolean {
  return /^(?:harmony|kit|ws face)/u.test(name) && !name.includes('other');
}

/** Name of the file with a CPU profile of it. */
export function profileOf(name: string): string {
  return `${name.replaceAll(' ', '')}.cpuprofile`;
}

/** Further options of our own server by that name. */
export function engineOf(name: PeerName): object | undefined {
  return (SERVERS[name as 'ws'] as Peer | undefined)?.engine;
}

/** The contender that is the same from another checkout. `undefined`: `name` is not this package's. */
export function otherOf(name: string): PeerName | undefined {
  return peerNames.find((other) => other === `${name} (other)`);
}

/** The one platform for which the package of Node is: elsewhere npm leaves it out. */
const hasNodeOfPeers = process.platform === 'linux' && process.arch === 'x64';

/** Installs others' packages where they are missing. @returns what went wrong */
export function installPeers(): string | undefined {
  const { devDependencies, optionalDependencies } = JSON.parse(readFileSync(`${peers}package.json`, 'utf8'));
  const wanted: Record<string, string> = { ...devDependencies, ...(hasNodeOfPeers ? optionalDependencies : {}) };
  const isCurrent = Object.entries(wanted).every(
    ([name, version]) => versionOf(name) === version.slice(version.lastIndexOf('@') + 1),
  );
  if (isCurrent) return undefined;
  console.error(
    'installing what is compared with (bench/peers/package.json, some 400 MB: Node, Bun and Deno are in it) …',
  );
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci'], {
    cwd: peers,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
  });
  if (status === 0) return undefined;
  return `npm ci in bench/peers ${error === undefined ? `ended with ${status}` : `failed: ${error.message}`}; rows without its packages are marked`;
}

/** Version of a package that the peers use. `undefined`: it is not there. */
export function versionOf(name: string): string | undefined {
  // `ws` is also what the tests of this package use.
  const file = [`${peers}node_modules/${name}/package.json`, `${top}node_modules/${name}/package.json`].find(
    existsSync,
  );
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')).version as string);
}

/** Versions of everything that is compared, and of the Node that runs children. */
export function versions({ version, v8 }: NodeProgram): Record<string, string> {
  const names = new Set(all.flatMap(({ packages }) => packages));
  const found: Record<string, string> = { node: version, v8 };
  for (const name of names) found[name] = versionOf(name) ?? 'not installed';
  return found;
}

/**
 * How to run one.
 *
 * @param node   for what runs on Node
 * @param flags  for Node, e.g. to write a profile
 * @throws Error that says what is missing
 */
export function commandOf(
  kind: keyof typeof KINDS,
  name: PeerName,
  node: NodeProgram,
  flags: readonly string[] = [],
): Command {
  const peer: Peer | undefined = KINDS[kind][name as 'ws'];
  if (peer === undefined) throw new Error(`there is no ${kind} of ${name}`);
  const missing = peer.packages.find((wanted) => versionOf(wanted) === undefined);
  if (missing !== undefined) throw new Error(`${missing} is not installed (npm ci in bench/peers)`);
  const script = compiled(peer.script, peer.isOther);
  const { environment } = peer;
  if (peer.runtime === 'node') {
    const { binary } = peer.major === undefined || peer.major === node.major ? node : nodeProgram(peer.major, false);
    return { binary, parameters: ['--expose-gc', ...flags, script], environment };
  }
  const binary = binaryOf(peer.runtime);
  if (peer.runtime === 'bun') return { binary, parameters: ['run', script], environment };
  return { binary, parameters: ['run', '--allow-all', '--no-lock', '--v8-flags=--expose-gc', script], environment };
}

/** The runtime itself; what npm links to may be a script that starts it. */
function binaryOf(runtime: 'bun' | 'deno'): string {
  const platform = `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`;
  const places =
    runtime === 'bun'
      ? [`bun/bin/bun.exe`, `@oven/bun-${platform}/bin/bun`]
      : [`@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}/deno`];
  for (const place of places) {
    const binary = `${peers}node_modules/${place}`;
    if (existsSync(binary) && spawnSync(binary, ['--version']).status === 0) return binary;
  }
  throw new Error(`${runtime} has no binary for ${process.platform} ${process.arch} that runs here`);
}
