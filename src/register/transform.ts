// TypeScript to JavaScript by SWC's WebAssembly build, as Node ships it itself. The build puts a copy beside this file
// (see scripts/vendor-transformer.mjs): Node 20 has none, and newer versions do not let a program rely on theirs.

import { createRequire } from 'node:module';
import { registerError } from './errors.ts';

interface Transformer {
  transformSync(
    source: string,
    options: {
      mode: 'transform';
      sourceMap: boolean;
      filename: string;
      transform: { verbatimModuleSyntax: boolean };
    },
  ): { code: string; map?: string };
}

/** What the transformer throws; `startColumn` counts the columns of a terminal, from 0. */
interface Failure {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
}

let loaded: Transformer | undefined;

/** Read on the first file that needs it: a program of plain JavaScript does not pay for it. */
function transformer(): Transformer {
  loaded ??= createRequire(import.meta.url)('./vendor/swc/wasm.js') as Transformer;
  return loaded;
}

/**
 * JavaScript of a TypeScript source: types go, enums, namespaces and parameter properties become code, and imports
 * that only types use are left out, since ArkTS imports types without saying `type`.
 *
 * @returns the code, and its source map as JSON naming `url` as its one source.
 * @throws ERR_ARKTS_SYNTAX with line, column and the line itself.
 */
export function toJavaScript(source: string, path: string, url: string): { code: string; map: string } {
  let output: { code: string; map?: string };
  try {
    output = run(source, path);
  } catch (error) {
    throw isFailure(error) ? syntaxError(source, path, error) : error;
  }
  return { code: output.code, map: JSON.stringify({ ...JSON.parse(output.map ?? '{}'), sources: [url] }) };
}

function run(source: string, path: string): { code: string; map?: string } {
  return transformer().transformSync(source, {
    mode: 'transform',
    sourceMap: true,
    filename: path,
    transform: { verbatimModuleSyntax: false },
  });
}

function syntaxError(source: string, path: string, failure: Failure): Error {
  // Tabs and wide characters make columns of the terminal differ from those of an editor. Run again with each UTF-16
  // unit one column wide: what stands in the place of letters is a letter, so the same failure shows.
  const plain = source.replace(/[^\n\r\x20-\x7e]/g, (unit) => (/\s/.test(unit) ? ' ' : 'x'));
  const { startLine: line, startColumn } = plain === source ? failure : (failureOf(plain, path) ?? failure);
  const text = source.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? '';
  // The caret stands under its character also where tabs lead the line.
  const indent = text.slice(0, startColumn).replace(/[^\t]/g, ' ');
  const where = `${path}:${line}:${startColumn + 1}`;
  return registerError('ERR_ARKTS_SYNTAX', where, failure.message.trim(), `  ${text}\n  ${indent}^`);
}

function failureOf(source: string, path: string): Failure | undefined {
  try {
    run(source, path);
    return undefined;
  } catch (error) {
    return isFailure(error) ? error : undefined;
  }
}

function isFailure(error: unknown): error is Failure {
  return typeof error === 'object' && error !== null && 'startLine' in error && 'startColumn' in error;
}
