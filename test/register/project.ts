// A project in its own folder, with this package installed in it as npm would link it: the tests of
// `harmony-websocket/register` run real files in a real node process.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Outcome {
  /** Exit code; `null` when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  /** Absolute path without symbolic links, as stack traces show it. */
  readonly folder: string;
  /** Runs node in the folder with these parameters. */
  node(...parameters: string[]): Promise<Outcome>;
  /** Runs `node --import harmony-websocket/register FILE`. */
  run(file: string): Promise<Outcome>;
}

/** Creates the project from its files (path → text); it is removed when the test ends. */
export function project(context: TestContext, files: Record<string, string>): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-register-')));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'harmony-websocket'), 'junction');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  // What the runner of these tests tells its own processes is not for the project's.
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, HYPIUM_TIMEOUT: ___, ...env } = process.env;
  const node = (...parameters: string[]) =>
    new Promise<Outcome>((resolve) => {
      const child = execFile(process.execPath, parameters, { cwd: folder, env }, (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      });
    });
  return { folder, node, run: (file) => node('--import', 'harmony-websocket/register', file) };
}
