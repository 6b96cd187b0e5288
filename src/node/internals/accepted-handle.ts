// Connections that the system has accepted, before Node makes sockets of them: the listening handle gives their handles to
// somebody who may do without a socket. On Node 24 and later, V8 keeps each stream until a full collection, whatever becomes
// of it: its `WritableState` has a closure in the old generation that refers to it. Node has no public API for this.
//
// Detection: the server's handle has `onconnection`; `stream-binding.ts` has tried out how handles read and write; the handle
// of a connection is a `TCP`, and has each method that is called on it, by name. Fallback: Node makes the sockets.

import { channel } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { hasMethods, READER, type ReadHandle, TCP_METHODS, type TcpHandle } from './socket-handle.ts';
import { type StreamBinding, streamBinding } from './stream-binding.ts';

interface ListeningServer extends Server {
  _handle?: { onconnection?: (this: unknown, status: number, connection: object) => void } | null;
}

/** Present where it is used: no connection is taken without it. */
const { streamBaseState, kReadBytesOrError } = streamBinding ?? ({} as StreamBinding);
/** Tells of each socket that Node makes. */
const accepted = channel('net.server.socket');

/**
 * Gives the connections that `server`, which is listening, accepts from here on to `take`.
 *
 * @param take  gets the handle of a connection. @returns whether it has taken it; if not, Node makes a socket of it
 * @returns makes a socket of a connection that was taken, as if it had not been: the server emits `connection`.
 *          `undefined` where this cannot be done
 */
export function takeAccepted(
  server: Server,
  take: (connection: object) => boolean,
): ((connection: object) => void) | undefined {
  const { _handle: handle } = server as ListeningServer;
  const original = handle?.onconnection;
  if (streamBinding === undefined || handle === null || handle === undefined || typeof original !== 'function')
    return undefined;
  handle.onconnection = function (status, connection) {
    // A program that watches the sockets of its process sees all of them.
    if (status !== 0 || accepted.hasSubscribers || !take(connection)) original.call(this, status, connection);
  };
  return (connection) => original.call(handle, 0, connection);
}

/** What the handle of an accepted connection reports, which no socket has yet. */
export interface FirstReader {
  /** Something has come. `bytes` are the reader's. */
  firstRead(bytes: Uint8Array): void;
  /** The peer has ended its direction, or the connection has failed. */
  firstFailed(): void;
}

interface AcceptedHandle {
  [READER]?: FirstReader;
  onread: (this: ReadHandle, memory?: ArrayBuffer) => void;
  readStart(): number;
  getpeername(address: { address?: unknown; port?: unknown }): number;
  setNoDelay(isOn: boolean): number;
}

/** `onread` is set when a reader begins. */
const METHODS = [...TCP_METHODS.filter((name) => name !== 'onread'), 'getpeername', 'setNoDelay'];
/** The class of the first handle that was found to have all methods; later ones of this class are not asked again. */
let known: unknown;

/**
 * Returns the handle of an accepted connection where it can be used without a socket.
 *
 * @param connection  as a listening handle gives it
 */
export function acceptedHandleOf(connection: object): TcpHandle | undefined {
  if (streamBinding === undefined) return undefined;
  const { constructor: kind } = connection;
  if (kind !== known) {
    if (kind.name !== 'TCP' || !hasMethods(connection, METHODS)) return undefined;
    known = kind;
  }
  return connection as TcpHandle;
}

/** Returns the peer of an accepted connection; `undefined` where it has gone. */
export function peerOfHandle(handle: TcpHandle): { readonly address: string; readonly port: number } | undefined {
  const peer: { address?: unknown; port?: unknown } = {};
  const status = (handle as object as AcceptedHandle).getpeername(peer);
  const { address, port } = peer;
  return status === 0 && typeof address === 'string' && typeof port === 'number' ? { address, port } : undefined;
}

/** Begins to read from the handle of an accepted connection, which sends without delay from here on. */
export function readFirst(handle: TcpHandle, reader: FirstReader): void {
  const accepted = handle as object as AcceptedHandle;
  accepted[READER] = reader;
  accepted.onread = onFirstRead;
  accepted.setNoDelay(true);
  accepted.readStart();
}

/** Ends what {@link readFirst} began: a socket may now be made of the handle. */
export function stopFirst(handle: TcpHandle): void {
  // A socket takes it for an error if it is read from already.
  handle.readStop();
  delete handle[READER];
}

/** On every handle the same function. Node gives it separate memory for each read. */
function onFirstRead(this: ReadHandle, memory?: ArrayBuffer): void {
  const reader = (this as object as AcceptedHandle)[READER] as FirstReader;
  const size = streamBaseState[kReadBytesOrError] as number;
  if (size > 0 && memory !== undefined) reader.firstRead(new Uint8Array(memory, 0, size));
  else if (size !== 0) reader.firstFailed();
}

/**
 * Has the socket that was made of a handle see what the handle has read before.
 *
 * @param bytes  as {@link FirstReader.firstRead} got them
 */
export function readAgain(handle: TcpHandle, bytes: Uint8Array): void {
  // Other streams may have been read from since then.
  (streamBaseState as number[])[kReadBytesOrError] = bytes.length;
  Reflect.apply(handle.onread, handle, [bytes.buffer]);
}
