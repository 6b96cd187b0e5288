// One end of a run with streams, in a process whose heap is small: sends a stream and reads one, each slow for a time, and
// breaks off in the middle. The other end does the same.

import type { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, MessageStream, type WebSocketError } from '../../../src/engine/index.ts';
import { isRight, partAt } from './data.ts';

/** Bytes after which the slow end of a time pauses, and for how long, in milliseconds. */
const PAUSE_EACH = 1024 * 1024;
const PAUSE = 4;

/** A part of a transfer, by its position: first both are fast, then the sink is slow, then the source, then both are fast. */
function quarter(position: number, size: number): number {
  return Math.floor((4 * position) / size);
}

export interface Sent {
  /** Whether the source was told to stop, or came to its end. */
  isEnded: boolean;
  position: number;
}

/** The bytes of a stream of `size`, slow in its third quarter. */
export async function* source(size: number, sent: Sent): AsyncGenerator<Buffer> {
  try {
    for (let at = 0; at < size; ) {
      const part = partAt(at, size);
      yield part;
      if (quarter(at, size) === 2 && at % PAUSE_EACH === 0) await delay(PAUSE);
      at += part.length;
      sent.position = at;
    }
  } finally {
    sent.isEnded = true;
  }
}

/**
 * Reads a stream of `size`, slowly in its second quarter.
 *
 * @param stopAt  position at which it ends the connection
 * @returns bytes that were read and right, or the code of the error that came instead of the rest
 */
export async function sink(
  message: MessageStream,
  size: number,
  stopAt = Infinity,
  stop = () => {},
): Promise<number | string> {
  let at = 0;
  let paused = 0;
  try {
    for await (const part of message) {
      if (!isRight(part, at)) return `wrong bytes at ${at}`;
      at += part.length;
      if (at >= stopAt) stop();
      if (quarter(at, size) === 1 && at - paused >= PAUSE_EACH) {
        paused = at;
        await delay(PAUSE);
      }
    }
    return at;
  } catch (error) {
    return (error as WebSocketError).code;
  }
}

export function isStream(data: unknown): data is MessageStream {
  return data instanceof MessageStream;
}

/** What a run does with one connection, in its URL. */
export interface Task {
  /** `up`: the client sends; `down`: the server does; `echo`: the server passes on what it gets, as it gets it. */
  readonly way: 'up' | 'down' | 'echo';
  readonly size: number;
  /** Position at which the client breaks off. */
  readonly stopAt: number | undefined;
}

export function taskOf(url: string): Task {
  const { pathname, searchParams } = new URL(url, 'ws://localhost');
  const stopAt = searchParams.get('stop');
  return {
    way: pathname.slice(1) as Task['way'],
    size: Number(searchParams.get('size')),
    stopAt: stopAt === null ? undefined : Number(stopAt),
  };
}

export function urlOf({ way, size, stopAt }: Task, port: number): string {
  return `ws://127.0.0.1:${port}/${way}?size=${size}${stopAt === undefined ? '' : `&stop=${stopAt}`}`;
}

/** How a transfer ended, for the other end: `ok`, or what was wrong. */
export function outcomeOf(result: number | string, { size, stopAt }: Task): string {
  if (stopAt !== undefined) return typeof result === 'string' && result.startsWith('ERR_WS_') ? 'ok' : `read ${result}`;
  return result === size ? 'ok' : `read ${result} of ${size}`;
}

export type { Connection };
