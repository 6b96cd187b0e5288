// Where this kit and the hooks are, for the thread of a worker: beside this file, or, if a bundler has put the kit into a program,
// in the package that is installed beside the program.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { workerError } from './errors.ts';

/** What the thread of a worker loads. */
export interface OwnFiles {
  /** URL of this kit. */
  readonly kit: string;
  /** URL of the hooks for `.ets` files, if there is such a file. */
  readonly register: string | undefined;
}

/**
 * Finds the files.
 *
 * @throws BusinessError 10200003 in a bundle without the package beside it
 */
export function ownFiles(): OwnFiles {
  const here = ownURL();
  const kit = kitBeside(here);
  if (kit !== undefined) {
    const hooks = new URL('../../register/index.js', here);
    return { kit: kit.href, register: existsSync(fileURLToPath(hooks)) ? hooks.href : undefined };
  }
  try {
    const { resolve } = createRequire(here);
    const [file, hooks] = [resolve('harmony-websocket/kits/worker'), resolve('harmony-websocket/register')];
    return { kit: pathToFileURL(file).href, register: pathToFileURL(hooks).href };
  } catch {
    throw workerError(
      'initialization',
      `the bundle ${fileURLToPath(here)} contains harmony-websocket, and a worker needs the package itself: install it beside ` +
        "the bundle, or leave it out of the bundle (external: ['harmony-websocket'])",
    );
  }
}

/** The folder of the kits of this package, as a URL: frames in it are not the application's. `undefined` in a bundle. */
export function ownFolder(): string | undefined {
  const here = ownURL();
  return kitBeside(here) === undefined ? undefined : new URL('../', here).href;
}

/** URL of this file, or of the bundle that it is in. Bundlers leave no URL in CommonJS, which has the name of its file. */
export function ownURL(): string {
  return (import.meta.url as string | undefined) ?? pathToFileURL(__filename).href;
}

function kitBeside(here: string): URL | undefined {
  const kit = new URL(`../worker/index.${here.endsWith('.ts') ? 'ts' : 'js'}`, here);
  return existsSync(fileURLToPath(kit)) ? kit : undefined;
}
