// The programs of the guide that the kit implements: its own snippets, cut out of the text and joined in the order of its
// steps. Nothing is changed but the address and the port.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const guidePath = fileURLToPath(new URL('../../../shared/spec/websocket-guide.txt', import.meta.url));

/** Why tests of the guide cannot be run, if so. */
export const skipGuide = existsSync(guidePath)
  ? false
  : 'the guide (shared/spec/websocket-guide.txt) is not beside this checkout';

/** The code of each numbered step of a chapter: what is indented by four blanks. */
export function snippets(chapter: string): string[] {
  const text = readFileSync(guidePath, 'utf8');
  const start = text.indexOf(chapter);
  assert.notEqual(start, -1, `the guide has a chapter "${chapter}"`);
  const end = text.indexOf('\n\n', text.indexOf('Procedure', start));
  const following = /\n\S[^\n]*\n\n/.exec(text.slice(end + 2));
  const body = text.slice(end, following === null ? undefined : end + 2 + following.index);
  return body.split(/\n {2}\d+\. [^\n]*\n/).map((step) =>
    step
      .split('\n')
      .filter((line) => line.startsWith('    ') || line === '')
      .map((line) => line.slice(4))
      .join('\n'),
  );
}

/** Steps 1 to 4: a server, on any free port, that is `localServer`. */
export function serverProgram(): string {
  const [, imports, create, subscribe, configure] = snippets('Server Development Procedure') as string[];
  return `${imports}${create}${subscribe}${(configure as string).replace('serverPort: 8080', 'serverPort: 0')}`;
}

/** All steps: a client of `url`. */
export function clientProgram(url: string): string {
  const steps = snippets('Client Development Procedure');
  assert.equal(steps.length, 6, 'the client has five steps');
  return steps.join('').replace('wss://echo.websocket.org', url);
}
