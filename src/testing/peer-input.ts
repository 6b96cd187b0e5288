// Splits the bytes that a scripted peer receives into HTTP heads, bodies and frames.

import { Buffer } from 'node:buffer';
import type { Role } from '../core/constants.ts';
import type { Arrival } from './arrivals.ts';
import { FrameReader } from './frame-reader.ts';
import { Head } from './head.ts';

type Reading =
  | { readonly kind: 'head' }
  /** After a head. The kind of the next bytes depends on what the script does next. */
  | { readonly kind: 'undecided' }
  /** The body of a response. `length` is infinite if the body lasts until the end of TCP. */
  | { readonly kind: 'body'; readonly length: number }
  | { readonly kind: 'frames'; readonly reader: FrameReader }
  /** After a violation of the protocol. */
  | { readonly kind: 'ignored' };

const NOTHING = Buffer.alloc(0);

export class PeerInput {
  readonly #role: Role;
  readonly #arrived: (arrival: Arrival) => void;
  #reading: Reading = { kind: 'head' };
  #unread: Buffer = NOTHING;
  #head: Head | undefined;

  /** @param role  role of the peer. The heads that a client receives are responses, which determine what follows them. */
  constructor(role: Role, arrived: (arrival: Arrival) => void) {
    this.#role = role;
    this.#arrived = arrived;
  }

  /** The latest head. */
  get head(): Head | undefined {
    return this.#head;
  }

  /** Reads what follows a head as another head. */
  expectHead(): void {
    if (this.#reading.kind === 'undecided') this.#read({ kind: 'head' });
  }

  /** Reads what follows a request as its body, as far as `Content-Length` says. */
  expectBody(): void {
    if (this.#role === 'client' || this.#reading.kind !== 'undecided' || this.#head === undefined) return;
    const length = Number(this.#head.header('content-length') ?? 0);
    this.#reading = { kind: 'body', length };
    this.#readBody(length);
  }

  /** Reads what follows a head as frames. */
  expectFrames(): void {
    const reader = new FrameReader(this.#role, (frame) => this.#arrived({ kind: 'frame', frame }));
    this.#read({ kind: 'frames', reader });
  }

  received(chunk: Buffer): void {
    const reading = this.#reading;
    switch (reading.kind) {
      case 'frames':
        try {
          reading.reader.read(chunk);
        } catch (error) {
          this.#reading = { kind: 'ignored' };
          this.#arrived({ kind: 'violation', error: error as Error });
        }
        return;
      case 'ignored':
        return;
      default:
        this.#unread = Buffer.concat([this.#unread, chunk]);
        if (reading.kind === 'head') this.#readHead();
        else if (reading.kind === 'body') this.#readBody(reading.length);
    }
  }

  /** TCP FIN. */
  end(): void {
    if (this.#reading.kind === 'body') this.#readBody(this.#unread.length);
    this.#arrived({ kind: 'end' });
  }

  #read(reading: Reading): void {
    this.#reading = reading;
    const unread = this.#unread;
    this.#unread = NOTHING;
    if (unread.length > 0) this.received(unread);
  }

  #readHead(): void {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = new Head(this.#unread.toString('latin1', 0, end + 4));
    this.#unread = this.#unread.subarray(end + 4);
    this.#head = head;
    this.#reading = { kind: 'undecided' };
    this.#arrived({ kind: 'head', head });
    if (this.#role === 'server') return;
    if (head.status === 101) this.expectFrames();
    else if (head.status >= 200) {
      this.#reading = { kind: 'body', length: Number(head.header('content-length') ?? Number.POSITIVE_INFINITY) };
      this.#readBody(this.#reading.length);
    } else this.#read({ kind: 'head' });
  }

  #readBody(length: number): void {
    if (this.#unread.length < length) return;
    const text = this.#unread.toString('utf8', 0, length);
    this.#unread = this.#unread.subarray(length);
    this.#reading = { kind: 'undecided' };
    this.#arrived({ kind: 'body', text });
  }
}
