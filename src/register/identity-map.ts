// The source map of a text whose tokens stand where they stood in the source (https://tc39.es/ecma426/).

import { base64VLQ } from './edits.ts';
import type { Token } from './tokens.ts';

/**
 * A source map, as JSON, that leads each token of `code` to the same line and column of `url`.
 *
 * @param code    JavaScript.
 * @param tokens  Its tokens.
 */
export function identityMap(code: string, tokens: readonly Token[], url: string): string {
  let mappings = '';
  let start = 0;
  let next = 0;
  /** Line and column of the last segment in the source: segments count from there. */
  let last = { line: 0, column: 0 };
  for (const [line, text] of code.split('\n').entries()) {
    if (line > 0) mappings += ';';
    const end = start + text.length;
    let generated = 0;
    let separator = '';
    for (; next < tokens.length && tokens[next]!.start <= end; next++) {
      const column = tokens[next]!.start - start;
      const values = [column - generated, 0, line - last.line, column - last.column];
      mappings += separator + values.map(base64VLQ).join('');
      separator = ',';
      generated = column;
      last = { line, column };
    }
    start = end + 1;
  }
  return JSON.stringify({ version: 3, sources: [url], names: [], mappings });
}
