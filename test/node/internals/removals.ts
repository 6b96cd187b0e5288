// How each thing that Node does not document is taken away from this process, by the name of the module of
// src/node/internals/ that looks for it. To be called before the package is loaded. What Node itself needs goes on to work:
// it is hidden from that module, not from Node.

import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { Server as HttpServer, IncomingMessage, OutgoingMessage } from 'node:http';
import { createServer, Server as NetServer, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import zlib from 'node:zlib';

/** Whether the code that asks, two calls up, is a module of src/node/internals/. */
function isAskedBy(module: string): boolean {
  const [, , ...callers] = (new Error().stack ?? '').split('\n').slice(1);
  return callers.find((line) => !line.includes('Reflect.get'))?.includes(`/internals/${module}.`) === true;
}

/** Hides a property, which is set on objects that inherit from `prototype`, from one module. */
function hide(prototype: object, name: string, module: string): void {
  const values = new WeakMap<object, unknown>();
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: object) {
      return isAskedBy(module) ? undefined : values.get(this);
    },
    set(this: object, value: unknown) {
      values.set(this, value);
    },
  });
}

/** Hides an existing method from one module. */
function hideOwn(prototype: object, name: string, module: string): void {
  const method: unknown = Reflect.get(prototype, name);
  Object.defineProperty(prototype, name, {
    configurable: true,
    get: () => (isAskedBy(module) ? undefined : method),
  });
}

/** Hides symbols by their descriptions. */
function hideSymbols(...hidden: string[]): void {
  const all = Object.getOwnPropertySymbols;
  Object.getOwnPropertySymbols = (value: object) =>
    all(value).filter(({ description = '' }) => !hidden.includes(description));
}

/** Removes a method that Node itself does not call. */
function removeMethod(prototype: object, name: string): void {
  for (let owner: object | null = prototype; owner !== null; owner = Object.getPrototypeOf(owner)) {
    Reflect.deleteProperty(owner, name);
  }
}

function handleOf(socket: object): object {
  return Reflect.get(socket, '_handle') as object;
}

/** The prototype of the handles of TCP, those of servers and those of sockets. */
async function tcpPrototype(): Promise<object> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const prototype = Object.getPrototypeOf(handleOf(server)) as object;
  await new Promise((resolve) => server.close(resolve));
  return prototype;
}

function tlsPrototype(): object {
  const below = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const encrypted = new TLSSocket(below, { isServer: true });
  encrypted.on('error', () => {});
  const prototype = Object.getPrototypeOf(handleOf(encrypted)) as object;
  encrypted.destroy();
  return prototype;
}

export const removals: Readonly<Record<string, () => void | Promise<void>>> = {
  'stream-binding': () => {
    Reflect.set(process, 'binding', () => {
      throw new Error('No such module');
    });
  },
  'socket-handle': async () => {
    for (const prototype of [await tcpPrototype(), tlsPrototype()]) removeMethod(prototype, 'useUserBuffer');
  },
  'direct-write': async () => {
    const prototype = await tcpPrototype();
    const above = Object.getPrototypeOf(prototype) as object;
    Object.defineProperty(prototype, 'fd', {
      get(this: object) {
        return isAskedBy('direct-write') ? undefined : Reflect.get(above, 'fd', this);
      },
    });
  },
  // Node does not look at the class of a handle.
  'tls-handle': () => void Object.defineProperty(tlsPrototype(), 'constructor', { value: Object }),
  'tls-accept': () => hide(tlsPrototype(), '_parentWrap', 'tls-accept'),
  accept: () => hide(NetServer.prototype, '_connections', 'accept'),
  'accepted-handle': () => hide(NetServer.prototype, '_handle', 'accepted-handle'),
  'head-parser': () => hide(Duplex.prototype, 'parser', 'head-parser'),
  'request-fields': () => hideOwn(IncomingMessage.prototype, '_addHeaderLine', 'request-fields'),
  'async-stores': () => {
    hideSymbols('context_frame', 'kResourceStore');
    const { hasOwn } = Object;
    Object.hasOwn = (value, name) => name !== 'kResourceStore' && hasOwn(value, name);
  },
  'connection-listener': () => {
    const { listeners } = EventEmitter.prototype;
    HttpServer.prototype.listeners = function (this: HttpServer, event: string) {
      return event === 'connection' ? [] : Reflect.apply(listeners, this, [event]);
    } as EventEmitter['listeners'];
  },
  'connection-tracking': () => {
    const { listenerCount } = EventEmitter.prototype;
    HttpServer.prototype.listenerCount = function (this: HttpServer, event: string) {
      return event === 'listening' ? 0 : Reflect.apply(listenerCount, this, [event]);
    } as EventEmitter['listenerCount'];
    // Node's own counting goes with it.
    HttpServer.prototype.closeAllConnections = () => {};
  },
  'current-response': () => hide(Socket.prototype, '_httpMessage', 'current-response'),
  'last-response': () => hide(OutgoingMessage.prototype, '_last', 'last-response'),
  'upgrade-callback': () => hide(HttpServer.prototype, 'shouldUpgradeCallback', 'upgrade-callback'),
  // Together with what is asked before it.
  'request-class': () => {
    hideSymbols('IncomingMessage');
    hide(HttpServer.prototype, 'shouldUpgradeCallback', 'upgrade-callback');
  },
  'zlib-context': () => {
    // Node's synchronous functions make their streams in another way.
    for (const name of ['createDeflateRaw', 'createInflateRaw'] as const) {
      const make = zlib[name] as (options: object) => object;
      Object.defineProperty(zlib, name, {
        value: (options: object) => Object.defineProperty(make(options), '_handle', { value: null }),
      });
    }
  },
  'buffer-methods': () => {
    for (const name of ['latin1Slice', 'utf8Slice', 'utf8Write']) {
      const method = Reflect.get(Buffer.prototype, name) as unknown;
      Object.defineProperty(Buffer.prototype, name, {
        configurable: true,
        get: () => (isAskedBy('buffer-methods') ? undefined : method),
      });
    }
  },
};
