// The record of an in-memory network: what passed on each connection, kept as bytes while it passes, and put into words when
// somebody wants to read it: heads, frames, and the ends of TCP.

import { Buffer } from 'node:buffer';
import type { Role } from '../core/constants.ts';
import { FrameReader } from './frame-reader.ts';
import { describeFrame, type Frame, show } from './frames.ts';
import { Head } from './head.ts';
import type { Mark } from './pipe.ts';

/** The most bytes that are kept of a connection, and of all connections. */
const MOST_OF_ONE = 1024 * 1024;
const MOST_OF_ALL = 16 * 1024 * 1024;

type Direction = 'up' | 'down';

/** What became of a connection, in words, where nothing was sent. */
export interface Note {
  readonly note: string;
}

interface Item {
  readonly direction: Direction;
  /** Milliseconds of the network's time. */
  readonly time: number;
  readonly item: Buffer | Mark | Note;
}

const SIGNS = { up: '→', down: '←' } as const;

/** What passed on one connection. */
export class ConnectionRecord {
  readonly #all: NetworkRecord;
  readonly #title: string;
  readonly #items: Item[] = [];
  #size = 0;
  #missing = 0;

  constructor(all: NetworkRecord, title: string) {
    this.#all = all;
    this.#title = title;
  }

  add(direction: Direction, time: number, item: Uint8Array | Mark | Note): void {
    if (typeof item === 'string' || 'note' in item) {
      this.#items.push({ direction, time, item });
      return;
    }
    if (this.#missing > 0 || this.#size + item.length > MOST_OF_ONE || !this.#all.takes(item.length)) {
      this.#missing += item.length;
      return;
    }
    this.#size += item.length;
    this.#items.push({ direction, time, item: Buffer.from(item) });
  }

  /** A line for the connection, and one for each head, frame and end of TCP. */
  text(): string {
    const readers: Record<Direction, RecordReader> = {
      up: new RecordReader('server'),
      down: new RecordReader('client'),
    };
    const lines = [this.#title];
    const add = (when: string, sign: string, word: string) => lines.push(`  ${when.padStart(11)}  ${sign} ${word}`);
    for (const { direction, time, item } of this.#items) {
      const when = `${Math.round(time)} ms`;
      if (typeof item === 'string') add(when, SIGNS[direction], item === 'end' ? 'FIN' : 'RST');
      else if ('note' in item) add(when, '×', item.note);
      else for (const word of readers[direction].read(item)) add(when, SIGNS[direction], word);
    }
    for (const direction of ['up', 'down'] as const) {
      const { unfinished } = readers[direction];
      if (unfinished !== undefined) add('', SIGNS[direction], unfinished);
    }
    if (this.#missing > 0) lines.push(`  and ${this.#missing} bytes that were not kept`);
    return lines.join('\n');
  }
}

/** What passed on all connections, in the order in which they were made. */
export class NetworkRecord {
  readonly #connections: ConnectionRecord[] = [];
  #size = 0;

  /** @param names  of both ends, such as `127.0.0.1:49152 → chat.example:80` */
  connection(names: string): ConnectionRecord {
    const record = new ConnectionRecord(this, `connection ${this.#connections.length + 1}: ${names}`);
    this.#connections.push(record);
    return record;
  }

  /** Whether there is room for so many bytes; if so, they count as taken. */
  takes(bytes: number): boolean {
    if (this.#size + bytes > MOST_OF_ALL) return false;
    this.#size += bytes;
    return true;
  }

  text(): string {
    return this.#connections.map((connection) => connection.text()).join('\n');
  }
}

/** Puts the bytes of one direction into words. */
class RecordReader {
  readonly #role: Role;
  #unread: Buffer = Buffer.alloc(0);
  #state: 'head' | 'body' | 'encrypted' | 'broken' = 'head';
  #frames: FrameReader | undefined;
  #words: string[] = [];
  /** Bytes after the head that belong to no whole frame. */
  #framed = 0;

  /** @param role  of the end that receives */
  constructor(role: Role) {
    this.#role = role;
  }

  /** What has arrived of a head or a frame whose end has not. */
  get unfinished(): string | undefined {
    if (this.#state === 'head' && this.#unread.length > 0)
      return `part of a head ${show(this.#unread.toString('latin1'))}`;
    return this.#frames !== undefined && this.#framed > 0 ? `${this.#framed} bytes of a frame` : undefined;
  }

  read(chunk: Buffer): string[] {
    this.#words = [];
    if (this.#frames !== undefined) this.#readFrames(this.#frames, chunk);
    // The first byte of a TLS handshake (RFC 8446 §5.1).
    else if (this.#state === 'head' && this.#unread.length === 0 && chunk[0] === 22) this.#state = 'encrypted';
    else if (this.#state === 'head') this.#readHead(chunk);
    else if (this.#state === 'body') this.#words.push(`body ${show(chunk.toString('utf8'))}`);
    if (this.#state === 'encrypted') this.#words.push(`TLS, ${chunk.length} bytes`);
    if (this.#state === 'broken') this.#words.push(`bytes ${show(chunk)}`);
    return this.#words;
  }

  #readHead(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = new Head(this.#unread.toString('latin1', 0, end + 4));
    const rest = this.#unread.subarray(end + 4);
    this.#unread = Buffer.alloc(0);
    this.#words.push(head.startLine);
    // A client sends frames after a request for an upgrade, even if it does not wait for the answer.
    const isUpgrade = this.#role === 'client' ? head.status === 101 : head.header('upgrade') !== undefined;
    if (isUpgrade) this.#frames = new FrameReader(this.#role, (frame) => this.#frame(frame));
    else if (hasBody(head)) this.#state = 'body';
    if (rest.length === 0) return;
    if (this.#frames !== undefined) this.#readFrames(this.#frames, rest);
    else if (this.#state === 'head') this.#readHead(rest);
    else this.#words.push(`body ${show(rest.toString('utf8'))}`);
  }

  #readFrames(frames: FrameReader, chunk: Buffer): void {
    this.#framed += chunk.length;
    try {
      // The decoder unmasks in place; the record stays as it is.
      frames.read(Buffer.from(chunk));
    } catch {
      this.#frames = undefined;
      this.#state = 'broken';
    }
  }

  #frame(frame: Frame): void {
    this.#words.push(describeFrame(frame));
    // RFC 6455 §5.2. What a client sends is masked.
    const { length } = frame.payload;
    const header = length < 126 ? 2 : length < 65536 ? 4 : 10;
    this.#framed -= header + (this.#role === 'server' ? 4 : 0) + length;
  }
}

function hasBody(head: Head): boolean {
  return (head.header('content-length') ?? '0') !== '0' || head.header('transfer-encoding') !== undefined;
}
