// The package as its users get it: packed, and installed into a copy of a fixture project together with the tools that
// its package.json names, and with the transformer of ArkTS, which it has as an optional peer. Needs dist/.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/projects', import.meta.url));

// What npm and the runner of these tests tell their own processes is not for the projects; where the registry is, is.
const kept = /^npm_config_(?:registry|cache|cafile|userconfig|globalconfig|https?_proxy|noproxy)$/iu;
const dropped = /^npm_|^NODE_TEST_CONTEXT$|^NODE_OPTIONS$|^INIT_CWD$|^VITEST|^HARMONY_|^HYPIUM_|^FORCE_COLOR$/iu;
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name) || !dropped.test(name))),
  NO_COLOR: '1',
};

/** What npm says when a registry cannot be reached. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/u;

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams. */
  readonly output: string;
}

/** A running program of a project. */
export interface Program {
  readonly ended: Promise<Outcome>;
  /** Resolves with the first match in what it prints; rejects when it ends without. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
}

/** An installed project. */
export class Project {
  readonly folder: string;
  readonly #top: string;
  readonly #running = new Set<ChildProcess>();

  private constructor(folder: string) {
    this.#top = folder;
    this.folder = join(folder, 'project');
  }

  /**
   * Packs the package and installs the project `name` with it and with the shared ArkTS program.
   *
   * @returns the project, or why it cannot be had: no registry within reach
   * @throws Error with CI=true, for lack of a registry
   */
  static async install(name: string): Promise<Project | string> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-project-')));
    const project = new Project(folder);
    try {
      await project.#pack(top, 'harmony-websocket.tgz');
      await project.#pack(join(top, 'node_modules/@swc/wasm-typescript'), 'wasm-typescript.tgz');
      cpSync(join(fixtures, name), project.folder, { recursive: true });
      cpSync(join(fixtures, 'source'), join(project.folder, 'src'), { recursive: true });
      // Scripts of packages are not needed by any of them.
      const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
      // The time a file of tests may take is not for waiting on a registry that is not there.
      const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
      const { code, output } = await project.start('npm', 'install', ...flags, ...retries).ended;
      if (code === 0) return project;
      assert.match(output, unreachable, output);
      const reason = `npm install in ${name} could not reach a registry (${unreachable.exec(output)![0]}); it needs network`;
      if (process.env.CI === 'true') throw new Error(`${reason}. With CI=true no project may be skipped.`);
      project.remove();
      return reason;
    } catch (error) {
      project.remove();
      throw error;
    }
  }

  /** Starts a program in the project. */
  start(program: string, ...parameters: string[]): Program {
    return this.#start(this.folder, program, parameters);
  }

  /** Starts a program in the project, with further variables of the environment. */
  startWith(variables: Readonly<Record<string, string>>, program: string, ...parameters: string[]): Program {
    return this.#start(this.folder, program, parameters, variables);
  }

  /** Ends what runs, and removes the project. */
  remove(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.#top, { recursive: true, force: true });
  }

  /** Packs the package in `from` as the file `name` beside the project. */
  async #pack(from: string, name: string): Promise<void> {
    const packing = ['pack', '--ignore-scripts', '--pack-destination', this.#top];
    const packed = await this.#start(from, 'npm', packing).ended;
    assert.equal(packed.code, 0, packed.output);
    const [tarball] = /^[\w.-]+\.tgz$/mu.exec(packed.output) ?? assert.fail(packed.output);
    renameSync(join(this.#top, tarball), join(this.#top, name));
  }

  #start(cwd: string, program: string, parameters: readonly string[], variables = {}): Program {
    const env = { ...environment, ...variables };
    const child = spawn(program, parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    let stdout = '';
    let output = '';
    let printed = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (stream === child.stdout) stdout += text;
        output += text;
        printed();
      });
    }
    const ended = new Promise<Outcome>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        this.#running.delete(child);
        resolve({ code, stdout, output });
      });
    });
    return {
      ended,
      seen: (pattern) =>
        new Promise((resolve, reject) => {
          printed = () => {
            const match = pattern.exec(output);
            if (match !== null) resolve(match);
          };
          printed();
          ended.then(({ code }) => reject(new Error(`${program} ended with ${code}: ${output}`)), reject);
        }),
    };
  }
}
