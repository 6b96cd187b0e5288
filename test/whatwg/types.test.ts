// The declarations of `harmony-websocket/whatwg` beside those of others: of pages (lib.dom) and of Node (undici-types). Code
// that is typed against one class takes objects of the other. Reads the declarations that the build made.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-types-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['@types', 'undici-types']) {
    symlinkSync(join(top, 'node_modules', name), join(folder, 'node_modules', name));
  }
  symlinkSync(top, join(folder, 'node_modules/harmony-websocket'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of a program. */
function compiled(program: string, ...lib: string[]): string {
  writeFileSync(join(folder, 'program.ts'), program);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    skipLibCheck: true,
    lib,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { stdout, error } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
  assert.equal(error, undefined);
  return stdout;
}

const ours = `
  import * as web from 'harmony-websocket/whatwg';
  declare const ours: web.WebSocket;
  declare const stream: web.WebSocketStream;
`;

test('what users write, with the types of Node only', () => {
  const program = `${ours}
    const socket: web.WebSocket = new web.WebSocket('ws://x/', ['a', 'b']);
    new web.WebSocket(new URL('ws://x/'), 'a');
    new web.WebSocket('ws://x/', { protocols: ['a'], headers: { a: 'b' }, compression: false, heartbeat: { interval: 1 } });
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(new Uint8Array(1));
    socket.onmessage = async ({ data, origin }) => { const text: string = data; void [text, origin.length]; };
    socket.addEventListener('close', function ({ code, reason, wasClean }) {
      const both: [number, string, boolean] = [code, reason, wasClean];
      void [both, this.url];
    }, { once: true });
    socket.addEventListener('error', ({ message, error }) => void [message?.length, error]);
    socket.addEventListener('open', { handleEvent(event) { void event.type; } });
    socket.send(new Blob([]));
    socket.close(1000, 'bye');
    const constant: 1 = web.WebSocket.OPEN;
    const state: boolean = socket.readyState === socket.CLOSED;
    class Own extends web.WebSocket { extra = constant; }
    const uninstall: () => void = web.install();
    async function streams(): Promise<void> {
      const { readable, writable, protocol } = await new web.WebSocketStream('ws://x/', { protocols: ['a'] }).opened;
      for await (const chunk of readable) void (typeof chunk === 'string' ? chunk.length : chunk.byteLength);
      await writable.getWriter().write('x');
      stream.close({ closeCode: 1000, reason: protocol });
      const { closeCode } = await stream.closed;
      void new web.WebSocketError('x', { closeCode }).closeCode;
    }
    void [state, Own, uninstall, streams, new web.CloseEvent('close', { code: 1 }).code];
    // @ts-expect-error: not an option
    new web.WebSocket('ws://x/', { header: {} });
    // @ts-expect-error: options of the engine that have no meaning here
    new web.WebSocket('ws://x/', { handlers: {} });
    // @ts-expect-error: not a type of binary data
    socket.binaryType = 'nodebuffer';
    // @ts-expect-error: read only
    socket.url = 'x';
    // @ts-expect-error: a list is needed
    const wrong: web.WebSocketCloseInfo = { closeCode: '1000' };
    void wrong;
  `;
  assert.equal(compiled(program, 'ES2022'), '');
});

test('lib.dom: objects of either class fit the other, the classes fit, too', () => {
  const program = `${ours}
    declare const theirs: WebSocket;
    const toTheirs: WebSocket = ours;
    const toOurs: web.WebSocket = theirs;
    const asGlobal: typeof WebSocket = web.WebSocket;
    globalThis.WebSocket = web.WebSocket;
    const event: CloseEvent = new web.CloseEvent('close');
    const back: web.CloseEvent = new CloseEvent('close');
    const message: MessageEvent = new web.MessageEvent('message');
    const messageBack: web.MessageEvent<string> = new MessageEvent<string>('message');
    const handler = (one: MessageEvent<string>): void => void one.data;
    ours.onmessage = handler;
    ours.addEventListener('message', handler);
    void [toTheirs, toOurs, asGlobal, event, back, message, messageBack];
  `;
  assert.equal(compiled(program, 'ES2022', 'DOM'), '');
});

test("undici-types, which are the types of Node's own class: objects and class fit", () => {
  const program = `${ours}
    import type * as undici from 'undici-types';
    const object: undici.WebSocket = ours;
    const constructed: undici.WebSocket = new web.WebSocket('ws://x/');
    const event: undici.CloseEvent = new web.CloseEvent('close');
    const asGlobal: new (url: string | URL, protocols?: string | string[]) => undici.WebSocket = web.WebSocket;
    void [object, constructed, event, asGlobal];
  `;
  assert.equal(compiled(program, 'ES2022'), '');
});
