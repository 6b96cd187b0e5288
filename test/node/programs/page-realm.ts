// The package in another realm with the globals of a page, as Jest with jsdom runs it: its own ArrayBuffer, Error, Map and
// so on; timers that are numbers; and no TextEncoder, TextDecoder, structuredClone, setImmediate or MessageChannel. Node's
// own modules are of the main realm. Loads dist/, plays the scenario that it is given, and prints `done`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type * as Engine from '../../../src/engine/index.ts';
import type * as Kit from '../../../src/kit/index.ts';
import type * as Testing from '../../../src/testing/index.ts';
import { serverCertificate, trust } from '../../support/engine.ts';

const running = new Map<number, NodeJS.Timeout>();
const page = {
  ...{
    console,
    process,
    Buffer,
    URL,
    URLSearchParams,
    AbortController,
    AbortSignal,
    Event,
    EventTarget,
    queueMicrotask,
  },
  setTimeout(callback: () => void, delay: number): number {
    const timer = setTimeout(callback, delay);
    running.set(running.size + 1, timer);
    return running.size;
  },
  clearTimeout: (id: number) => clearTimeout(running.get(id)),
};
const context = vm.createContext({ ...page });
const modules = new Map<string, Promise<vm.Module>>();

function load(url: string): Promise<vm.Module> {
  let module = modules.get(url);
  if (module === undefined) {
    module = url.startsWith('node:') ? builtin(url) : source(url);
    modules.set(url, module);
  }
  return module;
}

async function builtin(name: string): Promise<vm.Module> {
  const names: Record<string, unknown> = await import(name);
  const module = new vm.SyntheticModule(
    Object.keys(names),
    () => {
      for (const [key, value] of Object.entries(names)) module.setExport(key, value);
    },
    { context },
  );
  return module;
}

async function source(url: string): Promise<vm.Module> {
  return new vm.SourceTextModule(await readFile(new URL(url), 'utf8'), {
    context,
    identifier: url,
    initializeImportMeta: (meta) => {
      meta.url = url;
    },
  });
}

async function entry<Names>(file: string): Promise<Names> {
  const module = await load(new URL(`../../../dist/${file}`, import.meta.url).href);
  await module.link((specifier, from) =>
    load(specifier.startsWith('.') ? new URL(specifier, from.identifier).href : pathOf(specifier)),
  );
  await module.evaluate();
  return module.namespace as Names;
}

function pathOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return pathToFileURL(import.meta.resolve(specifier)).href;
}

function inPage<Value>(code: string): Value {
  return vm.runInContext(code, context) as Value;
}

type Data = ArrayBuffer | ArrayBufferView;

