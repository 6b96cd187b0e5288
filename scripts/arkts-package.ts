// `npm run arkts` writes the ArkTS files of packages/reconnect from src/reconnect: the same text with the imports of the SDK
// and without the comment at its top, which is for us. A test compares them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));

/** Sources relative to src/reconnect, the files for a device relative to packages/reconnect/src/main/ets, and what each has. */
export const arktsFiles: readonly { readonly source: string; readonly target: string; readonly about: string }[] = [
  {
    source: 'reconnecting-web-socket.ts',
    target: 'ReconnectingWebSocket.ets',
    about: 'A WebSocket that comes back, over webSocket of @kit.NetworkKit.',
  },
  {
    source: 'resumable-web-socket.ts',
    target: 'ResumableWebSocket.ets',
    about: "A WebSocket that loses nothing: the client's end of wsr1 over ReconnectingWebSocket.",
  },
];

/** Where a device has what our files have. */
const modules: Readonly<Record<string, Readonly<Record<string, string>> | string>> = {
  '../kit/index.ts': { BusinessError: '@kit.BasicServicesKit', webSocket: '@kit.NetworkKit' },
  '../kits/connection/index.ts': '@kit.NetworkKit',
  '../kits/util/index.ts': '@kit.ArkTS',
  './reconnecting-web-socket.ts': './ReconnectingWebSocket',
};

const importLine = /^import (?:type )?\{([^}]*)\} from '([^']+)';\n/gm;

/** The text for a device. */
export function arktsText({ source, about }: (typeof arktsFiles)[number]): string {
  const text = readFileSync(join(top, 'src/reconnect', source), 'utf8');
  const names = new Map<string, string[]>();
  for (const [, list = '', specifier = ''] of text.matchAll(importLine)) {
    const place = modules[specifier];
    for (const name of list
      .split(',')
      .map((item) => item.trim().replace(/^type /, ''))
      .filter(Boolean)) {
      const module = typeof place === 'string' ? place : place?.[name];
      if (module === undefined) throw new Error(`src/reconnect/${source}: a device has no ${name} of ${specifier}`);
      names.set(module, [...(names.get(module) ?? []), name]);
    }
  }
  const imports = [...names].sort(([a], [b]) => (a < b ? 1 : -1)).map(([module, of]) => importOf(module, of.sort()));
  const body = text.slice(text.indexOf('\n\n') + 2).replaceAll(importLine, '');
  return `// ${about} Made from the sources of harmony-websocket (Apache-2.0).\n\n${imports.join('')}${body}`;
}

function importOf(module: string, names: readonly string[]): string {
  const line = `import { ${names.join(', ')} } from '${module}';\n`;
  return line.length <= 121 ? line : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${module}';\n`;
}

/** Of the file that `arktsText` gives. */
export function arktsPath(target: string): string {
  return join(top, 'packages/reconnect/src/main/ets', target);
}

/** Text of Index.ets: all that the files export. */
export function arktsIndex(): string {
  const parts = arktsFiles.map((file) => {
    const names = [...arktsText(file).matchAll(/^export (?:class|interface|type) (\w+)/gm)].map(
      ([, name = '']) => name,
    );
    const list = names.sort().map((name) => `  ${name},\n`);
    return `export {\n${list.join('')}} from './src/main/ets/${file.target.replace('.ets', '')}';\n`;
  });
  return parts.join('');
}

/** Of Index.ets. */
export const arktsIndexPath: string = join(top, 'packages/reconnect/Index.ets');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(arktsIndexPath, arktsIndex());
  for (const file of arktsFiles) writeFileSync(arktsPath(file.target), arktsText(file));
}
