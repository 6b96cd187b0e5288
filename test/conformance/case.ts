// A case of conformance as data: what a peer sends, what must be delivered, what must be on the wire in return, and how
// the connection ends. Nothing here knows how bytes travel; the drivers do.

import type { Connection } from '../../src/core/connection/connection.ts';
import type { ConnectionSettings } from '../../src/core/connection/settings.ts';
import type { Role } from '../../src/core/constants.ts';
import type { DeflateAgreement } from '../../src/core/extension/compression-settings.ts';
import { concat, hex, toHex } from '../support/hex.ts';
import { frame, readFrames, wire } from '../support/wire.ts';

export interface Case {
  /** With its clause where the group does not say it. */
  readonly name: string;
  /** Our role; absent: both. */
  readonly role?: Role;
  /** The peer's frames in unmasked form; they are masked where the peer is the client. May end within a frame. */
  readonly frames: readonly (string | Uint8Array)[];
  /** The frames are on the wire as they stand: nothing is masked. */
  readonly isVerbatim?: boolean;
  readonly settings?: ConnectionSettings;
  /** permessage-deflate was agreed on with these parameters, the others being the defaults. */
  readonly deflate?: Partial<DeflateAgreement>;
  /** What we do as soon as the connection is open. */
  readonly local?: (connection: Connection) => void;
  /** What the application is told, in the words of `Observed`. */
  readonly delivers?: readonly string[];
  /** Frames of ours, unmasked form. Not those that belong to `end`. */
  readonly answers?: readonly (string | Uint8Array)[];
  readonly end: End;
  /**
   * For tables with very many rows. `few`: the most important ways of feeding; `once`: whole; `all in core`: every way
   * in the core and once over TCP. Absent: all ways.
   */
  readonly feeds?: 'few' | 'once' | 'all in core';
}

export type End =
  /** Still open: a Ping and a Close behind it are answered. */
  | 'open'
  /** The peer ends TCP behind it, and the connection is lost: 1006, no Close of ours. */
  | 'lost'
  /**
   * RFC 6455 §7.1.7: one Close frame with this code, TCP is ended, nothing is delivered any more. After a Close of ours
   * there is none to send: `afterOurClose`.
   */
  | { readonly fails: number; readonly afterOurClose?: boolean }
  /** A Close of the peer is in `frames`. `sends`: our Close frame, where it is not among `answers`; `event`: the end as told. */
  | { readonly closes: string; readonly sends?: string | Uint8Array };

/** The bytes of a case as they arrive at `role`. */
export function inputOf(it: Case, role: Role): Uint8Array {
  return it.isVerbatim === true ? hex(...it.frames) : wire(role, ...it.frames);
}

export function rolesOf(it: Case): readonly Role[] {
  return it.role === undefined ? ['server', 'client'] : [it.role];
}

/** Frames behind a case that is still open, and their outcome. */
export const PROBE = {
  frames: ['89 05 70 72 6f 62 65', '88 02 03 e8'],
  events: ['ping 70 72 6f 62 65', 'close 1000 clean'],
  answers: ['8a 05 70 72 6f 62 65', '88 02 03 e8'],
} as const;

/** A message that nobody may see any more. */
export const LATE = '81 04 6c 61 74 65';

/** What must be on the wire and what must be told, apart from the Close of a failure, whose reason is free. */
export interface Expected {
  readonly frames: readonly string[];
  readonly events: readonly string[];
}

export function expectedOf({ delivers = [], answers = [], end }: Case): Expected {
  const frames = answers.map((it) => toHex(hex(it)));
  if (end === 'open') return { frames: [...frames, ...PROBE.answers], events: [...delivers, ...PROBE.events] };
  if (end === 'lost') return { frames, events: [...delivers, 'error', 'close 1006'] };
  if ('fails' in end) {
    if (end.afterOurClose === true) return { frames, events: [...delivers, `close 1006 for ${end.fails}`] };
    return {
      frames: [...frames, `Close ${end.fails}`],
      events: [...delivers, `error ${end.fails}`, `close 1006 for ${end.fails}`],
    };
  }
  const sent = end.sends === undefined ? [] : [toHex(hex(end.sends))];
  return { frames: [...frames, ...sent], events: [...delivers, `close ${end.closes}`] };
}

/** A frame of ours as `Expected` has it: in hex, or by its code where it is the Close of a failure. */
export function shownFrame(first: number, payload: Uint8Array, end: End): string {
  const isFailure = typeof end === 'object' && 'fails' in end && end.afterOurClose !== true;
  if (first !== 0x88 || !isFailure) return toHex(frame(first, payload));
  // RFC 6455 §5.5.1: a code, then UTF-8, which says something here.
  const reason = new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2));
  const code = payload.length < 2 ? 'none' : ((payload[0] as number) << 8) | (payload[1] as number);
  return reason.length < 10 || payload.length > 125 ? `Close with the reason ${reason}` : `Close ${code}`;
}

/** The first difference, and what is around it. */
export function difference(actual: readonly string[], expected: readonly string[]): string | undefined {
  let at = 0;
  while (at < expected.length && actual[at] === expected[at]) at++;
  if (at === expected.length && at === actual.length) return undefined;
  const excerpt = (list: readonly string[]) =>
    list
      .slice(Math.max(0, at - 1), at + 4)
      .map((item) => `    ${item.length > 200 ? `${item.slice(0, 200)}…` : item}`)
      .join('\n');
  return `differs at item ${at} of ${expected.length}\n  was:\n${excerpt(actual)}\n  expected:\n${excerpt(expected)}`;
}

/** Our frames in memory. */
export function framesIn(bytes: Uint8Array, role: Role, end: End): string[] {
  return readFrames(bytes).map(({ first, key, payload }) => {
    if ((key !== undefined) !== (role === 'client'))
      return `a frame that is ${key ? '' : 'not '}masked (RFC 6455 §5.1)`;
    return shownFrame(first, payload, end);
  });
}

/** A text frame, or the first fragment of one, with these bytes. */
export function text(bytes: string | Uint8Array, fin = true): Uint8Array {
  return frame(fin ? 0x81 : 0x01, bytes);
}

export function binary(bytes: string | Uint8Array, fin = true): Uint8Array {
  return frame(fin ? 0x82 : 0x02, bytes);
}

export function continuation(bytes: string | Uint8Array, fin = true): Uint8Array {
  return frame(fin ? 0x80 : 0x00, bytes);
}

/** The unmasked frame without its last `missing` bytes, as its sender might be interrupted. */
export function cut(bytes: Uint8Array, missing: number): Uint8Array {
  return bytes.subarray(0, bytes.length - missing);
}

/** A Close frame. */
export function close(code: number, reason: Uint8Array | string = ''): Uint8Array {
  return frame(0x88, concat([Uint8Array.of(code >> 8, code & 0xff), hex(reason)]));
}
