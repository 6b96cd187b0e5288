// TypeScript to JavaScript. The optional peer `@swc/wasm-typescript` does it where it is installed, so that every version
// of Node gives the same result. Without it Node's own transformer is used, as far as that goes (node-transformer.ts).

import { createRequire } from 'node:module';
import { registerError } from './errors.ts';
import { nodeTransformer } from './node-transformer.ts';
import type { JavaScript, Transformer, TransformFailure } from './transformer.ts';

/** The optional peer. */
export const peerName = '@swc/wasm-typescript';

let chosen: Transformer | undefined;

/**
 * Translates a TypeScript source: types go, enums, namespaces and parameter properties become code, and imports that only
 * types use are left out, since ArkTS imports types without saying `type`.
 *
 * The transformer is loaded for the first file: a program of plain JavaScript does not pay for it.
 *
 * @param path  The file's path, for error texts.
 * @param url   The source that the map names.
 * @throws ERR_ARKTS_SYNTAX with line, column and the line itself; ERR_ARKTS_TRANSFORMER where the peer is needed and
 *   not installed.
 */
export function toJavaScript(source: string, path: string, url: string): JavaScript {
  chosen ??= coverageTransformer() ?? peerTransformer() ?? nodeTransformer();
  if (chosen === undefined) throw missing(path);
  return toJavaScriptWith(chosen, source, path, url);
}

/** {@link toJavaScript} with a given transformer. */
export function toJavaScriptWith(transformer: Transformer, source: string, path: string, url: string): JavaScript {
  try {
    return transformer(source, path, url);
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (error.kind === 'unsupported') throw missing(`${path}:${error.line}`, error.message);
    throw syntaxError(transformer, source, path, error);
  }
}

/**
 * Where Node measures coverage, its own transformer comes first: the maps of SWC lead past closing braces, so that Node would
 * tell wrong lines. The peer translates what Node cannot.
 */
function coverageTransformer(): Transformer | undefined {
  if ((process.env.NODE_V8_COVERAGE ?? '') === '') return undefined;
  const [own, peer] = [nodeTransformer(), peerTransformer()];
  if (own === undefined || peer === undefined) return own;
  return (source, path, url) => {
    try {
      return own(source, path, url);
    } catch (error) {
      if (isFailure(error) && error.kind === 'unsupported') return peer(source, path, url);
      throw error;
    }
  };
}

interface Swc {
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

/** The transformer of the optional peer; `undefined` where it is not installed. */
export function peerTransformer(): Transformer | undefined {
  const require = createRequire(import.meta.url);
  let location: string;
  try {
    location = require.resolve(peerName);
  } catch {
    return undefined;
  }
  const swc = require(location) as Swc;
  return (source, path, url) => {
    try {
      const { code, map } = swc.transformSync(source, {
        mode: 'transform',
        sourceMap: true,
        filename: path,
        transform: { verbatimModuleSyntax: false },
      });
      return { code, map: JSON.stringify({ ...JSON.parse(map ?? '{}'), sources: [url] }) };
    } catch (error) {
      throw failureOfSwc(error) ?? error;
    }
  };
}

function failureOfSwc(error: unknown): TransformFailure | undefined {
  if (typeof error !== 'object' || error === null || !('startLine' in error) || !('startColumn' in error))
    return undefined;
  const { message, startLine, startColumn } = error as { message: string; startLine: number; startColumn: number };
  return { kind: 'syntax', message, line: startLine, column: startColumn };
}

function missing(where: string, reason?: string): Error {
  return registerError('ERR_ARKTS_TRANSFORMER', where, reason, process.version, peerName);
}

function syntaxError(transformer: Transformer, source: string, path: string, failure: TransformFailure): Error {
  // Tabs and wide characters make columns of the terminal differ from those of an editor. Run again with each UTF-16
  // unit one column wide: what stands in the place of letters is a letter, so the same failure shows.
  const plain = source.replace(/[^\n\r\x20-\x7e]/g, (unit) => (/\s/.test(unit) ? ' ' : 'x'));
  const { line, column } = plain === source ? failure : (failureOf(transformer, plain, path) ?? failure);
  const text = source.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1] ?? '';
  // Tabs stay tabs, so that the caret stands under its character.
  const indent = text.slice(0, column).replace(/[^\t]/g, ' ');
  const where = `${path}:${line}:${column + 1}`;
  return registerError('ERR_ARKTS_SYNTAX', where, failure.message.trim(), `  ${text}\n  ${indent}^`);
}

function failureOf(transformer: Transformer, source: string, path: string): TransformFailure | undefined {
  try {
    transformer(source, path, '');
    return undefined;
  } catch (error) {
    return isFailure(error) ? error : undefined;
  }
}

function isFailure(error: unknown): error is TransformFailure {
  return typeof error === 'object' && error !== null && 'kind' in error && 'line' in error && 'column' in error;
}
