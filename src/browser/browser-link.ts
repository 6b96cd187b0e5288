// The link of the kit's client in a page: the browser's WebSocket (HTML standard, "Web sockets"), which does the
// handshake, the frames and the closing.

import { isSharedArrayBuffer } from '../core/brands.ts';
import { CloseCode } from '../core/constants.ts';
import { LINK_DOWN } from '../kit/business-error.ts';
import { afterAnswers } from '../kit/client/answers.ts';
import type { Link, LinkEvents } from '../kit/client/link.ts';
import { NO_STATUS, shownClose } from '../kit/close-result.ts';
import { type Payload, snapshot } from '../kit/payload.ts';
import { policy } from '../kit/policy.ts';

const UNKNOWN_FAILURE = 'the browser could not open the WebSocket and does not tell a page why; look into its console';

export class BrowserLink implements Link {
  readonly #events: LinkEvents;
  /** Absent when the browser refused to make one. */
  readonly #socket: WebSocket | undefined;
  #phase: 'connecting' | 'open' | 'closing' = 'connecting';
  /** Runs until the opening, and again after `close`: the browser itself waits for minutes. */
  #deadline: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts connecting. The call is answered at once: a browser does not tell a name that does not exist from other
   * failures.
   */
  constructor(url: string, subprotocols: readonly string[], events: LinkEvents) {
    this.#events = events;
    events.answered();
    try {
      this.#socket = new WebSocket(url, [...subprotocols]);
    } catch (error) {
      // A policy of the browser forbids it, such as ws: from a page of https:. The application sees a failure like
      // others.
      afterAnswers(() => this.#failed(error));
      return;
    }
    const { handshakeTimeout } = policy();
    if (handshakeTimeout > 0) {
      const late = (): void => this.#failed(new Error(`the WebSocket did not open within ${handshakeTimeout} ms`));
      this.#deadline = setTimeout(late, handshakeTimeout);
    }
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#messageReceived(data);
    // Where a policy of the page (CSP) forbids the address, no close event follows. Elsewhere it adds nothing.
    this.#socket.onerror = () => {
      if (this.#phase === 'connecting') this.#failed(new Error(UNKNOWN_FAILURE));
    };
    this.#socket.onclose = (event) => this.#closed(event);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  send(payload: Payload): void {
    // Browsers do not take shared memory.
    const isShared = typeof payload !== 'string' && isSharedArrayBuffer(payload.buffer);
    this.#socket?.send((isShared ? snapshot(payload) : payload) as string | Uint8Array<ArrayBuffer>);
  }

  /**
   * The browser sends what is queued before its Close frame. A page may send only 1000 and 3000–4999, and the kit asks
   * for 1000–1015, so every code becomes 1000.
   */
  close(code?: number, reason?: string): void {
    this.#phase = 'closing';
    if (code === undefined) this.#socket?.close();
    else this.#socket?.close(CloseCode.normal, reason);
    this.#deadline = setTimeout(() => this.#lost(), policy().closeTimeout);
  }

  /** Ends the socket if it has not ended. Nothing of it is heard any more. */
  abort(): void {
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
    socket.close();
  }

  #opened(): void {
    clearTimeout(this.#deadline);
    this.#phase = 'open';
    const protocol = this.#socket?.protocol ?? '';
    // A page does not see the response. Its status was 101, and these are the words for it; its headers are not known.
    this.#events.opened(this, { status: 101, message: 'Switching Protocols', protocol });
  }

  #messageReceived(data: string | ArrayBuffer): void {
    if (this.#phase === 'open') this.#events.messageReceived(typeof data === 'string' ? data : new Uint8Array(data));
  }

  #closed({ code, reason }: CloseEvent): void {
    if (this.#phase === 'connecting') {
      this.#failed(new Error(UNKNOWN_FAILURE));
    } else if (code === CloseCode.abnormal) {
      this.#lost();
    } else {
      this.abort();
      this.#events.ended({ result: shownClose(code, reason) });
    }
  }

  #lost(): void {
    this.abort();
    const failure = new Error('the connection ended without a Close frame, or the browser failed it');
    this.#events.ended({ result: { code: NO_STATUS, reason: LINK_DOWN }, failure });
  }

  #failed(cause: unknown): void {
    this.abort();
    this.#events.failed(0, cause);
  }
}
