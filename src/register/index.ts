// `node --import harmony-websocket/register FILE` runs ArkTS logic on Node, unchanged. You only import this module; it has no
// values. Loading it again (in a worker, in a child process of `node --test`, by two packages) is harmless.

import module from 'node:module';
import { defineGlobals } from './globals.ts';
import { load, resolve } from './hooks.ts';
import { folderOfRun, startProject } from './project-start.ts';
import { explainRequire } from './required.ts';

export type { HarmonyConfig, ProvideOptions } from './project/options.ts';

/** From Node 22.15 on. Its hooks are synchronous and apply to `require()` too. */
const { registerHooks } = module as { registerHooks?: (hooks: { resolve: typeof resolve; load: typeof load }) => void };

const key = Symbol.for('harmony-websocket/register');
const shared = globalThis as { [key]?: true };

if (!shared[key]) {
  shared[key] = true;
  // Stack traces name lines of the `.ets` file without a flag on the command line.
  process.setSourceMapsEnabled(true);
  defineGlobals();
  explainRequire();
  const folder = folderOfRun(process.argv[1]);
  if (registerHooks) {
    registerHooks({ resolve, load });
    if (folder !== undefined) await startProject(folder);
  } else {
    // `initialize` of hooks.ts gets the folder, in the thread of the hooks.
    module.register('./hooks.js', import.meta.url, { data: folder });
  }
}
