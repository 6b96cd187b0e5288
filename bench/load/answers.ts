// Answers of a server, counted as they come in chunks: by bytes where all are alike, by frame headers where compression
// makes them differ in size. The first ones are compared in full.

import { constants, inflateRawSync } from 'node:zlib';
import { encodeFrame, type FrameRing, frameEnd, type MessageKind } from './frames.ts';

export interface Answers {
  /**
   * Takes the first `size` bytes of `chunk`.
   *
   * @returns answers that are complete with them
   * @throws when one of the first is not what was sent
   */
  count(size: number, chunk: Buffer): number;
}

/** @param toCheck  how many compressed ones are inflated and compared */
export function answersOf(kind: MessageKind, ring: FrameRing, toCheck: number): Answers {
  return kind.deflate === undefined
    ? new AnswersBySize(encodeFrame(kind.opcode, ring.payloads[0] as Buffer))
    : new AnswersByHeader(ring.payloads.slice(0, toCheck), kind.deflate === 'takeover');
}

/** Answers that are all the same bytes; the first is compared, the others are counted by their size. */
class AnswersBySize implements Answers {
  readonly #answer: Buffer;
  #pending = 0;
  #checked = 0;

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  count(size: number, chunk: Buffer): number {
    const { length } = this.#answer;
    if (this.#checked < length) {
      const end = Math.min(length, this.#checked + size);
      if (this.#answer.compare(chunk, 0, end - this.#checked, this.#checked, end) !== 0) {
        throw new Error('the first answer is not the echo');
      }
      this.#checked = end;
    }
    this.#pending += size;
    const count = Math.floor(this.#pending / length);
    this.#pending -= count * length;
    return count;
  }
}

/** Compressed answers. As many as there are different messages are inflated and compared. */
class AnswersByHeader implements Answers {
  readonly #payloads: readonly Buffer[];
  readonly #window: Buffer[] | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #checked = 0;

  constructor(payloads: readonly Buffer[], takesOver: boolean) {
    this.#payloads = payloads;
    this.#window = takesOver ? [] : undefined;
  }

  count(size: number, chunk: Buffer): number {
    const isWhole = this.#rest.length === 0;
    const bytes = isWhole ? chunk : Buffer.concat([this.#rest, chunk.subarray(0, size)]);
    const end = isWhole ? size : bytes.length;
    let at = 0;
    let count = 0;
    for (let next = frameEnd(bytes, at, end); next <= end; next = frameEnd(bytes, at, end)) {
      if (this.#checked < this.#payloads.length) this.#check(bytes.subarray(at, next));
      at = next;
      count++;
    }
    this.#rest = at === end ? NOTHING : Buffer.from(bytes.subarray(at, end));
    return count;
  }

  #check(frame: Buffer): void {
    const expected = this.#payloads[this.#checked++] as Buffer;
    const header = ((frame[1] as number) & 0x7f) < 126 ? 2 : 4;
    const isCompressed = ((frame[0] as number) & 0x40) !== 0;
    const content = frame.subarray(header);
    const dictionary = this.#window && Buffer.concat(this.#window).subarray(-32 * 1024);
    const message = isCompressed ? inflate(content, dictionary) : content;
    if (!message.equals(expected)) throw new Error(`answer ${this.#checked} is not the echo`);
    this.#window?.push(expected);
  }
}

const NOTHING = Buffer.alloc(0);
const TAIL = Buffer.from('0000ffff', 'hex');

function inflate(content: Buffer, dictionary: Buffer | undefined): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  return inflateRawSync(
    Buffer.concat([content, TAIL]),
    dictionary && dictionary.length > 0 ? { ...options, dictionary } : options,
  );
}
