// Makes modules of JavaScript of `.ets` and `.ts` files, for Node's load hook and for the plugins of bundlers. It does not
// check types; `tsc` and DevEco Studio do.

import { readFileSync } from 'node:fs';
import module from 'node:module';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toTypeScript } from './arkts.ts';
import { componentsIn } from './components.ts';
import { moduleImports, moduleUses } from './device-imports.ts';
import { rememberUses } from './device-module.ts';
import { type Edit, edited, editedMap } from './edits.ts';
import { hasDefaultExport, hasModuleSyntax, placeholderExports, typeOnlyExports } from './exports.ts';
import { guardsOf } from './guards.ts';
import { type Token, tokenize } from './tokens.ts';
import { toJavaScript } from './transform.ts';

/** What a load hook answers. */
export interface LoadedModule {
  format: 'module' | 'commonjs';
  source: string;
  shortCircuit: true;
}

/** Whether this entry loads the file: `.ets`, `.ts` or `.mts`, outside `node_modules`. */
export function isOurs(url: string): boolean {
  if (!url.startsWith('file:')) return false;
  const { pathname } = new URL(url);
  return /\.(ets|m?ts)$/.test(pathname) && !pathname.includes('/node_modules/');
}

/** Whether the file is ArkTS, which no other tool translates. */
export function isArkTS(url: string): boolean {
  return /\.ets([?#]|$)/.test(url);
}

/**
 * Reads and translates a file that {@link isOurs}.
 *
 * @throws the errors of {@link translate}, and those of `node:fs`.
 */
export function loadModule(url: string): LoadedModule {
  const path = fileURLToPath(url);
  const runner = new URL('./hypium/test-file.js', import.meta.url).href;
  const { code, map, format } = translate(readFileSync(path, 'utf8'), path, url, { self: url, runner });
  return { format, source: `${code}\n${inlineMap(map)}`, shortCircuit: true };
}

/** Specifiers that the statements at the end of a `*.test.ets` file import. */
export interface TestFile {
  /** The file itself. */
  readonly self: string;
  /** A module with `runSuite` of hypium/test-file.ts. */
  readonly runner: string;
}

/** A module of JavaScript, and its source map as JSON. */
export interface Translation {
  readonly code: string;
  readonly map: string;
  readonly format: LoadedModule['format'];
}

/**
 * Makes a module of JavaScript of an ArkTS or TypeScript source.
 *
 * @param path      The file's path, for error texts and for the module format.
 * @param name      The name of the file in the source map.
 * @param testFile  Given where a test runner may have been started with a `*.test.ets` file.
 * @param shown     Makes a path one for the texts that the module carries.
 * @throws the errors of arkts.ts and transform.ts.
 */
export function translate(
  text: string,
  path: string,
  name: string,
  testFile?: TestFile,
  shown = (path: string): string => path,
): Translation {
  const original = text.replace(/^\ufeff/, '');
  const tokens = tokenize(original);
  const imports = moduleImports(tokens);
  rememberUses(path, moduleUses(original, tokens, imports));
  const components = componentsIn(original, tokens, path);
  const { code, map } = toJavaScript(toTypeScript(original, path, tokens, components, shown(path)), path, name);
  const format = formatOf(path, tokens);
  const output = tokenize(code);
  const guards = guardsOf(output, { path, source: original, imports, shown });
  const edits = [...(format === 'commonjs' ? requireEdits(output) : []), ...(guards?.edits ?? [])];
  const translated = { code: edited(code, edits), map: edits.length === 0 ? map : editedMap(map, code, edits), format };
  const tail = guards?.tail ?? '';
  if (format === 'commonjs') return { ...translated, code: `${translated.code}\n${tail}` };
  const isSuite = testFile !== undefined && path.endsWith('.test.ets') && hasDefaultExport(output);
  const placeholders = placeholderExports(typeOnlyExports(tokens, output));
  const page = testFile === undefined ? undefined : components.find(({ what }) => what.startsWith('struct '))?.name;
  const end = `${page === undefined ? '' : refusePage(page, path)}${isSuite ? runSuite(testFile) : ''}`;
  return { ...translated, code: `${translated.code}\n${tail}${placeholders}${end}` };
}

/**
 * Node 22 calls no hooks for what an imported CommonJS file requires if a hook gave the text of the file. It does for the
 * `require` of `module.createRequire`.
 */
function requireEdits(tokens: readonly Token[]): Edit[] {
  const isNeeded = 'registerHooks' in module && process.version.startsWith('v22.');
  if (!isNeeded || !tokens.some(({ text }) => text === 'require')) return [];
  // A directive stays the first statement.
  const [first] = tokens;
  const start = first !== undefined && /^(['"])use strict\1$/.test(first.text) ? first.end : 0;
  const text = 'require=process.getBuiltinModule("node:module").createRequire(__filename);';
  return [{ start, end: start, text: start === 0 ? text : `;${text}` }];
}

/** A path for texts that go into a bundle, or are read beside the project: relative to the current folder, for files in it. */
export function pathFromHere(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below.split(sep).join('/');
}

/** The comment that carries a source map. */
export function inlineMap(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}

/** A statement that ends a file with a component: nothing of a page runs here, so starting it would pass in silence. */
function refusePage(component: string, path: string): string {
  return `if (globalThis.process?.argv[1] === ${JSON.stringify(path)}) ${component}();\n`;
}

/**
 * Statements that end a `*.test.ets` file: on a device the test runner of the app calls the default export, see
 * hypium/test-file.ts. The file imports itself because a default export need not have a name.
 */
function runSuite({ self, runner }: TestFile): string {
  return (
    `import * as $suite from ${JSON.stringify(self)}; import { runSuite as $runSuite } from ${JSON.stringify(runner)};\n` +
    'await $runSuite(import.meta.url, $suite.default);\n'
  );
}

/**
 * ArkTS files are ES modules, independently of package.json. A `.ts` file is CommonJS only where the nearest package.json
 * has `"type": "commonjs"` and the file has no syntax of an ES module.
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
