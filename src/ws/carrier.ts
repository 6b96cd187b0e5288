// `webSocket._socket`: the socket that carries the connection, for programs that ask it for addresses and certificates, set
// its options, or stop and destroy it. The engine reads and writes below its stream, so what would act on the stream only
// acts on the connection here.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Connection, machineOf } from '../core/connection/connection.ts';

const dressed = new WeakSet<Duplex>();

/** Methods that write to the socket or end it. Messages that were sent before leave first. */
const ENDING = ['write', 'end', 'destroy', 'destroySoon', 'resetAndDestroy'];

/** Makes `pause`, `resume`, `isPaused` and `setTimeout` of a socket act on its connection, and others wait for what it sends. */
export function dressSocket(socket: Duplex, connection: Connection): Duplex {
  if (dressed.has(socket)) return socket;
  dressed.add(socket);
  const { pause, resume } = socket;
  /** The engine may use the stream: then the call comes from there. */
  let isInside = false;
  const through = (own: () => unknown, engine: () => void): Duplex => {
    if (isInside) {
      own.call(socket);
      return socket;
    }
    isInside = true;
    engine();
    isInside = false;
    return socket;
  };
  socket.pause = (): never => {
    return through(pause, () => connection.pause()) as never;
  };
  socket.resume = (): never => {
    return through(resume, () => connection.resume()) as never;
  };
  const methods = socket as unknown as Record<string, unknown>;
  for (const name of ENDING) {
    const method = methods[name];
    if (typeof method !== 'function') continue;
    methods[name] = (...values: unknown[]): unknown => {
      machineOf(connection).flush();
      return method.apply(socket, values);
    };
  }
  socket.isPaused = (): boolean => machineOf(connection).reading.isPaused;
  if ('setTimeout' in socket && typeof socket.setTimeout === 'function') watchTimeout(socket as Socket);
  return socket;
}

/** The stream sees no traffic, and would report an active connection as idle. */
function watchTimeout(socket: Socket): void {
  const { setTimeout, emit } = socket;
  let time = 0;
  let seen = 0;
  socket.setTimeout = (milliseconds, listener) => {
    time = milliseconds;
    seen = socket.bytesRead + socket.bytesWritten;
    return setTimeout.call(socket, milliseconds, listener);
  };
  const emitOwn = (name: string, ...values: unknown[]): boolean => {
    if (name !== 'timeout') return (emit as (...values: unknown[]) => boolean).call(socket, name, ...values);
    const now = socket.bytesRead + socket.bytesWritten;
    if (now === seen) return emit.call(socket, name);
    seen = now;
    setTimeout.call(socket, time);
    return false;
  };
  socket.emit = emitOwn as typeof emit;
}
