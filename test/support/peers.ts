// Programs that nobody here wrote, which tests of interoperation, browsers and monitoring talk to. Where one is missing its tests are
// skipped with the reason; with CI=true that is a failure instead, so that a green CI run has met every peer.

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type PeerName =
  | 'chromium'
  | 'python-websockets'
  | 'libwebsockets'
  | 'nginx'
  | 'haproxy'
  | 'nats-server'
  | 'redis-server'
  | PrometheusPeer;

/** `python-prometheus`: a Python that has the module `prometheus_client`, whose parser of OpenMetrics is strict. */
type PrometheusPeer = 'prometheus' | 'promtool' | 'python-prometheus';

/** An installed peer, or why its tests are skipped. Give `skip` to `describe` or `test`. */
export interface Peer {
  /** Absolute path of the program; for the Python peers a Python that has the module. `''` when skipped. */
  readonly path: string;
  readonly skip: string | false;
}

interface Search {
  /** Debian's package, for the remedy. */
  readonly package: string;
  /** Names on PATH, or absolute paths, in order of preference. */
  readonly programs: readonly string[];
  /** Whether a program that was found will do. */
  readonly works?: (path: string) => boolean;
}

const searches: Record<PeerName, Search> = {
  chromium: { package: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  // Another Python may come first on PATH; Debian's module belongs to Debian's Python.
  'python-websockets': {
    package: 'python3-websockets',
    programs: ['/usr/bin/python3', 'python3'],
    works: (python) => spawnSync(python, ['-c', 'import websockets.client, websockets.server']).status === 0,
  },
  libwebsockets: { package: 'libwebsockets-test-server', programs: ['libwebsockets-test-server'] },
  haproxy: { package: 'haproxy', programs: ['haproxy', '/usr/sbin/haproxy'] },
  'nats-server': { package: 'nats-server', programs: ['nats-server', '/usr/sbin/nats-server'] },
  nginx: { package: 'nginx', programs: ['nginx', '/usr/sbin/nginx'] },
  'redis-server': { package: 'redis-server', programs: ['redis-server', '/usr/bin/redis-server'] },
  prometheus: { package: 'prometheus', programs: ['prometheus'] },
  promtool: { package: 'prometheus', programs: ['promtool'] },
  'python-prometheus': {
    package: 'python3-prometheus-client',
    programs: ['/usr/bin/python3', 'python3'],
    works: (python) => spawnSync(python, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0,
  },
};

/**
 * Finds a peer.
 *
 * @throws Error with CI=true, when it is missing
 */
export function peer(name: PeerName): Peer {
  const search = searches[name];
  for (const program of search.programs) {
    const path = locate(program);
    if (path !== undefined && (search.works?.(path) ?? true)) return { path, skip: false };
  }
  const reason = `${name} is not installed (tried ${search.programs.join(', ')}); Debian: apt-get install ${search.package}`;
  if (process.env.CI === 'true') throw new Error(`${reason}. With CI=true no peer may be missing.`);
  return { path: '', skip: reason };
}

function locate(program: string): string | undefined {
  const folders = program.startsWith('/') ? [''] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
