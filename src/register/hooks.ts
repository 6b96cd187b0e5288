// The two hooks in the form Node calls them. The same functions serve `module.registerHooks` (in the thread, synchronous)
// and `module.register` (in its own thread, where `next` returns a promise): they pass on what `next` returns.

import { isArkTS, isOurs, type LoadedModule, loadModule } from './load.ts';
import { completeSpecifier, kitModule } from './resolve.ts';

interface ResolveContext {
  readonly conditions?: readonly string[];
  readonly parentURL?: string | undefined;
}

interface ResolvedModule {
  url: string;
  format: 'module';
  shortCircuit: true;
}

/** https://nodejs.org/api/module.html#resolvespecifier-context-nextresolve */
export function resolve<Context extends ResolveContext, Next>(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Next,
): ResolvedModule | Next {
  const url = kitModule(specifier, context.parentURL);
  if (url !== undefined) return { url, format: 'module', shortCircuit: true };
  const isRequire = context.conditions?.includes('require') ?? false;
  return next(completeSpecifier(specifier, context.parentURL, isRequire), context);
}

interface LoadContext {
  readonly format?: string | null | undefined;
}

/**
 * https://nodejs.org/api/module.html#loadurl-context-nextload
 *
 * A `.ts` file that has a format of JavaScript belongs to `tsx`, which sets the format when it resolves the file, in either
 * order of registration. Node itself gives such files no format, or one of TypeScript.
 */
export function load<Context extends LoadContext, Next>(
  url: string,
  context: Context,
  next: (url: string, context: Context) => Next,
): LoadedModule | Next {
  const hasOwner = !isArkTS(url) && (context.format === 'module' || context.format === 'commonjs');
  return isOurs(url) && !hasOwner ? loadModule(url) : next(url, context);
}
