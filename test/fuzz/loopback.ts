// Raw TCP on loopback for fuzzed bytes: each connection comes from an address and port of its own, by which the other
// side's record of it is found, and none lasts longer than it has to.

import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds after which something hangs; nothing of all this takes one percent of it. */
const PATIENCE = 9_000;

let count = 0;

/** Connects from one of many source addresses, so that ports in TIME_WAIT do not limit the number. */
export async function dial(port: number): Promise<Socket> {
  const localAddress = `127.0.0.${2 + (count++ % 200)}`;
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true, noDelay: true });
  socket.on('error', () => {}); // `close` follows; a reset is one way to be refused
  await new Promise((resolve) => {
    socket.on('connect', resolve);
    socket.on('close', resolve);
  });
  return socket;
}

/** As the server sees it. */
export function nameOf(socket: Socket): string {
  return `${socket.localAddress}:${socket.localPort}`;
}

/** Writes `bytes` in pieces, a turn of the event loop between them. */
export async function writeCut(socket: Socket, bytes: Uint8Array, borders: readonly number[]): Promise<void> {
  let from = 0;
  for (const border of [...borders, bytes.length]) {
    socket.write(bytes.subarray(from, border));
    if (border < bytes.length) await nextTurn();
    from = border;
  }
}

/** Everything that comes until the other end is gone. */
export function readAll(socket: Socket): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  return within(
    'the other end to leave',
    new Promise((resolve) => {
      const finish = () => resolve(Buffer.concat(chunks));
      socket.on('end', finish);
      socket.on('close', finish);
    }),
  );
}

/** `promise`, or an error when it takes too long. */
export async function within<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${PATIENCE} ms for ${what}`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, hangs]);
  } finally {
    clearTimeout(timer);
  }
}

/** Splits what a server sent into its head and what is behind it. */
export function splitHead(bytes: Uint8Array): { status: number; head: string; rest: Uint8Array } {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n\r\n');
  const head = Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end + 4)).toString('latin1');
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3}) /.exec(head) ?? [];
  return { status: Number(status), head, rest: end < 0 ? new Uint8Array(0) : bytes.subarray(end + 4) };
}
