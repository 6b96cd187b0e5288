// One `connect` of a client and what came of it, over the browser's WebSocket (the HTML standard's "WebSockets"), which
// does the handshake, the frames and the closing. As with the engine, "ended" means that the object is free for another
// `connect` before the last event is delivered.
//
//   connecting ──open──▶ open ──close event──▶ ended: [error] close
//    │  │
//    │  └─error or close event──▶ ended: error
//    └────close()──▶ aborted ──▶ ended: close

import { isSharedArrayBuffer } from '../core/brands.ts';
import { afterAnswers, type PendingCall } from '../kit/async-callback.ts';
import { LINK_DOWN } from '../kit/business-error.ts';
import { type ClientEvents, reportEnd, reportFailure, reportMessage, reportOpen } from '../kit/client/client-events.ts';
import type { Session } from '../kit/client/session.ts';
import { cutReason } from '../kit/close-result.ts';
import { type Payload, snapshot } from '../kit/payload.ts';
import { policy } from '../kit/policy.ts';
import type { CloseResult } from '../kit/types.ts';

type State =
  /** `queue`: messages sent before the opening. */
  | { readonly kind: 'connecting'; readonly queue: Payload[] }
  | { readonly kind: 'aborted' }
  /** `requested`: what the application closed the connection with. */
  | { readonly kind: 'open'; requested?: CloseResult };

// §7.4.1: a Close frame without a code, no Close frame at all.
const NO_STATUS_RECEIVED = 1005;
const ABNORMAL = 1006;
const NORMAL = 1000;
/** Reported when a connection is gone without a Close frame, as on devices. */
const NO_STATUS = 0;

const UNKNOWN_FAILURE = 'the browser could not open the WebSocket; its console says why, a page is not told';

export class BrowserSession implements Session {
  readonly #events: ClientEvents;
  /** Absent when the browser refused to make one. */
  readonly #socket: WebSocket | undefined;
  #state: State = { kind: 'connecting', queue: [] };
  /** Until the opening, and from `close()` on: the browser's own patience is minutes. */
  #deadline: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts connecting.
   *
   * @param call  settled at once: a browser does not tell a name that does not exist from any other failure
   */
  constructor(events: ClientEvents, call: PendingCall, url: string, subprotocols: readonly string[]) {
    this.#events = events;
    call.settle();
    try {
      this.#socket = new WebSocket(url, [...subprotocols]);
    } catch (error) {
      // By its own policies, such as for ws: from a page of https:. For the application a failure like others.
      afterAnswers(() => this.#failed(error));
      return;
    }
    const { handshakeTimeout } = policy();
    if (handshakeTimeout > 0) {
      const late = (): void => this.#failed(new Error(`no WebSocket after ${handshakeTimeout} ms`));
      this.#deadline = setTimeout(late, handshakeTimeout);
    }
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#message(data);
    // It says nothing that `close` does not, except where a policy of the page (CSP) forbids the address: nothing follows.
    this.#socket.onerror = () => this.#failed(new Error(UNKNOWN_FAILURE));
    this.#socket.onclose = (event) => this.#closed(event);
  }

  send(payload: Payload): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'open':
        if (!this.#isOpen()) return false;
        this.#send(payload);
        return true;
      case 'connecting':
        state.queue.push(snapshot(payload));
        return true;
      case 'aborted':
        return false;
    }
  }

  close(requested: CloseResult): boolean {
    const state = this.#state;
    switch (state.kind) {
      case 'open':
        if (!this.#isOpen()) return false;
        state.requested = requested;
        // The browser sends what is queued before its Close frame.
        startClosing(this.#socket!, requested);
        this.#deadline = setTimeout(() => this.#ended(requested), policy().closeTimeout);
        return true;
      case 'connecting':
        this.#state = { kind: 'aborted' };
        this.#forget();
        afterAnswers(() => reportEnd(this.#events, this, requested));
        return true;
      case 'aborted':
        return false;
    }
  }

  /** Whether neither end has begun to close. */
  #isOpen(): boolean {
    const state = this.#state;
    return state.kind === 'open' && state.requested === undefined && this.#socket?.readyState === WebSocket.OPEN;
  }

  #send(payload: Payload): void {
    // Browsers do not take shared memory.
    const isShared = typeof payload !== 'string' && isSharedArrayBuffer(payload.buffer);
    this.#socket?.send((isShared ? snapshot(payload) : payload) as string | Uint8Array<ArrayBuffer>);
  }

  /** Nothing of the socket is heard any more, and it ends if it has not. */
  #forget(): void {
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
    socket.close();
  }

  #opened(): void {
    const state = this.#state;
    if (state.kind !== 'connecting') return;
    clearTimeout(this.#deadline);
    this.#state = { kind: 'open' };
    for (const payload of state.queue) this.#send(payload);
    // A page does not see the response; 101 it was, and these are the words for it. `headerReceive` never comes.
    reportOpen(this.#events, 101, 'Switching Protocols', this.#socket?.protocol ?? '');
  }

  #message(data: string | ArrayBuffer): void {
    const state = this.#state;
    if (state.kind !== 'open' || state.requested !== undefined) return;
    reportMessage(this.#events, typeof data === 'string' ? data : new Uint8Array(data));
  }

  #closed({ code, reason }: CloseEvent): void {
    const state = this.#state;
    if (state.kind !== 'open') {
      this.#failed(new Error(UNKNOWN_FAILURE));
    } else if (state.requested !== undefined) {
      this.#ended(state.requested);
    } else if (code === ABNORMAL) {
      const failure = new Error('the connection ended without a Close frame, or the browser failed it');
      this.#ended({ code: NO_STATUS, reason: LINK_DOWN }, failure);
    } else if (code === NO_STATUS_RECEIVED) {
      this.#ended({ code: NORMAL, reason: LINK_DOWN });
    } else {
      this.#ended({ code, reason: reason === '' ? LINK_DOWN : reason });
    }
  }

  #ended(result: CloseResult, failure?: Error): void {
    this.#forget();
    reportEnd(this.#events, this, result, failure);
  }

  #failed(cause: unknown): void {
    // close() may have come in between.
    if (this.#state.kind !== 'connecting') return;
    this.#forget();
    reportFailure(this.#events, this, 0, cause);
  }
}

/**
 * Starts the closing handshake. A page may send 1000 and 3000–4999 only, and `close` of the kit asks for 1000–1015: of
 * these the wire sees 1000, and for 1005 a Close frame without a code.
 */
function startClosing(socket: WebSocket, { code, reason }: CloseResult): void {
  if (code === NO_STATUS_RECEIVED) socket.close();
  else socket.close(NORMAL, cutReason(reason));
}
