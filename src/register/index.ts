// `node --import harmony-websocket/register FILE` runs ArkTS logic on Node, unchanged. You only import this module; it exports
// nothing. Loading it again (in a worker, in a child process of `node --test`, by two packages) is harmless.

import module from 'node:module';
import { load, resolve } from './hooks.ts';

/** From Node 22.15 on. Its hooks are synchronous and apply to `require()` too. */
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
