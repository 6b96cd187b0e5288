// The messages of the soak test. What the n-th message of a stream is (text or binary, size, every byte, in how many
// fragments) follows from the stream's key and n. So the receiver knows what must come next, down to a message of no
// bytes, and one that is lost, doubled, out of order or damaged is seen where it happens, or at the next one that differs.

import { mix, Random } from './random.ts';

/** Bytes of the largest message. */
export const MAX_SIZE = 1 << 20;
/** Text is cut at multiples of this many UTF-16 units: no surrogate pair is torn. */
const GROUP = 8;
/** The first character, or byte, of a broadcast, and of nothing else. */
const BROADCAST_MARK = 1;
const MAX_BROADCAST = 4096;

const bytePattern = makeBytes(2 * MAX_SIZE);
const textPattern = makeText(MAX_SIZE);

export type Data = string | Buffer;

export interface Message {
  readonly data: Data;
  /** The same in parts; one: the message is not fragmented. */
  readonly fragments: readonly Data[];
}

/** Key of a connection's stream in one direction. */
export function streamKey(seed: number, connection: number, direction: 'up' | 'down'): number {
  return mix(mix(seed, connection), direction === 'up' ? 1 : 2);
}

/** Message `number`, counted from 0, of a stream. */
export function messageAt(key: number, number: number): Message {
  const choice = mix(key, 2 * number);
  const data = dataAt(key, number);
  const count = choice % 8 === 0 ? 2 + ((choice >>> 3) % 4) : 1;
  return { data, fragments: count === 1 ? [data] : cut(data, count) };
}

function dataAt(key: number, number: number): Data {
  const choice = mix(key, 2 * number);
  return patternOf((choice & 64) !== 0, sizeOf(choice >>> 8), mix(key, 2 * number + 1));
}

/** Receives one stream. */
export class IncomingStream {
  readonly #key: number;
  /** Number of the message that is due. */
  #due = 0;
  #received = 0;

  constructor(key: number) {
    this.#key = key;
  }

  /** How many messages have come. */
  get received(): number {
    return this.#received;
  }

