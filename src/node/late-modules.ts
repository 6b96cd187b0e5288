// Modules of Node that a program loads when it first needs them. Each costs milliseconds of the start (`node:zlib` and
// `node:crypto` four each on Node 26), and many programs have neither TLS nor compression, or only import this package.

import type * as Console from 'node:console';
import type * as Crypto from 'node:crypto';
import type * as Dns from 'node:dns/promises';
import type { Server as HttpServer } from 'node:http';
import type * as Https from 'node:https';
import type * as Tls from 'node:tls';
import type * as V8 from 'node:v8';
import type * as WorkerThreads from 'node:worker_threads';
import type * as Zlib from 'node:zlib';

export const lateConsole = late<typeof Console>('node:console');
export const lateCrypto = late<typeof Crypto>('node:crypto');
export const lateDns = late<typeof Dns>('node:dns/promises');
export const lateHttps = late<typeof Https>('node:https');
export const lateTls = late<typeof Tls>('node:tls');
export const lateV8 = late<typeof V8>('node:v8');
export const lateWorkerThreads = late<typeof WorkerThreads>('node:worker_threads');
export const lateZlib = late<typeof Zlib>('node:zlib');

/** Whether a stream is a socket of `node:tls`. */
export function isTlsSocket(stream: unknown): stream is Tls.TLSSocket {
  // Those have the property, as documented; where one exists, the module is loaded.
  return has(stream, 'encrypted') && stream instanceof lateTls().TLSSocket;
}

/** Whether a server is one of `node:tls`, as those of `node:https` are. */
export function isTlsServer(server: unknown): server is Tls.Server & HttpServer {
  return has(server, 'setSecureContext') && server instanceof lateTls().Server;
}

function late<Module>(name: string): () => Module {
  let loaded: Module | undefined;
  return () => {
    loaded ??= process.getBuiltinModule(name) as Module;
    return loaded;
  };
}

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Boolean(Reflect.get(value, name));
}
