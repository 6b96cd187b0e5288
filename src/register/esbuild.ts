// `harmony-websocket/esbuild`: ArkTS files and kit imports in esbuild, by the rules of `harmony-websocket/register`.
// The types name the parts of esbuild that are used; the package does not depend on esbuild.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isError } from '../core/brands.ts';
import { refuseArguments } from '../core/option-check.ts';
import { deviceModule, kitFile, moduleText } from './device-module.ts';
import { guardTypeScript } from './guarded-typescript.ts';
import { inlineMap, pathFromHere, translate } from './load.ts';
import { provideModules } from './project/esbuild.ts';
import type { ProvideOptions } from './project/options.ts';
import { pluginOptions } from './project/plugin-options.ts';
import { findFile, publicEntry, publicName } from './resolve.ts';

export type { ProvideOptions } from './project/options.ts';

/** A plugin of esbuild. */
export interface EsbuildPlugin {
  /** `'harmony-websocket'` */
  name: string;
  /** Registers the callbacks for a build. */
  setup(build: EsbuildPluginBuild): Promise<void>;
}

/** The part of esbuild's `PluginBuild` that is used. */
export interface EsbuildPluginBuild {
  /** Options of the build. */
  initialOptions?: { absWorkingDir?: string | undefined };
  /** Registers a callback that finds modules. */
  onResolve(
    options: { filter: RegExp },
    callback: (args: EsbuildResolveArgs) => Promise<EsbuildResolved | undefined> | EsbuildResolved | undefined,
  ): void;
  /** Registers a callback that loads files. */
  onLoad(
    options: { filter: RegExp; namespace?: string },
    callback: (args: { path: string }) => Promise<EsbuildLoaded | undefined> | EsbuildLoaded,
  ): void;
  /** Asks esbuild and its other plugins where an import leads. */
  resolve(
    path: string,
    options: Pick<EsbuildResolveArgs, 'importer' | 'resolveDir' | 'kind' | 'pluginData'>,
  ): Promise<EsbuildResolved & Required<Pick<EsbuildResolved, 'errors'>>>;
}

/** An import to resolve. */
export interface EsbuildResolveArgs {
  /** The specifier. */
  path: string;
  /** Path of the importing file; `''` for an entry point. */
  importer: string;
  /** Folder that a relative specifier counts from. */
  resolveDir: string;
  /** How it is imported. */
  // biome-ignore lint/suspicious/noExplicitAny: esbuild has a union here that grows with its versions
  kind: any;
  /** What another plugin passed on. */
  // biome-ignore lint/suspicious/noExplicitAny: plugins put there what they like
  pluginData?: any;
}

/** Where an import leads, or why nowhere. */
export interface EsbuildResolved {
  /** Path of the file. */
  path?: string;
  /** What `path` is of, if not of a file. */
  namespace?: string;
  /** Whether it stays an import. */
  external?: boolean;
  /** Query and fragment of the specifier. */
  suffix?: string;
  /** Whether it must be kept where nothing of it is used. */
  sideEffects?: boolean;
  /** Why there is no path. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  errors?: any[];
}

/** A module, or why there is none. */
export interface EsbuildLoaded {
  /** The text, with its source map in a comment. */
  contents?: string;
  /** What `contents` is. */
  loader?: 'js' | 'ts';
  /** Folder that its imports count from. */
  resolveDir?: string;
  /** Why there is no module. */
  errors?: EsbuildMessage[];
}

/** An error for esbuild to report. */
export interface EsbuildMessage {
  /** The sentence. */
  text: string;
  /** The error itself. */
  detail: unknown;
}

/** Of modules that have names which no file has. */
const namespace = 'harmony-websocket';

/** Marks an import that this plugin gives back to esbuild. */
const ours = Symbol('harmony-websocket');

/**
 * The plugin.
 *
 * - `@kit.NetworkKit` and its like lead to this package; what they re-export is imported as `harmony-websocket`, so that
 *   the `browser` condition and `external` apply, and every import of the project sees one `webSocket`.
 * - `.ets` files are translated, with source maps. `.ts` files are esbuild's, but for checks where they use absent names.
 * - Relative imports may leave out `.ets`, `.ts` and the index file of a folder.
 * - Modules that the project provides, its mocks and packages of ohpm take the place of all others.
 */
export function harmonyWebSocket(options?: ProvideOptions): EsbuildPlugin;
export function harmonyWebSocket(given?: ProvideOptions, ...rest: unknown[]): EsbuildPlugin {
  refuseArguments('harmonyWebSocket', rest, 'the options are the first argument');
  const options = pluginOptions(given);
  return {
    name: 'harmony-websocket',
    async setup(build) {
      await provideModules(build, options);
      build.onResolve({ filter: /^@\w+[./]|^lib[^/\\]+\.so$/ }, ({ path, importer }) => {
        try {
          const found = deviceModule(path, importerURL(importer));
          if (found === undefined) return undefined;
          const { file, missing } = found;
          const isFile = file !== undefined && missing.length === 0;
          const where = isFile ? { path: fileURLToPath(file) } : { path: `${path}?${missing.join(',')}`, namespace };
          return { ...where, sideEffects: false };
        } catch (error) {
          return { errors: [report(error)] };
        }
      });

      build.onLoad({ filter: /./, namespace }, ({ path }) => {
        const [specifier, names] = path.split('?') as [string, string];
        const file = kitFile(specifier);
        const contents = moduleText(names.split(','), file && fileURLToPath(file));
        return { contents, loader: 'js', resolveDir: process.cwd() };
      });

      build.onResolve({ filter: /^\.{0,2}\/|^\.{1,2}$/ }, async (args) => {
        const from = importerURL(args.importer);
        if (from === undefined || args.pluginData === ours) return undefined;
        const { importer, resolveDir, kind } = args;
        const resolve = (path: string) => build.resolve(path, { importer, resolveDir, kind, pluginData: ours });
        const name = publicName(args.path, from);
        if (name !== undefined) {
          const entry = await resolve(publicEntry);
          if (name === publicEntry) return entry;
          return entry.external === true ? { path: name, external: true, sideEffects: false } : undefined;
        }
        // ArkTS's own rules come first in ArkTS's own files; elsewhere they are for what esbuild does not find.
        const found = findFile(args.path, from);
        if (found === undefined) return undefined;
        if (!from.endsWith('.ets') && (await resolve(args.path)).errors.length === 0) return undefined;
        return { path: fileURLToPath(found.href.replace(/[?#].*$/, '')), suffix: found.search };
      });

      build.onLoad({ filter: /\.ets$/ }, async ({ path }) => {
        try {
          const text = await readFile(path, 'utf8');
          const { code, map } = translate(text, path, basename(path), undefined, pathFromHere);
          return { contents: `${code}\n${inlineMap(map)}`, loader: 'js' };
        } catch (error) {
          return { errors: [report(error)] };
        }
      });

      build.onLoad({ filter: /\.m?ts$/, namespace: 'file' }, async ({ path }) => {
        if (/[\\/]node_modules[\\/]/.test(path)) return undefined;
        // What cannot be read is esbuild's to report.
        const text = await readFile(path, 'utf8').catch(() => '');
        const guarded = guardTypeScript(text, path, basename(path), pathFromHere);
        return guarded && { contents: `${guarded.code}${inlineMap(guarded.map)}`, loader: 'ts' };
      });
    },
  };
}

function importerURL(importer: string): string | undefined {
  return importer === '' ? undefined : pathToFileURL(importer).href;
}

function report(error: unknown): EsbuildMessage {
  return { text: isError(error) ? error.message : String(error), detail: error };
}
