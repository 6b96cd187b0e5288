// `harmony-websocket/vite`: ArkTS files and kit imports in Vite (dev server and build) and Vitest, by the rules of
// `harmony-websocket/register`. The types name the parts of Vite that are used; the package does not depend on Vite.

import type { IncomingMessage } from 'node:http';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { refuseArguments } from '../core/option-check.ts';
import { type DeviceModule, deviceModule, kitFile, moduleText } from './device-module.ts';
import { guardTypeScript } from './guarded-typescript.ts';
import { suiteNames } from './hypium/suites.ts';
import { pathFromHere, translate } from './load.ts';
import type { ProvideOptions } from './project/options.ts';
import { pluginOptions } from './project/plugin-options.ts';
import { ViteProject } from './project/vite.ts';
import { findFile, kitFolder, publicEntry, publicName } from './resolve.ts';

export type { ProvideOptions } from './project/options.ts';

/** A plugin of Vite. */
export interface VitePlugin {
  /** `'harmony-websocket'` */
  name: string;
  /** Runs before plugins that have no order. */
  enforce: 'pre';
  /** Opens the project of DevEco, if there is one. Gives settings that are added to those of Vite. */
  config(config: { root?: string }): Promise<object>;
  /** Has the dev server translate `.ets` files that a page loads as a script. */
  configureServer(server: ViteDevServerLike): void;
  /** Finds kit modules, and files that are named without an extension. */
  resolveId(
    this: VitePluginContext,
    source: string,
    importer: string | undefined,
    options: object,
  ): Promise<VitePluginResolved | null | undefined>;
  /** The text of modules that exist only here. */
  load(id: string): string | undefined;
  /** Translates `.ets` files, and puts checks into `.ts` files that use absent names of a kit. */
  transform(code: string, id: string): ViteTranslation | undefined;
}

/** A changed file. */
export interface ViteTranslation {
  /** The text. */
  code: string;
  /** Source map, as JSON; `null` where each line stays in its place. */
  map: string | null;
  /** What `code` is, where the name of the file does not say it. */
  moduleType?: 'js';
}

/** The part of Vite's dev server that is used. */
export interface ViteDevServerLike {
  /** Handlers of requests. */
  middlewares: ViteMiddlewaresLike;
}

/** The part of `connect`'s server that is used. */
export interface ViteMiddlewaresLike {
  /** Adds a handler. */
  use(handler: (request: IncomingMessage, response: unknown, next: () => void) => void): unknown;
}

/** The part of a hook's `this` that is used. */
export interface VitePluginContext {
  /** Asks Vite and its other plugins where an import leads. */
  resolve(source: string, importer?: string, options?: { skipSelf: boolean }): Promise<VitePluginResolved | null>;
}

/** Where an import leads. What else Vite notes about it is passed on. */
export interface VitePluginResolved {
  /** Path of the file, or name of the module. */
  id: string;
  /** Whether it stays an import. */
  external?: boolean | 'absolute' | 'relative';
  /** Whether it must be kept where nothing of it is used. */
  moduleSideEffects?: boolean | 'no-treeshake' | null;
}

/** Modules that exist only here; the first two under Vitest. The NUL keeps other plugins away from them. */
const virtual = {
  hypium: '\0harmony-websocket:hypium',
  testFile: '\0harmony-websocket:test-file',
  /** Begins the names of modules that have names which no file has. The specifier, a colon and the names follow. */
  device: '\0harmony-websocket:device:',
} as const;

/** Path of what Vitest loads before each test file. */
const setupFile = pathOf(new URL('./vitest-setup.js', import.meta.url).href);

/** Import of the second, in the text of test files. */
const testFileSpecifier = 'virtual:harmony-websocket/test-file';

/**
 * The plugin.
 *
 * - `@kit.NetworkKit` and its like lead to this package; what they re-export is imported as `harmony-websocket`, so that
 *   the `browser` condition applies in a page and every import of the project sees one `webSocket`.
 * - `.ets` files are translated, with source maps. `.ts` files are Vite's, but for checks where they use absent names.
 * - Relative imports may leave out `.ets`, `.ts` and the index file of a folder.
 * - Under Vitest, `@ohos/hypium` declares its tests with Vitest.
 * - Modules that the project provides, its mocks and packages of ohpm take the place of all others.
 */
