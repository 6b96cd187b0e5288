// This package from another checkout, as one more contender: the same scripts, with its `dist/` in the place of ours. So a
// change is compared with the state before it, in the same run and on the same machine.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

const NAME = 'harmony-websocket';

/** A built checkout. */
export class OtherCheckout {
  readonly #folder: string;
  readonly #exports: Readonly<Record<string, { readonly default?: string }>>;

  /**
   * @param folder  its root, absolute or relative to the working directory
   * @throws Error that says what is missing
   */
  constructor(folder: string) {
    this.#folder = resolve(folder);
    const file = join(this.#folder, 'package.json');
    const found = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    if (found.name !== NAME)
      throw new Error(`--against ${folder} is not a checkout of ${NAME}: name the folder of one`);
    this.#exports = found.exports;
    if (!existsSync(this.#fileOf(`${NAME}/engine`))) {
      throw new Error(`--against ${folder} is not built: run npm run build in it`);
    }
  }

  /** For the compiler of children: imports of this package lead to the other's files. */
  plugin(): Plugin {
    return {
      name: 'other checkout',
      setup: (build) => {
        // All programs are compiled, but one whose entry is new here is not run from there.
        build.onResolve({ filter: new RegExp(`^${NAME}(/|$)`) }, ({ path }) => ({
          path: this.#has(path) ? pathToFileURL(this.#fileOf(path)).href : `${NAME}/absent-in-the-other-checkout`,
          external: true,
        }));
      },
    };
  }

  #has(entry: string): boolean {
    return this.#exports[`.${entry.slice(NAME.length)}`]?.default !== undefined;
  }

  /** @param entry  as it is imported, e.g. `harmony-websocket/engine` */
  #fileOf(entry: string): string {
    const target = this.#exports[`.${entry.slice(NAME.length)}`]?.default;
    if (target === undefined) throw new Error(`the other checkout has no entry ${entry}`);
    return join(this.#folder, target);
  }
}