/** Binary data of both realms. */
const payloads = [3, 5_000, 70_000].flatMap((size): [number, Data][] => [
  [size, new Uint8Array(size).fill(7)],
  [size, Buffer.alloc(size, 7)],
  ...inPage<Data[]>(
    `(() => { const bytes = new Uint8Array(${size}).fill(7); return [bytes, bytes.buffer, new DataView(bytes.buffer)]; })()`,
  ).map((data): [number, Data] => [size, data]),
]);

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  async engine() {
    const { connect, createServer } = await entry<typeof Engine>('engine/index.js');
    for (const compression of [false, true]) {
      const server = createServer({ compression, message: (connection, data) => void connection.send(data) });
      const { port } = await server.listen({ host: '127.0.0.1' });
      const connection = await connect(`ws://127.0.0.1:${port}/`, { compression });
      connection.send('grüße');
      for (const [, data] of payloads) connection.send(data);
      let index = -1;
      for await (const data of connection) {
        if (index < 0) assert.equal(data, 'grüße');
        else assert.ok(Buffer.alloc(payloads[index]?.[0] ?? 0, 7).equals(data as Buffer), `payload ${index}`);
        if (++index === payloads.length) break;
      }
      await connection.closed;
      await server.close();
    }
  },

  async failures() {
    const { connect, createServer, WebSocketError } = await entry<typeof Engine>('engine/index.js');
    const failed = async (url: string, options: Engine.ConnectOptions, expected: RegExp) => {
      const error: unknown = await connect(url, options).then(
        () => assert.fail(`connected to ${url}`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof WebSocketError, String(error));
      assert.match(`${error.code} ${error.message}`, expected);
    };
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await failed(`ws://127.0.0.1:${port}/`, { handshakeTimeout: 50 }, /^ERR_WS_HANDSHAKE_TIMEOUT /);
    silent.close();
    await failed(`ws://127.0.0.1:${port}/`, {}, /^ERR_WS_(CONNECT|HANDSHAKE_LOST) /);
    const server = createServer({ compression: true, limits: { maxMessageSize: 1_000 } });
    const { port: secure } = await server.listen({ host: '127.0.0.1', tls: serverCertificate() });
    await failed(`wss://127.0.0.1:${secure}/`, {}, /^ERR_WS_TLS .*issuer|^ERR_WS_TLS .*self-signed/);
    const connection = await connect(`wss://127.0.0.1:${secure}/`, { tls: trust(), compression: true });
    connection.send('a'.repeat(100_000));
    assert.equal((await connection.closed).code, 1009);
    await server.close();
  },

  async kit() {
    const { webSocket } = await entry<typeof Kit>('kit/index.js');
    const server = webSocket.createWebSocketServer();
    server.on('messageReceive', ({ data, clientConnection }) => void server.send(data, clientConnection));
    await server.start({
      serverIP: '127.0.0.1',
      serverPort: 0,
      maxConcurrentClientsNumber: 10,
      maxConnectionsForOneClient: 10,
    });
    const client = webSocket.createWebSocket();
    const opened = new Promise<void>((resolve) => client.on('open', () => resolve()));
    const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
    const received: unknown[] = [];
    const buffers = payloads.map(([, data]) => data).filter((data) => !ArrayBuffer.isView(data));
    buffers.push(new ArrayBuffer(4), new ArrayBuffer(70_000));
    const all = new Promise<void>((resolve) => {
      client.on('message', (_, data) => {
        if (received.push(data) === buffers.length) resolve();
      });
    });
    await client.connect(`ws://127.0.0.1:${Reflect.get(server, 'serverPort')}/ä`, { header: { 'X-Name': 'ä' } });
    await opened;
    for (const data of buffers) await client.send(data as ArrayBuffer);
    await all;
    for (const [index, data] of received.entries()) {
      assert.equal(Object.prototype.toString.call(data), '[object ArrayBuffer]');
      assert.ok(Buffer.from(buffers[index] as ArrayBuffer).equals(Buffer.from(data as ArrayBuffer)));
    }
    await client.close({ code: 1000, reason: 'ä'.repeat(100) });
    await closed;
    await server.stop();
  },

  async testing() {
    const { useNetwork } = await entry<typeof Testing>('testing/index.js');
    const { connect, createServer } = await entry<typeof Engine>('engine/index.js');
    const network = useNetwork();
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    await server.listen({ port: 8080 });
    const connection = await connect('ws://localhost:8080/');
    connection.send(inPage<Uint8Array>('new Uint8Array([1, 2])'));
    for await (const data of connection) {
      assert.deepEqual([...(data as Buffer)], [1, 2]);
      break;
    }
    await connection.closed;
    await server.close();
    await network.uninstall();
  },

  async 'every entry'() {
    for (const file of ['kit/configure.js', 'register/hypium/index.js', 'register/vite.js', 'register/esbuild.js']) {
      await entry(file);
    }
    Object.assign(context, { WebSocket: class {}, document: {} });
    await entry('browser/index.js');
  },
};

const [, , name = ''] = process.argv;
await scenarios[name]?.();
process.stdout.write('done\n');
