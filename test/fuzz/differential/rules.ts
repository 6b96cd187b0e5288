// Where this engine and `ws` differ, each difference with a name that docs/deviations.md argues under. A rule does not
// excuse: it says how the input would have to read for both to agree, and they are asked again about that input. So
// everything before the difference, and behind it where this engine goes on, is still compared.

import type { Role } from '../../../src/core/constants.ts';
import { isSendableCloseCode } from '../../../src/core/frame/close-payload.ts';
import { concat, toHex } from '../../support/hex.ts';
import { type LooseFrame, type LooseFrames, readLoosely, writeFrame } from '../frames.ts';
import { replaced } from '../mutate.ts';
import { ENDS_WITHIN_BLOCK, type PlainResult } from '../plain-inflate.ts';
import { type Deflate, deflateOf, isSame, limits, type Outcome, ours, theirs } from './outcome.ts';

/** One input takes no more repairs than that: an empty message in every few bytes is the most there can be. */
const MOST_RULES = 400;

/** One input that the two answer differently. */
export interface Difference extends LooseFrames {
  readonly role: Role;
  readonly deflate: Deflate;
  readonly bytes: Uint8Array;
  readonly ours: Outcome;
  readonly theirs: Outcome;
}

export interface Rule {
  readonly name: string;
  /** The input without what the two differ on; `undefined`: this is not the difference. */
  repair(difference: Difference): Uint8Array | undefined;
}

/** A message as its frames carry it. */
interface FramedMessage {
  readonly frames: readonly LooseFrame[];
  readonly isWhole: boolean;
  /** Joined payloads. */
  readonly payload: Uint8Array;
  readonly isText: boolean;
  readonly isCompressed: boolean;
}

