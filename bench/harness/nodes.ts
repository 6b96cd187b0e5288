// Which Node runs the children: those of each major version that the package supports. The default is a dependency of
// `bench/peers/`, in one exact version, so that figures of different days are of the same Node.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findNode, installedNode } from '../../scripts/nodes.ts';

/** Major versions that may be asked for, the oldest first. */
export const majors: readonly string[] = ['20', '22', '24', '26'];
/** What README.md and docs/performance.md show. */
export const defaultMajor = '26';

/** Installed with the peers, on the one platform that its package is for. */
const ofPeers = fileURLToPath(new URL('../peers/node_modules/node-26/bin/node', import.meta.url));

export interface NodeProgram {
  /** E.g. `26`. */
  readonly major: string;
  readonly binary: string;
  /** E.g. `26.12.1`. */
  readonly version: string;
  readonly v8: string;
}

/**
 * Finds the Node of a major version: the one that is installed with the peers, the one that runs this, or one that
 * `npm run test:nodes` uses; installs it if there is none.
 *
 * @throws Error that says what to do
 */
export function nodeProgram(major: string, mayInstall: boolean): NodeProgram {
  const candidates = [
    ...(major === defaultMajor && existsSync(ofPeers) ? [ofPeers] : []),
    ...(isRunning(major) ? [process.execPath] : []),
    ...[findNode(major) ?? []].flat(),
  ];
  // A binary may be for another C library than this system's.
  for (const binary of candidates) {
    const program = programAt(binary, major);
    if (program !== undefined) return program;
  }
  const advice = `run this with Node ${major}, or choose the one that runs it with --node ${runningMajor()}`;
  if (!mayInstall) throw new Error(`Node ${major} is not installed: leave out --no-install, ${advice}`);
  try {
    const program = programAt(installedNode(major), major);
    if (program !== undefined) return program;
  } catch (error) {
    throw new Error(`${(error as Error).message}; or ${advice}`);
  }
  throw new Error(`the binary of Node ${major} from the npm registry does not run on this system: ${advice}`);
}

/** @throws Error with what that Node says of `flags` when it does not start with them */
export function takesFlags({ binary, version }: NodeProgram, flags: readonly string[]): void {
  if (flags.length === 0) return;
  const { status, stderr } = spawnSync(binary, [...flags, '-e', '0'], { encoding: 'utf8', timeout: 10_000 });
  if (status === 0) return;
  const [said = 'nothing'] = stderr.split('\n').filter((line) => line.trim() !== '');
  throw new Error(
    `Node ${version} does not start with --node-flags ${JSON.stringify(flags.join(' '))}; it says: ${said}`,
  );
}

/** Whether this process is of that version. */
export function isRunning(major: string): boolean {
  return runningMajor() === major;
}

function runningMajor(): string {
  return process.versions.node.split('.')[0] as string;
}

function programAt(binary: string, major: string): NodeProgram | undefined {
  try {
    const text = execFileSync(binary, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8', stdio: 'pipe' });
    const { node, v8 } = JSON.parse(text) as { node: string; v8: string };
    return node.split('.')[0] === major ? { major, binary, version: node, v8 } : undefined;
  } catch {
    return undefined;
  }
}
