// `node --import harmony-websocket/register FILE`: ArkTS logic runs on Node, unchanged. Importing this module is all there
// is to do; it exports nothing. Loading it again (a worker, a child process of `node --test`, two packages) is harmless.

import module from 'node:module';
import { load, resolve } from './hooks.ts';

/** `module.registerHooks` is there from Node 22.15 on and knows synchronous hooks, which `require()` sees too. */
const { registerHooks } = module as { registerHooks?: (hooks: { resolve: typeof resolve; load: typeof load }) => void };

const key = Symbol.for('harmony-websocket/register');
const shared = globalThis as { [key]?: true };

if (!shared[key]) {
  shared[key] = true;
  // Stack traces name lines of the `.ets` file without a flag on the command line.
  process.setSourceMapsEnabled(true);
  if (registerHooks) registerHooks({ resolve, load });
  else module.register('./hooks.js', import.meta.url);
}