export const rules: readonly Rule[] = [
  {
    name: 'frame-cut',
    repair({ role, bytes, cutHeader, isPayloadCut, frames, ours, theirs }) {
      if (cutHeader.length > 0) {
        const [first = 0, second = role === 'server' ? 0x80 : 0] = cutHeader;
        const short = second & 0x7f;
        const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0);
        const header = new Uint8Array(size);
        header.set([first, second]);
        header.set(cutHeader);
        return concat([bytes.subarray(0, bytes.length - cutHeader.length), header]);
      }
      const last = frames.at(-1);
      if (!isPayloadCut || last === undefined || last.length > limits.maxMessageSize) return undefined;
      if ((ours.end === 'open') === (theirs.end === 'open')) return undefined;
      return concat([bytes, new Uint8Array(last.length - last.payload.length)]);
    },
  },
  // What ws loses in one message shows in the next: these two before all that looks at a single message.
  {
    name: 'empty-compressed',
    repair({ bytes, frames }) {
      const empty = messagesOf(frames).find((it) => it.isCompressed && it.isWhole && it.payload.length === 0);
      if (empty === undefined) return undefined;
      const { first, key, start, end } = empty.frames.at(-1) as LooseFrame;
      return concat([
        bytes.subarray(0, start),
        writeFrame({ first, key, payload: Uint8Array.of(0) }),
        bytes.subarray(end),
      ]);
    },
  },
  {
    name: 'final-block',
    repair(difference) {
      const messages = messagesOf(difference.frames);
      const message = messages.find((it) => inflated(difference, it)?.finalEnd !== undefined);
      const finalEnd = message && inflated(difference, message)?.finalEnd;
      if (message === undefined || finalEnd === undefined) return undefined;
      const { payload } = message;
      const shown = finalEnd < payload.length ? concat([payload.subarray(0, finalEnd), Uint8Array.of(0)]) : payload;
      return withMessage(difference, message, message.isText ? 0xc1 : 0xc2, shown);
    },
  },
  {
    name: 'length-not-minimal',
    repair(difference) {
      if (difference.ours.error !== 'ERR_WS_LENGTH_NOT_MINIMAL') return undefined;
      const { first, key, payload, length } = failing(difference);
      return withFrame(difference, writeFrame({ first, key, payload, length }));
    },
  },
  {
    name: 'length-sign',
    repair(difference) {
      const { ours, theirs, bytes } = difference;
      if (ours.error !== 'ERR_WS_LENGTH_SIGN' || theirs.end !== 'fail 1009') return undefined;
      const { start } = failing(difference);
      return replaced(bytes, start + 2, 1, [(bytes[start + 2] as number) & 0x7f]);
    },
  },
  {
    name: 'fragments-before-size',
    repair(difference) {
      const { ours, theirs } = difference;
      if (ours.error !== 'ERR_WS_TOO_MANY_FRAGMENTS' || theirs.end !== 'fail 1009') return undefined;
      const { first, key } = failing(difference);
      return withFrame(difference, writeFrame({ first, key, payload: new Uint8Array(0) }));
    },
  },
  {
    name: 'length-before-place',
    repair(difference) {
      const { ours, theirs } = difference;
      if (ours.error !== 'ERR_WS_LENGTH_TOO_LARGE' || theirs.end !== 'fail 1002') return undefined;
      const { first, key } = failing(difference);
      return withFrame(difference, writeFrame({ first, key, payload: new Uint8Array(0) }));
    },
  },
  {
    name: 'utf8-fail-fast',
    repair(difference) {
      if (difference.ours.error !== 'ERR_WS_INVALID_UTF8') return undefined;
      const message = failingMessage(difference);
      if (message?.isText !== true) return undefined;
      const text = inflated(difference, message)?.output ?? message.payload;
      const size = invalidFrom(text);
      if (size === undefined || size > limits.maxMessageSize) return undefined;
      // The message ended where it is refused.
      return withMessage(difference, message, 0x81, text.subarray(0, size));
    },
  },
  {
    name: 'close-reason-before-code',
    repair(difference) {
      const { ours, theirs } = difference;
      if (ours.error !== 'ERR_WS_INVALID_UTF8' || theirs.end !== 'fail 1002') return undefined;
      const { first, key, payload } = failing(difference);
      const [high = 0, low = 0] = payload;
      if (first !== 0x88 || isSendableCloseCode(high * 256 + low)) return undefined;
      return withFrame(difference, writeFrame({ first, key, payload: replaced(payload, 0, 2, [0x03, 0xe8]) }));
    },
  },
  {
    name: 'size-or-inflate-error',
    repair(difference) {
      const ends = [difference.ours.end, difference.theirs.end];
      if (!ends.includes('fail 1007') || !ends.includes('fail 1009')) return undefined;
      const message = failingMessage(difference);
      const result = message && inflated(difference, message);
      if (result?.error === undefined || result.output.length <= limits.maxMessageSize) return undefined;
      return withMessage(difference, message as FramedMessage, 0x82, new Uint8Array(limits.maxMessageSize + 1));
    },
  },
  {
    name: 'ends-within-block',
    repair(difference) {
      if (difference.ours.error !== 'ERR_WS_INFLATE') return undefined;
      const message = failingMessage(difference);
      if (message?.isWhole !== true || inflated(difference, message)?.error !== ENDS_WITHIN_BLOCK) return undefined;
      // A block type that does not exist, which both refuse.
      return withMessage(difference, message, 0xc2, Uint8Array.of(0x06));
    },
  },
];

/**
 * Compares what becomes of an input here and at `ws`.
 *
 * @param known  the rules that may explain; for the test that each one is needed
 * @returns the names of the rules that their difference takes to explain; none when they agree
 * @throws Error when it is not explained
 */
export function compare(role: Role, deflate: Deflate, bytes: Uint8Array, known = rules): string[] | Promise<string[]> {
  const other = theirs(role, deflate, bytes);
  if (!(other instanceof Promise)) {
    const own = ours(role, deflate, bytes);
    if (isSame(own, other)) return [];
  }
  return explain(role, deflate, bytes, known);
}