  /** @returns what is wrong with it; `undefined` when it is the one that is due */
  accept(data: Data): string | undefined {
    this.#received++;
    const due = this.#due++;
    const expected = dataAt(this.#key, due);
    if (isSame(data, expected)) return undefined;
    const text = `message ${due} should be ${describe(expected)}, but ${describe(data)} came`;
    const place = this.#placeOf(data, due);
    if (place === undefined) return `${text}, which is none of those around it`;
    // What follows is compared from here on, so that one fault is told once.
    this.#due = place + 1;
    return `${text}, which is message ${place}`;
  }

  /** Where else in the stream it belongs: the difference between a lost and a doubled message. */
  #placeOf(data: Data, due: number): number | undefined {
    for (let other = Math.max(0, due - 20); other < due + 20; other++) {
      if (other !== due && isSame(data, dataAt(this.#key, other))) return other;
    }
    return undefined;
  }
}

/** A message for everybody. */
export function broadcastAt(seed: number, number: number): Data {
  const choice = mix(seed ^ 0xb0adca57, number);
  const rest = patternOf((choice & 1) === 0, (choice >>> 8) % MAX_BROADCAST, choice);
  if (typeof rest === 'string') return `${String.fromCharCode(BROADCAST_MARK)}${number}:${rest}`;
  const head = Buffer.alloc(5, BROADCAST_MARK);
  head.writeUInt32BE(number, 1);
  return Buffer.concat([head, rest]);
}

export function isBroadcast(data: Data): boolean {
  if (typeof data === 'string') return data.length > 0 && data.charCodeAt(0) === BROADCAST_MARK;
  return data.length >= 5 && data[0] === BROADCAST_MARK;
}

/** Receives the broadcasts of one connection: any of them first, then each that follows. */
export class IncomingBroadcasts {
  readonly #seed: number;
  #first = -1;
  #received = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Number of the first that came; -1: none. */
  get first(): number {
    return this.#first;
  }

  get received(): number {
    return this.#received;
  }

  /** @returns what is wrong with it */
  accept(data: Data): string | undefined {
    const number = typeof data === 'string' ? Number.parseInt(data.slice(1, 12), 10) : data.readUInt32BE(1);
    if (this.#first < 0) this.#first = number;
    const due = this.#first + this.#received++;
    if (number !== due) return `broadcast ${due} should come, but ${number} came`;
    return isSame(data, broadcastAt(this.#seed, number)) ? undefined : `broadcast ${number} is damaged`;
  }
}

/**
 * Sizes from 0 to 1 MiB, each order of magnitude as likely as the next within its class: nine in ten up to 1 KiB, nine in
 * a hundred up to 64 KiB, one in a hundred up to 1 MiB.
 *
 * @param choice  24 random bits
 */
function sizeOf(choice: number): number {
  const kind = choice % 100;
  const fraction = Math.floor(choice / 100) / (2 ** 24 / 100);
  if (kind < 90) return Math.floor(2 ** (10 * fraction)) - 1;
  if (kind < 99) return Math.floor(2 ** (10 + 6 * fraction));
  return Math.min(MAX_SIZE, Math.floor(2 ** (16 + 4 * fraction)));
}

/** @param size  bytes; about twice the UTF-16 units of a text */
function patternOf(isText: boolean, size: number, place: number): Data {
  if (!isText) {
    const start = place % MAX_SIZE;
    return bytePattern.subarray(start, start + size);
  }
  const start = (place % (MAX_SIZE / 2 / GROUP)) * GROUP;
  let units = size >> 1;
  // Between the two halves of the group's surrogate pair.
  if (units % GROUP === 4) units++;
  return textPattern.slice(start, start + units);
}

/** Some parts may be empty (RFC 6455 §5.4 allows it). */
function cut(data: Data, count: number): Data[] {
  const step = Math.ceil(data.length / count / GROUP) * GROUP;
  return Array.from({ length: count }, (_, index) => {
    const end = index === count - 1 ? data.length : (index + 1) * step;
    return typeof data === 'string' ? data.slice(index * step, end) : data.subarray(index * step, end);
  });
}

function isSame(data: Data, expected: Data): boolean {
  if (typeof data === 'string') return data === expected;
  return typeof expected !== 'string' && data.equals(expected);
}

function describe(data: Data): string {
  if (typeof data === 'string') return `a text of ${data.length} units (${JSON.stringify(data.slice(0, 8))} …)`;
  return `${data.length} bytes (${data.toString('hex', 0, 8)} …)`;
}

/** Stretches of noise and of few values: zlib finds some of it. No byte is the mark of broadcasts. */
function makeBytes(length: number): Buffer {
  const random = new Random(1);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) {
    const value = random.below((at >> 12) % 2 === 0 ? 256 : 5);
    bytes[at] = value === BROADCAST_MARK ? 2 : value;
  }
  return bytes;
}

/** Groups of eight units in UTF-8 of one to four bytes, and stretches of only ASCII. Units 3 and 4 are a pair. */
function makeText(units: number): string {
  const random = new Random(2);
  const letter = (from: number, count: number): string => String.fromCodePoint(from + random.below(count));
  const groups: string[] = [];
  for (let at = 0; at < units / GROUP; at++) {
    if ((at >> 7) % 2 === 0) {
      groups.push(Array.from({ length: GROUP }, () => letter(97, 26)).join(''));
      continue;
    }
    const pair = letter(0x1f600, 64);
    const wide = letter(0x4e00, 4096) + letter(0xe0, 30) + letter(97, 26);
    groups.push(wide + pair + letter(0x430, 32) + letter(0x20ac, 1) + letter(48, 10));
  }
  return groups.join('');
}
