// Responses that are still being written on a socket when a request that was pipelined behind theirs asks for an upgrade.
// Node emits `upgrade` as soon as its head is read, and stops serving the socket, but responses to earlier requests still
// write to it (RFC 9112 §9.3.2: in the order of their requests). An upgrade waits for them before it is answered.

import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { currentResponse } from '../node/internals/current-response.ts';
import { carrierOf } from './node-request.ts';

/**
 * Calls `proceed` when all earlier responses have been written: at once if there are none. It is not called if the socket
 * is lost meanwhile, or if the last response ended the connection (`Connection: close`). Nothing is read.
 *
 * @param waiting  gets the socket meanwhile: Node's server no longer counts it
 */
export function afterEarlierResponses(
  request: IncomingMessage,
  socket: Duplex,
  waiting: Set<Duplex> | undefined,
  proceed: () => void,
): void {
  const carrier = carrierOf(request, socket);
  const first = currentResponse(carrier);
  // Other runtimes may have a response to the upgrade itself.
  if (first === undefined || first.req === request) proceed();
  else new ResponseWait(carrier, waiting, AsyncResource.bind(proceed)).for(first);
}

class ResponseWait {
  readonly #socket: Duplex;
  readonly #waiting: Set<Duplex> | undefined;
  readonly #proceed: () => void;
  readonly #lost = (): void => this.#end();
  readonly #drained = (): void => {
    // Node has removed its own listener from the socket, which told a response of the application to go on.
    const response = currentResponse(this.#socket);
    if (response?.writableNeedDrain === true) response.emit('drain');
  };

  constructor(socket: Duplex, waiting: Set<Duplex> | undefined, proceed: () => void) {
    this.#socket = socket;
    this.#waiting = waiting;
    this.#proceed = proceed;
    waiting?.add(socket);
    socket.on('error', ignore);
    socket.on('close', this.#lost);
    socket.on('drain', this.#drained);
  }

  for(response: ServerResponse): void {
    response.once('finish', () => {
      // By now Node has put the next response in its place, or has ended the connection behind the last.
      const next = currentResponse(this.#socket);
      if (next !== undefined && next !== response) {
        this.for(next);
        return;
      }
      this.#end();
      if (!this.#socket.writable || this.#socket.destroyed) return;
      this.#proceed();
      // Until here an error needs a listener.
      this.#socket.off('error', ignore);
    });
  }

  #end(): void {
    const socket = this.#socket;
    this.#waiting?.delete(socket);
    socket.off('close', this.#lost);
    socket.off('drain', this.#drained);
  }
}

function ignore(): void {}