export function harmonyWebSocket(options?: ProvideOptions): VitePlugin;
export function harmonyWebSocket(given?: ProvideOptions, ...rest: unknown[]): VitePlugin {
  refuseArguments('harmonyWebSocket', rest, 'the options are the first argument');
  const project = new ViteProject(pluginOptions(given));
  // Set by Vitest for its own process and for those of the tests.
  const isVitest = process.env.VITEST !== undefined;
  return {
    name: 'harmony-websocket',
    enforce: 'pre',

    async config({ root = process.cwd() }) {
      const env = await project.open(resolve(root));
      return {
        // Pre-bundling would copy the package, and the copy would have its own `webSocket`.
        optimizeDeps: { exclude: [publicEntry] },
        // Vitest leaves packages to Node, where imports inside them would not come here.
        ...(isVitest
          ? { test: { env, setupFiles: [setupFile], server: { deps: { inline: [startingWith(pathOf(kitFolder))] } } } }
          : {}),
      };
    },

    configureServer({ middlewares }) {
      // Vite marks what a module imports so; a script of the page itself would be served as it is.
      middlewares.use((request, _response, next) => {
        const isScript = request.headers['sec-fetch-dest'] === 'script';
        if (isScript && /^[^?]+\.ets$/.test(request.url ?? '')) request.url += '?import';
        next();
      });
    },

    async resolveId(source, importer, options) {
      if (isVitest && source === '@ohos/hypium') return { id: virtual.hypium };
      if (source === testFileSpecifier) return { id: virtual.testFile };
      const from = importerURL(importer);
      const provided = project.find(source, from);
      if (provided !== undefined) return { id: provided };
      const device = deviceModule(source, from);
      if (device !== undefined) return { id: deviceId(source, device), moduleSideEffects: false };
      if (from === undefined) return undefined;
      if (source.startsWith(`${publicEntry}/kits/`)) {
        const entry = await this.resolve(publicEntry, importer, { ...options, skipSelf: true });
        return entry?.external ? { id: source, external: true, moduleSideEffects: false } : undefined;
      }
      // ArkTS's own rules come first in ArkTS's own files; elsewhere they are for what Vite does not find.
      if (!from.endsWith('.ets')) {
        if (!/^\.{1,2}(\/|$)/.test(source)) return undefined;
        const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
        if (resolved !== null) return resolved;
      }
      const found = findFile(source, from);
      return found && { id: pathOf(found.href) + found.search };
    },

    load(id) {
      if (id === virtual.hypium) return hypiumText();
      if (id === virtual.testFile) return testFileText();
      if (id.startsWith(virtual.device)) return deviceText(id.slice(virtual.device.length));
      return project.text(id);
    },

    transform(code, id) {
      const [path, query] = [withoutQuery(id), id.slice(withoutQuery(id).length)];
      if (/[?&](raw|url)\b/.test(query)) return undefined;
      if (isKitFile(path)) return { code: withPublicNames(code, pathToFileURL(path).href), map: null };
      if (isTypeScript(path)) return guardTypeScript(code, path, basename(path), pathFromHere);
      if (!path.endsWith('.ets')) return undefined;
      const testFile = isVitest ? { self: path, runner: testFileSpecifier } : undefined;
      const translated = translate(code, path, basename(path), testFile, pathFromHere);
      return { code: translated.code, map: translated.map, moduleType: 'js' };
    },
  };
}

/** `@ohos/hypium` over the project's Vitest. */
function hypiumText(): string {
  return [
    "import * as vitest from 'vitest';",
    `import { createSuites } from ${ourFile('./hypium/suites.js')};`,
    `import { vitestRunner } from ${ourFile('./hypium/vitest-runner.js')};`,
    `export * from ${ourFile('./hypium/names.js')};`,
    `export const { ${suiteNames.join(', ')} } = createSuites(vitestRunner(vitest));`,
  ].join('\n');
}

/** `runSuite` that knows the test file from Vitest. */
function testFileText(): string {
  return [
    "import { expect } from 'vitest';",
    `import { runSuite as run } from ${ourFile('./hypium/test-file.js')};`,
    'export const runSuite = (url, suite) => run(url, suite, expect.getState().testPath);',
  ].join('\n');
}

/** The id of a module of the device: its file, or a module that exists only here. */
function deviceId(specifier: string, { file, missing }: DeviceModule): string {
  if (file !== undefined && missing.length === 0) return pathOf(file);
  return `${virtual.device}${specifier}:${missing.join(',')}`;
}

/** The text of such a module. */
function deviceText(name: string): string {
  const [specifier, names] = name.split(':') as [string, string];
  const file = kitFile(specifier);
  return moduleText(names.split(','), file && pathOf(file));
}

/** Whether the file is one behind the kit modules. */
function isKitFile(path: string): boolean {
  return path.startsWith(pathOf(kitFolder));
}

/**
 * Names what such a file imports as a user does. Vite's dev server asks no plugin which packages it leaves to Node: it looks at
 * the name in the text.
 */
function withPublicNames(code: string, importer: string): string {
  return code.replace(/(?<=\bfrom ")[^"]+(?=")/g, (specifier) => publicName(specifier, importer) ?? specifier);
}

/** Whether Vite translates the file, as one of the project. */
function isTypeScript(path: string): boolean {
  return /(?<!\.d)\.m?ts$/.test(path) && !path.includes('/node_modules/') && !path.startsWith('\0');
}

function ourFile(path: string): string {
  return JSON.stringify(pathOf(new URL(path, import.meta.url).href));
}

/** A file's path as Vite writes it, with forward slashes on every system. */
function pathOf(url: string): string {
  return fileURLToPath(withoutQuery(url)).replaceAll('\\', '/');
}

/** The URL of a module that is a file, `undefined` for modules of plugins. */
function importerURL(importer: string | undefined): string | undefined {
  if (importer === undefined || importer.startsWith('\0')) return undefined;
  return pathToFileURL(withoutQuery(importer)).href;
}

function withoutQuery(id: string): string {
  return id.replace(/[?#].*$/, '');
}

function startingWith(path: string): RegExp {
  return new RegExp(`^${path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`);
}
