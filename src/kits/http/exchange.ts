// One request and the head of its response over a connection, written and parsed by `node:http`.

import { Buffer } from 'node:buffer';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { httpRequest } from '../host.ts';
import { exchangeError, httpError } from './errors.ts';

/** A request as it goes to the wire. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, or the whole URL for a proxy. */
  readonly target: string;
  /** Names and values, in the order to send. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer | undefined;
  /** Told after each part of the body that has been written. */
  readonly progress: (sent: number, total: number) => void;
}

/** A response whose body has not been read. */
export interface Exchange {
  readonly message: IncomingMessage;
  /** Whether no body follows, whatever the head says: the answer to CONNECT. */
  readonly isBodiless: boolean;
  /** The error of the socket, if there was one. */
  failure(): Error | undefined;
}

/** Bytes of a response head. libcurl has 300 KiB for all fields. */
const MAX_HEAD_SIZE = 300 * 1024;
/** Bytes of a body that are written at once. */
const PART = 64 * 1024;

/**
 * Sends a request and waits for the head of its response. When it fails, the connection is destroyed.
 *
 * @param signal  ends the exchange; the Promise rejects with its `reason`
 * @throws (rejects) BusinessError 2300008, 2300052, 2300055, 2300056, 2300999
 */
export function exchange(socket: Socket, outgoing: OutgoingRequest, signal: AbortSignal): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    let request: ClientRequest | undefined;
    let failure: Error | undefined;
    const before = socket.bytesRead;
    const fail = (error: unknown): void => {
      signal.removeEventListener('abort', aborted);
      request?.destroy();
      socket.destroy();
      reject(error);
    };
    const aborted = (): void => fail(signal.reason);
    const succeed = (message: IncomingMessage, isBodiless: boolean): void => {
      signal.removeEventListener('abort', aborted);
      // The end of the connection may be seen before anybody reads the body.
      message.on('error', () => {});
      resolve({ message, isBodiless, failure: () => failure });
    };
    signal.addEventListener('abort', aborted);
    if (signal.aborted) {
      aborted();
      return;
    }
    socket.on('error', (error) => {
      failure ??= error;
    });
    try {
      request = httpRequest({
        method: outgoing.method,
        path: outgoing.target,
        maxHeaderSize: MAX_HEAD_SIZE,
        setHost: false,
        createConnection: () => socket,
      });
      // A device sends no `Connection` of its own.
      request.removeHeader('connection');
      for (const [name, value] of outgoing.fields) request.setHeader(name, value);
    } catch (error) {
      fail(httpError('internal', error));
      return;
    }
    request.on('response', (message) => succeed(message, false));
    request.on('connect', (message) => succeed(message, true));
    request.on('error', (error) => fail(exchangeError(failure ?? error, socket.bytesRead - before)));
    write(request, outgoing);
  });
}

function write(request: ClientRequest, { body, progress }: OutgoingRequest): void {
  if (body === undefined || body.length === 0) {
    request.end();
    return;
  }
  const writePart = (from: number): void => {
    const to = Math.min(from + PART, body.length);
    request.write(body.subarray(from, to), (error) => {
      if (error) return;
      progress(to, body.length);
      if (to === body.length) request.end();
      else writePart(to);
    });
  };
  writePart(0);
}

/** Text of a header field as it goes to the wire: Node writes a byte for each character. */
export function fieldValue(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Text of a header field that Node has read. */
export function readValue(text: string): string {
  return Buffer.from(text, 'latin1').toString();
}
