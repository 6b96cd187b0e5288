// The resolve hook: kit modules, and relative imports written the way ArkTS writes them, without an extension.
// Node refuses `@kit.NetworkKit` as a package name before it looks anywhere, so these names must never reach it.

import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registerError } from './errors.ts';

/** Kit modules and the files of this package behind them. The files re-export; nothing is instantiated twice. */
const kitModules: Readonly<Record<string, string>> = {
  '@kit.NetworkKit': 'network-kit',
  '@ohos.net.webSocket': 'ohos-net-websocket',
  '@kit.BasicServicesKit': 'basic-services-kit',
  '@ohos.base': 'ohos-base',
  '@kit.PerformanceAnalysisKit': 'performance-analysis-kit',
  '@ohos.hilog': 'ohos-hilog',
};

/** Names of device modules: `@kit.ArkData`, `@ohos.net.http`. A scope of the package managers (`@ohos/axios`) is none. */
const deviceModule = /^@(kit|ohos|hms|system|arkts)\.[^/]+$/;

/**
 * URL of the file behind a kit module, `undefined` for a name that is none.
 *
 * @param importer  URL of the importing module, for the error text.
 * @throws ERR_KIT_UNKNOWN for a module of the device that this package does not have.
 */
export function kitModule(specifier: string, importer?: string): string | undefined {
  if (Object.hasOwn(kitModules, specifier)) return new URL(`./kits/${kitModules[specifier]}.js`, import.meta.url).href;
  if (!deviceModule.test(specifier)) return undefined;
  throw registerError('ERR_KIT_UNKNOWN', specifier, displayName(importer), Object.keys(kitModules));
}

/**
 * The specifier to give to Node in place of a relative one: of a file that exists, found by adding an extension, by
 * looking into a folder, or (TypeScript's habit) behind the `.js` that `tsc` would write. Otherwise as it is, so that
 * the error is Node's own.
 *
 * @param importer   URL of the importing module; without one (the entry file) nothing changes.
 * @param isRequire  A `require()`: Node completes names itself, so only files that we load ask for more.
 */
export function completeSpecifier(specifier: string, importer: string | undefined, isRequire: boolean): string {
  if (importer === undefined || !/^(\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return specifier;
  const fromTypeScript = /\.(ets|m?ts)$/.test(withoutQuery(importer));
  if ((isRequire && !fromTypeScript) || !URL.canParse(specifier, importer)) return specifier;
  const target = new URL(specifier, importer);
  if (target.protocol !== 'file:' || isFile(target)) return specifier;
  for (const path of candidates(target.pathname, fromTypeScript)) {
    const candidate = new URL(target);
    candidate.pathname = path;
    // `require()` takes no URLs.
    if (isFile(candidate)) return isRequire ? fileURLToPath(candidate) : candidate.href;
  }
  return specifier;
}

function candidates(path: string, fromTypeScript: boolean): string[] {
  const folder = path.replace(/\/$/, '');
  const found = ['index.ets', 'Index.ets', 'index.ts', 'Index.ts'].map((name) => `${folder}/${name}`);
  if (!path.endsWith('/')) found.unshift(`${path}.ets`, `${path}.ts`);
  if (fromTypeScript && path.endsWith('.js')) found.push(path.replace(/js$/, 'ts'));
  if (fromTypeScript && path.endsWith('.mjs')) found.push(path.replace(/js$/, 'ts'));
  return found;
}

function isFile(url: URL): boolean {
  try {
    return statSync(fileURLToPath(url), { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // Not a path of this system, or not ours to look at: Node says so in its own words.
  }
}

function displayName(importer: string | undefined): string {
  if (importer === undefined) return 'the command line';
  return importer.startsWith('file:') ? fileURLToPath(importer) : importer;
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}