async function explain(role: Role, deflate: Deflate, bytes: Uint8Array, known: readonly Rule[]): Promise<string[]> {
  const names: string[] = [];
  let input = bytes;
  for (;;) {
    const [own, other] = [ours(role, deflate, input), await theirs(role, deflate, input)];
    if (isSame(own, other)) return names;
    const difference = { role, deflate, bytes: input, ours: own, theirs: other, ...readLoosely(input) };
    let repaired: Uint8Array | undefined;
    for (const rule of known) {
      repaired = rule.repair(difference);
      if (repaired !== undefined && toHex(repaired) === toHex(input)) repaired = undefined;
      if (repaired === undefined) continue;
      names.push(rule.name);
      break;
    }
    if (repaired === undefined || names.length > MOST_RULES) {
      const path = names.length === 0 ? '' : ` (after ${names.join(', ')})`;
      throw new Error(`unexplained${path}: here ${show(own)}; ws ${show(other)}`);
    }
    input = repaired;
  }
}

function show({ events, end, error }: Outcome): string {
  return `${[...events, end].join(', ')}${error === undefined ? '' : ` ${error}`}`;
}

/** The frame that this engine fails with. */
function failing({ role, deflate, bytes, frames }: Difference): LooseFrame {
  const frame = frames.find(({ end }) => ours(role, deflate, bytes.subarray(0, end)).end !== 'open');
  if (frame === undefined) throw new Error('no frame of the input is refused');
  return frame;
}

/** The input with the frame that this engine fails with written anew. */
function withFrame(difference: Difference, frame: Uint8Array): Uint8Array {
  const { start, end } = failing(difference);
  return concat([difference.bytes.subarray(0, start), frame, difference.bytes.subarray(end)]);
}

/** The data message within which this engine fails, if it does. */
function failingMessage(difference: Difference): FramedMessage | undefined {
  const last = failing(difference);
  if ((last.first & 8) !== 0) return undefined;
  return messagesOf(difference.frames.slice(0, difference.frames.indexOf(last) + 1)).at(-1);
}

function messagesOf(frames: readonly LooseFrame[]): FramedMessage[] {
  const messages: FramedMessage[] = [];
  let parts: LooseFrame[] = [];
  const finish = (isWhole: boolean) => {
    const first = parts[0]?.first ?? 0;
    messages.push({
      frames: parts,
      isWhole,
      payload: concat(parts.map(({ payload }) => payload)),
      isText: (first & 15) === 1,
      isCompressed: (first & 0x40) !== 0,
    });
    parts = [];
  };
  for (const frame of frames) {
    if ((frame.first & 8) !== 0) continue;
    parts.push(frame);
    if (frame.first >= 0x80) finish(true);
  }
  if (parts.length > 0) finish(false);
  return messages;
}

/** Control frames between the fragments of a message, before the last one that counts. */
function controlsWithin({ frames, bytes }: Difference, message: FramedMessage): Uint8Array[] {
  const from = frames.indexOf(message.frames[0] as LooseFrame);
  const to = frames.indexOf(message.frames.at(-1) as LooseFrame);
  return frames
    .slice(from, to)
    .filter(({ first }) => (first & 8) !== 0)
    .map(({ start, end }) => bytes.subarray(start, end));
}

/** What a compressed message inflates to, as far as it does. `undefined`: it is not compressed. */
function inflated({ deflate, frames }: Difference, message: FramedMessage): PlainResult | undefined {
  const inflate = deflateOf(deflate);
  for (const it of messagesOf(frames)) {
    const result = it.isCompressed && it.payload.length > 0 ? inflate.message(it.payload) : undefined;
    if (it.frames[0] === message.frames[0]) return result;
    if (result?.error !== undefined) return undefined;
  }
  return undefined;
}

/** The input up to a message, which is written anew, uncompressed in one frame, and is the last. */
function withMessage(difference: Difference, message: FramedMessage, first: number, payload: Uint8Array): Uint8Array {
  const [{ start, key }] = message.frames as [LooseFrame];
  const written = writeFrame({ first, key, payload });
  return concat([difference.bytes.subarray(0, start), ...controlsWithin(difference, message), written]);
}

/** How many bytes of a text show that it can never become valid UTF-8. */
function invalidFrom(text: Uint8Array): number | undefined {
  for (let size = 1; size <= text.length; size++) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(text.subarray(0, size), { stream: true });
    } catch {
      return size;
    }
  }
  return undefined;
}
