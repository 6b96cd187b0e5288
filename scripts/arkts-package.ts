// `npm run arkts` writes the ArkTS files of packages/reconnect from src/reconnect: the same text with the imports of the SDK
// and without a comment that is for us. A test compares them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));

/** Sources relative to src/reconnect, and the files for a device relative to packages/reconnect/src/main/ets. */
export const arktsFiles = [{ source: 'reconnecting-web-socket.ts', target: 'ReconnectingWebSocket.ets' }];

/** What a device imports in place of our files. */
const imports: readonly [RegExp, string][] = [
  [
    /^import type \{ BusinessError \} from '\.\.\/kit\/index\.ts';$/m,
    "import { BusinessError } from '@kit.BasicServicesKit';",
  ],
  [/^import \{ webSocket \} from '\.\.\/kit\/index\.ts';\n/m, ''],
  [
    /^import \{ connection \} from '\.\.\/kits\/connection\/index\.ts';$/m,
    "import { connection, webSocket } from '@kit.NetworkKit';",
  ],
];

/** The text for a device. */
export function arktsText(source: string): string {
  const text = readFileSync(join(top, 'src/reconnect', source), 'utf8');
  const device = imports.reduce((before, [from, to]) => before.replace(from, to), text.slice(text.indexOf('\n\n') + 2));
  if (/from '\.\.\//.test(device)) throw new Error(`src/reconnect/${source}: an import has no counterpart on a device`);
  const about =
    '// A WebSocket that comes back, over webSocket of @kit.NetworkKit. Made from the sources of harmony-websocket (Apache-2.0).';
  return `${about}\n\n${device}`;
}

/** Of the file that `arktsText` gives. */
export function arktsPath(target: string): string {
  return join(top, 'packages/reconnect/src/main/ets', target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { source, target } of arktsFiles) writeFileSync(arktsPath(target), arktsText(source));
}
