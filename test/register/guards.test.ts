// Where a file gets a check that throws ERR_KIT_NAME, and what the error says.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { moduleImports } from '../../src/register/device-imports.ts';
import { edited } from '../../src/register/edits.ts';
import { guardsOf } from '../../src/register/guards.ts';
import { tokenize } from '../../src/register/tokens.ts';

function guardOf(source: string): { code: string; tail: string } | undefined {
  const tokens = tokenize(source);
  const guards = guardsOf(tokens, {
    path: '/app/a.ets',
    source,
    imports: moduleImports(tokens),
    shown: (path) => path,
  });
  return guards && { code: edited(source, guards.edits), tail: guards.tail };
}

/** The code after a first line of imports, with its checks. */
function guarded(imports: string, code: string): string {
  return guardOf(`${imports}\n${code}`)?.code.slice(imports.length + 1) ?? code;
}

const importSocket = `import { socket } from '@kit.NetworkKit';`;

describe('uses of absent names', () => {
  const rows: [code: string, expected: string][] = [
    ['socket.create();', '$kit(socket, 0).create();'],
    ['a = 1\nsocket.create()', 'a = 1\n$kit(socket, 0).create()'],
    [`f(...socket.all, \`\${socket.a}\`);`, `f(...$kit(socket, 0).all, \`\${$kit(socket, 0).a}\`);`],
    ['new socket();', 'new ($kit(socket, 0))();'],
    ['new socket.Client();', 'new ($kit(socket, 0)).Client();'],
    ['class A extends socket {}', 'class A extends ($kit(socket, 0, undefined, true)) {}'],
    ['class A extends socket.Client {}', 'class A extends ($kit(socket, 0)).Client {}'],
    ['class A extends socket(B) {}', 'class A extends ($kit(socket, 0))(B) {}'],
    ['socket(1, (2));', '$kit(socket, 0)(1, (2));'],
    [`socket['create']();`, `$kit(socket, 0)['create']();`],
    ['a instanceof socket;', 'a instanceof $kit(socket, 0);'],
    ['const { create } = socket;', 'const { create } = $kit(socket, 0);'],
    ['const { create } = socket\nf()', 'const { create } = $kit(socket, 0)\nf()'],
    // What only asks, or is another name.
    ["if (typeof socket !== 'undefined') f();", "if (typeof socket !== 'undefined') f();"],
    ['if (socket) f(socket);', 'if (socket) f(socket);'],
    ['socket?.create();', 'socket?.create();'],
    ['const { create } = socket ?? {};', 'const { create } = socket ?? {};'],
    ['a.socket.b(); a?.socket.b(); this.#socket.c();', 'a.socket.b(); a?.socket.b(); this.#socket.c();'],
    ['const a = { socket: 1 }; const { socket: c } = a;', 'const a = { socket: 1 }; const { socket: c } = a;'],
    ['class B { socket(a) { return a; } }', 'class B { socket(a) { return a; } }'],
    ["const t = 'socket.x'; // socket.y", "const t = 'socket.x'; // socket.y"],
  ];
  for (const [code, expected] of rows) {
    test(JSON.stringify(code), () => assert.equal(guarded(importSocket, code), expected));
  }

  test('nothing changes where nothing absent is imported or used', () => {
    for (const code of [
      `import { webSocket } from '@kit.NetworkKit'; webSocket.createWebSocket();`,
      `import { socket } from './socket'; socket.x();`,
      `import { socket } from '@kit.NetworkKit'; console.log(socket);`,
      `export { socket } from '@kit.NetworkKit'; const other = 1;`,
      `const socket = await import('x'); socket.x();`,
      `import * as net from '@kit.NetworkKit'; net.webSocket.createWebSocket(); typeof net.socket; net.socket?.a();`,
    ]) {
      assert.equal(guardOf(code), undefined, code);
    }
  });
});

describe('other ways to import', () => {
  const rows: [imports: string, code: string, expected: string][] = [
    [`import map from '@ohos.map';`, 'map.a();', '$kit(map, 0).a();'],
    [`import entry from 'libentry.so';`, 'entry.add(1, 2);', '$kit(entry, 0).add(1, 2);'],
    [`import { a as b } from '@kit.MapKit';`, 'b.c(); a.c();', '$kit(b, 0).c(); a.c();'],
    [`import d, { e } from '@hms.x.y';`, 'd.c(); e.c();', '$kit(d, 0).c(); $kit(e, 1).c();'],
    [
      `import * as kit from '@kit.MapKit';`,
      'kit.map.a(); kit.f();',
      '$kit(kit, 0, "map").map.a(); $kit(kit, 1, "f").f();',
    ],
    [`import * as kit from '@kit.MapKit';`, 'new kit.Map(); kit.a;', 'new ($kit(kit, 0, "Map")).Map(); kit.a;'],
    [
      `const { a, b: c } = await import('@kit.MapKit');`,
      'a.x(); b.x(); c.x();',
      '$kit(a, 0).x(); b.x(); $kit(c, 1).x();',
    ],
    [`const kit = require('@system.x');`, 'kit.map.a();', '$kit(kit, 0, "map").map.a();'],
  ];
  for (const [imports, code, expected] of rows) {
    test(`${imports} ${code}`, () => assert.equal(guarded(imports, code), expected));
  }
});

describe('the error', () => {
  function thrownBy(source: string): string {
    const found = guardOf(source);
    assert.ok(found !== undefined);
    const call = /\$kit\(\w+, (.*?)\)/.exec(found.code)!;
    let message = '';
    try {
      new Function(`${found.tail} $kit(undefined, ${call[1]});`)();
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'ERR_KIT_NAME');
      message = (error as Error).message;
    }
    return message;
  }

  test('names the kit, the name, file and line of the import, and the remedy', () => {
    assert.equal(
      thrownBy(`// A file.\n${importSocket}\nsocket.a();`),
      '"socket" of @kit.NetworkKit is not part of harmony-websocket; it can be imported, but not used (imported by ' +
        "/app/a.ets:2) — provide the module: provide: { '@kit.NetworkKit': './stubs/file.ts' } in harmony.config.ts, or " +
        'src/mock/mock-config.json5 (docs/arkts.md), or move the code that needs it into its own file',
    );
  });

  test('calls a default export so', () => {
    assert.match(
      thrownBy(`import entry from 'libentry.so';\nentry.add();`),
      /^the default export of libentry\.so is not/,
    );
  });

  test('names the nearest name where the kit does not have this one', () => {
    assert.match(
      thrownBy(`import { websocket } from '@kit.NetworkKit';\nwebsocket.a();`),
      /did you mean "webSocket"\?/,
    );
    assert.doesNotMatch(thrownBy(`${importSocket}\nsocket.a();`), /did you mean/);
  });

  test('is not thrown for a value', () => {
    const { tail } = guardOf(`${importSocket}\nsocket.a();`)!;
    const $kit = new Function(`${tail} return $kit;`)() as (value: unknown, index: number, name?: string) => unknown;
    const [value, holder] = [{ a: 1 }, { socket: 0 }];
    assert.equal($kit(value, 0), value);
    assert.equal($kit(null, 0), null);
    assert.equal($kit(holder, 0, 'socket'), holder);
    assert.throws(() => $kit(holder, 0, 'other'), { code: 'ERR_KIT_NAME' });
  });
});
