// The load hook: `.ets` and `.ts` files become modules for Node. Type checking is left to `tsc` or to DevEco Studio.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toTypeScript } from './arkts.ts';
import { hasModuleSyntax, placeholderExports, typeOnlyExports } from './exports.ts';
import { type Token, tokenize } from './tokens.ts';
import { toJavaScript } from './transform.ts';

/** What a load hook answers. */
export interface LoadedModule {
  format: 'module' | 'commonjs';
  source: string;
  shortCircuit: true;
}

/** Whether this entry loads the file: `.ets`, `.ts` or `.mts`, and not a package's own business in `node_modules`. */
export function isOurs(url: string): boolean {
  if (!url.startsWith('file:')) return false;
  const { pathname } = new URL(url);
  return /\.(ets|m?ts)$/.test(pathname) && !pathname.includes('/node_modules/');
}

/**
 * Reads and translates a file that {@link isOurs}.
 *
 * @throws the errors of arkts.ts and transform.ts, and those of `node:fs`.
 */
export function loadModule(url: string): LoadedModule {
  const path = fileURLToPath(url);
  const original = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const tokens = tokenize(original);
  const { code, map } = toJavaScript(toTypeScript(original, path, tokens), path, url);
  const format = formatOf(path, tokens);
  const placeholders = format === 'module' ? placeholderExports(typeOnlyExports(tokens, tokenize(code))) : '';
  const mapURL = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  return { format, source: `${code}\n${placeholders}//# sourceMappingURL=${mapURL}`, shortCircuit: true };
}

/**
 * ArkTS files are ES modules, whatever the nearest package.json says or does not say. A `.ts` file is CommonJS only
 * where package.json asks for that in so many words and nothing in the file contradicts it.
 */
function formatOf(path: string, tokens: readonly Token[]): LoadedModule['format'] {
  if (!path.endsWith('.ts') || path.endsWith('.mts') || hasModuleSyntax(tokens)) return 'module';
  return packageType(dirname(path)) === 'commonjs' ? 'commonjs' : 'module';
}

/** The `type` of the nearest package.json at or above `folder`. */
function packageType(folder: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: unknown }).type;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : packageType(parent);
  }
}
