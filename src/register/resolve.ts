// Where imports of ArkTS lead, for Node's hooks and for the plugins of bundlers: relative imports without an extension, as ArkTS
// writes them, and the public entry behind the kit modules. device-module.ts finds the kit modules themselves.

import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The public name of what a file behind the kit modules imports: `harmony-websocket`, or `harmony-websocket/kits/http` for a
 * companion. Plugins of bundlers resolve it as an import that a user writes. So the conditions of package.json (`browser`) and
 * the externals of the project hold for the kit's names too, and there is one `webSocket` and one network.
 *
 * @param importer  URL of the importing module.
 * @returns `undefined` for other imports.
 */
export function publicName(specifier: string, importer: string): string | undefined {
  if (!importer.startsWith(kitFolder) || !specifier.startsWith('../')) return undefined;
  const { href } = new URL(specifier, importer);
  const [, room, companion] = /^(kits?)\/(?:([\w-]+)\/)?index\.js$/.exec(href.slice(ownFolder.length)) ?? [];
  if (room === 'kit' && companion === undefined) return publicEntry;
  return room === 'kits' && companion !== undefined ? `${publicEntry}/kits/${companion}` : undefined;
}

/** URL of the folder of this package's code. */
const ownFolder = new URL('../', import.meta.url).href;

/** URL of the folder of the files behind the kit modules. */
export const kitFolder = new URL('./kits/', import.meta.url).href;

/** The first entry of this package. If a project leaves it out of a bundle, it leaves out the others. */
export const publicEntry = 'harmony-websocket';

/**
 * Replaces a relative specifier by that of the file that {@link findFile} finds. Without one the specifier stays, so that the
 * error is Node's own.
 *
 * @param importer   URL of the importing module; without one (the entry file) nothing changes.
 * @param isRequire  A `require()`: Node completes names itself, so only files that we load ask for more.
 */
export function completeSpecifier(specifier: string, importer: string | undefined, isRequire: boolean): string {
  if (importer === undefined || (isRequire && !isTypeScript(importer))) return specifier;
  const found = findFile(specifier, importer);
  if (found === undefined) return specifier;
  // `require()` takes no URLs.
  return isRequire ? fileURLToPath(found) : found.href;
}

/**
 * The file that a relative specifier, or a path, means and does not name whole: found by adding an extension, by looking
 * into a folder, or (TypeScript's habit) behind the `.js` that `tsc` would write.
 *
 * @param importer  URL of the importing module.
 * @returns `undefined` when the specifier names a file as it is, is not relative, or leads nowhere.
 */
export function findFile(specifier: string, importer: string): URL | undefined {
  if (!/^(\.{0,2}\/|\.{1,2}$|file:)/.test(specifier) || !URL.canParse(specifier, importer)) return undefined;
  const target = new URL(specifier, importer);
  if (target.protocol !== 'file:' || isFile(target)) return undefined;
  for (const path of candidates(target.pathname, isTypeScript(importer))) {
    const candidate = new URL(target);
    candidate.pathname = path;
    if (isFile(candidate)) return candidate;
  }
  return undefined;
}

function isTypeScript(url: string): boolean {
  return /\.(ets|m?ts)$/.test(withoutQuery(url));
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
    return false; // Not a path of this system, or one that may not be read: the error is Node's own.
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}
