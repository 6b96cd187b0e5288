// A scripted server of plain HTTP. The test says how it answers; `node:http` reads the requests and writes the responses.

import { AsyncResource } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { readOptions } from '../core/option-check.ts';
import { createServer, STATUS_CODES } from '../node/http.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { VirtualClock } from './clock.ts';
import { type HttpAnswer, servedAnswerSchema, wholeAnswer } from './http-answer.ts';
import type { Listener } from './listener.ts';
import { openStream } from './peer-tls.ts';

/** A request that a scripted server of HTTP has received. */
export interface HttpCall {
  /** 1 for the first request, 2 for the second … */
  readonly number: number;
  /** Such as `GET`. */
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Path without the query. */
  readonly path: string;
  /** The query. */
  readonly query: URLSearchParams;
  /** Header fields, with names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body; empty if there is none. */
  readonly body: Buffer;
  /** Address of the client. */
  readonly remoteAddress: string;
  /** Returns the body as text. */
  text(): string;
  /**
   * Returns the value of the body, which is JSON.
   *
   * @typeParam Value  the type that the test expects; it is not checked
   * @throws SyntaxError
   */
  json<Value = unknown>(): Value;
}

/** How requests are answered: always the same, or by a function. */
export type HttpHandler = HttpAnswer | ((call: HttpCall) => HttpAnswer | Promise<HttpAnswer>);

/** @internal The address and the parts of a scripted server. */
export interface HttpPeerParts {
  readonly url: string;
  readonly address: string;
  readonly port: number;
  readonly clock: VirtualClock;
  readonly handler: HttpHandler;
  readonly tls: ServerTlsOptions | undefined;
  /** The port is free again. */
  readonly stopped: (listener: Listener) => void;
}

/** A scripted server of HTTP. Made by `network.serveHTTP`. */
export class HttpPeer {
  /** The URL as given, with the real port. */
  readonly url: string;
  /** The port that the server listens on. */
  readonly port: number;
  /** All requests so far, the oldest first. */
  readonly calls: HttpCall[] = [];
  /** @internal */
  readonly listener: Listener;
  readonly #parts: HttpPeerParts;
  readonly #server: Server;
  readonly #failures: unknown[] = [];
  /** Requests that the handler has not answered. */
  readonly #running = new Map<HttpCall, object>();
  /** Connections whose other end has lost its net: it hears nothing any more. */
  readonly #severed = new WeakSet<object>();

  /** @internal */
  constructor(parts: HttpPeerParts) {
    const { url, address, port, tls, stopped } = parts;
    this.url = url;
    this.port = port;
    this.#parts = parts;
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    this.#server = createServer(answer);
    this.listener = {
      address: { host: address, port },
      isPeer: true,
      share: { takes: 'requests', path: undefined, tls, accept: (tcp, stream) => this.#take(tcp, stream) },
      allowHalfOpen: tls === undefined,
      context: new AsyncResource('HTTPPEER'),
      accept: (socket) => openStream(socket, tls, (stream) => this.#take(socket, stream)),
      stop: () => stopped(this.listener),
    };
  }

  /** Stops listening: further clients get ECONNREFUSED. */
  close(): void {
    this.#parts.stopped(this.listener);
  }

  /** @internal Returns the errors of handlers that were not reported yet. */
  takeFailures(): unknown[] {
    return this.#failures.splice(0);
  }

  /** @internal Returns the requests that handlers have not answered, in words. */
  unfinished(): string[] {
    return [...this.#running.keys()].map(({ method, target }) => `a handler has not answered ${method} ${target}`);
  }

  /** Takes a connection. @param stream  `tcp`, or TLS over it */
  #take(tcp: Duplex, stream: Duplex): void {
    tcp.once('severed', () => this.#forget(stream));
    this.#server.emit('connection', stream);
  }

  /** No answer will be missed on this connection. */
  #forget(stream: Duplex): void {
    this.#severed.add(stream);
    for (const [call, socket] of this.#running) if (socket === stream) this.#running.delete(call);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handler, clock } = this.#parts;
    const body = await bodyOf(request);
    // The client went away within its request.
    if (body === undefined) return;
    const call = callOf(request, body, this.calls.length + 1);
    this.calls.push(call);
    if (!this.#severed.has(request.socket)) this.#running.set(call, request.socket);
    response.on('close', () => this.#running.delete(call));
    try {
      const given = typeof handler === 'function' ? await handler(call) : handler;
      const checked = readOptions(servedAnswerSchema, given);
      const { status, headers, body: sent } = wholeAnswer(checked);
      const { delay = 0 } = checked;
      if (delay > 0) await new Promise<void>((resolve) => clock.timer({ expired: resolve }).set(delay));
      if (response.destroyed) return;
      const fields = Object.entries(headers).filter(([, value]) => value !== undefined) as [
        string,
        string | string[],
      ][];
      response.sendDate = false;
      // Only the fields that are needed, and those that the test gives.
      response.removeHeader('connection');
      for (const [name, value] of fields) response.setHeader(name, value);
      const isLengthGiven = fields.some(([name]) => /^(?:content-length|transfer-encoding)$/iu.test(name));
      if (!isLengthGiven && status >= 200 && status !== 204 && status !== 304) {
        response.setHeader('Content-Length', sent.length);
      }
      response.writeHead(status, STATUS_CODES[status] ?? 'Status');
      response.end(sent);
    } catch (error) {
      this.#failures.push(error);
      response.destroy();
    } finally {
      this.#running.delete(call);
    }
  }
}

/** Reads a body. @returns `undefined` if it breaks off */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}

function callOf(request: IncomingMessage, body: Buffer, number: number): HttpCall {
  const { method = '', url: target = '', headers, socket } = request;
  // The host does not matter: only the path and the query are taken.
  const whole = target.startsWith('/') ? `http://host${target}` : target;
  const { pathname: path, searchParams: query } = new URL(whole, 'http://host');
  return {
    number,
    method,
    target,
    path,
    query,
    headers,
    body,
    remoteAddress: socket.remoteAddress ?? '',
    text: () => body.toString(),
    json: <Value>() => JSON.parse(body.toString()) as Value,
  };
}
