// A client of the load: a plain socket that counts the messages that come, and takes the time that one of them was on its way.

import type { Socket } from 'node:net';
import { encodeFrame, frameEnd } from '../../../bench/load/frames.ts';
import { openRaw } from '../../../bench/load/raw-client.ts';
import type { Talk } from './talk.ts';

const PING = 9;
const PONG = 10;
const KEY = Buffer.from([0x12, 0x34, 0x56, 0x78]);

export interface PeerEvents {
  /** A message. @param text  its characters */
  message(text: string): void;
  lost(error: Error): void;
}

export class Peer {
  readonly #talk: Talk;
  readonly #events: PeerEvents;
  #socket: Socket | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #setUp: (() => void) | undefined;

  constructor(talk: Talk, events: PeerEvents) {
    this.#talk = talk;
    this.#events = events;
  }

  async open(port: number, topics: readonly string[]): Promise<void> {
    const { greeting, isSetUp } = this.#talk;
    const isReady = new Promise<void>((resolve) => {
      this.#setUp = resolve;
    });
    this.#socket = await openRaw(
      { port, path: this.#talk.path(topics) },
      { received: (size, chunk) => this.#received(size, chunk), lost: (error) => this.#events.lost(error) },
    );
    if (greeting !== undefined) this.#socket.write(greeting);
    if (isSetUp !== undefined) await isReady;
  }

  publish(topic: string, data: string): void {
    this.#socket?.write(this.#talk.publish(topic, data));
  }

  close(): void {
    this.#socket?.destroy();
  }

  #received(size: number, chunk: Buffer): void {
    // The chunk is used again after this call; only the beginning of a frame is copied.
    let bytes = chunk.subarray(0, size);
    if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (let end = frameEnd(bytes, at, bytes.length); end <= bytes.length; end = frameEnd(bytes, at, bytes.length)) {
      const length = (bytes[at + 1] as number) & 0x7f;
      const payloadAt = at + (length < 126 ? 2 : length === 126 ? 4 : 10);
      // Without an answer, some servers end the connection.
      if (((bytes[at] as number) & 0x0f) === PING)
        this.#socket?.write(encodeFrame(PONG, bytes.subarray(payloadAt, end), KEY));
      else this.#text(bytes.toString('latin1', payloadAt, end));
      at = end;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  #text(text: string): void {
    const { answers, isSetUp, isMessage } = this.#talk;
    for (const [question, answer] of answers) if (text === question) this.#socket?.write(answer);
    if (isSetUp?.(text) === true) this.#setUp?.();
    else if (isMessage(text)) this.#events.message(text);
  }
}
