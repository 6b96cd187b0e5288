// The messages of one session that are sent while their sources are read (`sendStream`). A source is pulled as the peer
// acknowledges, and waits while no connection carries the session.

import type { LinkStream } from '../../core/connection/link-stream.ts';
import { type WebSocketError, webSocketError } from '../../core/errors.ts';
import { nodeHost } from '../../node/environment.ts';
import { joined } from '../protocol/outgoing-item.ts';
import type { OutgoingStream } from '../protocol/outgoing-stream.ts';

/** Small parts of one turn are joined up to this size. */
const JOINED_SIZE = 64 * 1024;

/** The end of the protocol that sends them. */
interface StreamingEnd {
  stream(isBinary: boolean | undefined): OutgoingStream;
}

export class OutgoingMessages {
  readonly #open = new Set<OutgoingMessage>();

  /** Begins one. @param gone  called if the session ends before the message does */
  begin(end: StreamingEnd, isBinary: boolean | undefined, gone: (error: WebSocketError) => void): LinkStream {
    const message = new OutgoingMessage(end.stream(isBinary), gone, () => {
      this.#open.delete(message);
      this.roomMade();
    });
    this.#open.add(message);
    return message;
  }

  /** The peer has acknowledged, or a connection carries the session again. */
  roomMade(): void {
    for (const message of [...this.#open]) message.roomMade();
  }

  /** The session is over. */
  giveUp(why: string): void {
    for (const message of [...this.#open]) message.giveUp(webSocketError('ERR_WS_DROPPED', why));
    this.#open.clear();
  }
}

class OutgoingMessage implements LinkStream {
  readonly #stream: OutgoingStream;
  readonly #gone: (error: WebSocketError) => void;
  readonly #over: () => void;
  #isOver = false;
  /** Parts of this turn. */
  #parts: (string | Uint8Array)[] = [];
  #size = 0;
  #isFlushScheduled = false;
  #goOn: (() => void) | undefined;

  constructor(stream: OutgoingStream, gone: (error: WebSocketError) => void, over: () => void) {
    this.#stream = stream;
    this.#gone = gone;
    this.#over = over;
  }

  hasRoom(): Promise<void> | undefined {
    if (this.#isOver || this.#stream.hasRoom) return undefined;
    return new Promise((resolve) => {
      this.#goOn = resolve;
    });
  }

  write(part: string | Uint8Array): void {
    if (this.#isOver) return;
    // Bytes stay the caller's, and are kept until the peer has acknowledged them.
    this.#parts.push(typeof part === 'string' ? part : copied(part));
    this.#size += part.length;
    if (this.#size >= JOINED_SIZE) {
      this.#flush();
      if (this.#stream.isTooLarge) throw webSocketError('ERR_WS_DROPPED', 'it is larger than the peer takes');
    } else if (!this.#isFlushScheduled) {
      this.#isFlushScheduled = true;
      nodeHost.scheduler.afterTurn(this);
    }
  }

  endOfTurn(): void {
    this.#isFlushScheduled = false;
    if (!this.#isOver) this.#flush();
  }

  end(): void {
    if (this.#isOver) return;
    this.#flush();
    if (this.#stream.isTooLarge) throw webSocketError('ERR_WS_DROPPED', 'it is larger than the peer takes');
    this.#isOver = true;
    this.#stream.end();
    this.#over();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.abort();
    this.#over();
  }

  roomMade(): void {
    if (this.#goOn === undefined || !this.#stream.hasRoom) return;
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn();
  }

  giveUp(error: WebSocketError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#gone(error);
  }

  #flush(): void {
    const parts = this.#parts;
    const [first] = parts;
    if (first === undefined) return;
    this.#parts = [];
    this.#size = 0;
    this.#stream.write(joined(parts, typeof first !== 'string'));
  }
}

function copied(bytes: Uint8Array): Uint8Array {
  const copy = nodeHost.memory.allocate(bytes.length);
  copy.set(bytes);
  return copy;
}
