// The two hooks in the form Node calls them. The same functions serve `module.registerHooks` (in the thread, synchronous)
// and `module.register` (in its own thread, where `next` returns a promise): they pass on what `next` returns.

import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { type DeviceModule, deviceModule, moduleText } from './device-module.ts';
import { guardLoaded } from './guarded-typescript.ts';
import { loadInstalled } from './installed-script.ts';
import { isPlainJson, loadJson } from './json.ts';
import { partsText } from './kit-parts.ts';
import { isArkTS, isOurs, type LoadedModule, loadModule } from './load.ts';
import { fileOfText } from './made-files.ts';
import { providedModule, startProject } from './project-start.ts';
import { completeSpecifier } from './resolve.ts';

interface ResolveContext {
  /** Node 22.15 gives the hooks of the thread a set. */
  readonly conditions?: Iterable<string>;
  readonly parentURL?: string | undefined;
}

interface ResolvedModule {
  url: string;
  format: 'module';
  shortCircuit: true;
}

/**
 * Called once where the hooks have their own thread, before the first import.
 *
 * @param folder  The folder of the run, where there is a project.
 */
export async function initialize(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await startProject(folder);
}

/** https://nodejs.org/api/module.html#resolvespecifier-context-nextresolve */
export function resolve<Context extends ResolveContext, Next>(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Next,
): ResolvedModule | Next {
  const isRequire = hasCondition(context, 'require');
  const provided = providedModule(specifier, context.parentURL);
  if (provided?.path !== undefined) return next(isRequire ? provided.path : fileURL(provided.path), context);
  if (provided !== undefined && isRequire) return next(fileOfText(provided.text((path) => path)), context);
  if (provided !== undefined) return { url: textURL(provided.text(fileURL)), format: 'module', shortCircuit: true };
  const found = deviceModule(specifier, context.parentURL);
  if (found !== undefined) return { url: urlOf(specifier, found, isRequire), format: 'module', shortCircuit: true };
  return next(completeSpecifier(specifier, context.parentURL, isRequire), context);
}

/**
 * A module that is made has its text as its URL: one with names that no file has, or with some of the names of a kit. `require()`
 * links no names, and takes files only.
 */
function urlOf(specifier: string, { file, missing, names }: DeviceModule, isRequire: boolean): string {
  if (isRequire) return file ?? new URL('./kits/absent-module.js', import.meta.url).href;
  const parts = file !== undefined && names !== undefined ? partsText(specifier, file, names) : undefined;
  if (parts !== undefined) return textURL(parts);
  return file !== undefined && missing.length === 0 ? file : textURL(moduleText(missing, file));
}

function hasCondition({ conditions = [] }: { readonly conditions?: Iterable<string> }, name: string): boolean {
  return new Set(conditions).has(name);
}

function fileURL(path: string): string {
  return pathToFileURL(path).href;
}

function textURL(text: string): string {
  return `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`;
}

interface LoadContext {
  readonly format?: string | null | undefined;
  readonly importAttributes?: { readonly type?: string } | undefined;
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
  const installed = loadInstalled(url);
  if (installed !== undefined) return installed;
  if (isPlainJson(url, context)) return loadJson(url);
  if (!isOurs(url)) return next(url, context);
  const hasOwner = !isArkTS(url) && (context.format === 'module' || context.format === 'commonjs');
  if (!hasOwner) return loadModule(url);
  const loaded = next(url, context);
  return types.isPromise(loaded)
    ? (loaded.then((module) => guardLoaded(url, module)) as Next)
    : guardLoaded(url, loaded);
}
