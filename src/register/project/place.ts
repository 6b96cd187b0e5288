// Places in a user's files, for error texts: the line on which a name or a text stands.

import { readFileSync } from 'node:fs';

/** `path:line` of the first line with a text, quoted or as a name before a colon; `path` where there is none. */
export function placeOf(path: string, text: string): string {
  const line = lineOf(path, text);
  return line === undefined ? path : `${path}:${line}`;
}

function lineOf(path: string, text: string): number | undefined {
  let lines: string[];
  try {
    lines = readFileSync(path, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const quoted = [`'${text}'`, `"${text}"`, `\`${text}\``];
  const name = /^[\w$]+$/.test(text) ? new RegExp(`(^|[^\\w$])${text.replaceAll('$', '\\$')}\\s*:`) : undefined;
  const index = lines.findIndex((line) => quoted.some((form) => line.includes(form)) || name?.test(line));
  return index === -1 ? undefined : index + 1;
}
