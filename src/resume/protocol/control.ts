// Control messages of wsr1 (docs/resume.md, "Messages"): which text messages they are, their text, and reading them
// strictly. Knows nothing of sessions.

import { cutToSize, utf8Size } from '../../core/utf8-text.ts';

/** The character that control messages begin with: U+0010, DLE, one byte in UTF-8. */
export const LEAD = '\u0010';

/** Bytes that a control message may have, its two first characters included. */
export const MAX_CONTROL_SIZE = 4096;

/** The version of the protocol that these files speak. */
export const VERSION = 1;

/** What an end announces of itself, in `H` or `S`. All in bytes of UTF-8 or binary, before compression. */
export interface AnnouncedLimits {
  /**
   * Bytes of unacknowledged messages: that it keeps for replay, and that it takes. Each end sends no more than the smaller
   * one of the two. 1,024 or more.
   */
  readonly buffer: number;
  /** The largest data message that it takes: longer ones come in parts. 16 or more. */
  readonly part: number;
  /** The largest message that it takes once its parts are joined. */
  readonly max: number;
}

/** `H`: the first message of a server. */
export interface Hello {
  readonly kind: 'H';
  readonly version: number;
  readonly limits: AnnouncedLimits;
  /** Milliseconds of silence after which a client asks; 0: it need not. */
  readonly heartbeat: number;
  readonly features: readonly string[];
}

/** `S`: the first message of a client. */
export interface Start {
  readonly kind: 'S';
  readonly version: number;
  readonly limits: AnnouncedLimits;
  /** How many `S` the client has sent, this one included. A server refuses one that is older than what it has seen. */
  readonly attempt: number;
  /** Asks for a new session, where `resume` is absent or fails. At least 128 random bits; the same until `R` has come. */
  readonly nonce?: string | undefined;
  readonly resume?: { readonly id: string; readonly token: string; readonly received: number } | undefined;
}

/** Numbers of messages, both inclusive. */
export type Range = readonly [first: number, last: number];

/** `R`: the session is live. */
export interface Ready {
  readonly kind: 'R';
  readonly id: string;
  /** For the next resume. */
  readonly token: string;
  /** Milliseconds that the session is kept without a connection. */
  readonly keep: number;
  /** Number of the client's messages that the server holds or has handled. */
  readonly received: number;
  readonly isResumed: boolean;
  /** Messages of the server that are lost. The next one has the number after the last of them. */
  readonly lost?: Range | undefined;
  /** No server owned the session for a time: messages that were published to topics then are missing. */
  readonly isOrphan: boolean;
}

/** Why a session cannot be resumed. `unknown` is also said of a wrong token or user. */
export type GoneReason = 'unknown' | 'expired' | 'overflow' | 'regressed' | 'ended';

/** `X`: the session cannot be resumed. */
export interface Gone {
  readonly kind: 'X';
  readonly why: GoneReason;
  /** Number of the client's messages that were handled, up to the end of a whole one. Absent where `why` is `unknown`. */
  readonly received?: number | undefined;
  /** Messages of the server that the client does not have and will not get. */
  readonly lost?: Range | undefined;
  /** How the server's application closed it, where `why` is `ended`. */
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
}

/** `A`: what was handled, and the sender's own count. */
export interface Acknowledgement {
  readonly kind: 'A';
  readonly handled: number;
  /** Number of the last data message before this one, of the sender of this one. */
  readonly sent: number;
}

/** `B`: the session ends, or the server drains. */
export interface Goodbye {
  readonly kind: 'B';
  /** Present: the server closes soon, and keeps the session. `after`: milliseconds before the client connects again. */
  readonly drain?: { readonly after: number; readonly url?: string | undefined } | undefined;
  /** How the session ends: close code and reason of the application. 1000 and empty where `drain` is there. */
  readonly code: number;
  readonly reason: string;
}

export type ControlMessage =
  | Hello
  | Start
  | Ready
  | Gone
  | Acknowledgement
  | Goodbye
  /** `Q`: asks for `A`. `+`: the next data message is a part, and more follow. `!`: it ends its message, which is void. */
  | { readonly kind: 'Q' | '+' | '!' }
  /** `h`: the page of the client is hidden, its timers are slow. */
  | { readonly kind: 'h'; readonly isHidden: boolean }
  /** A lower-case kind that is not known: ignored. */
  | { readonly kind: 'ignored' }
  /** Breaks a rule: close with `code`. */
  | { readonly kind: 'invalid'; readonly problem: string };

/** What one text message is. */
export function isControl(text: string): boolean {
  return text.startsWith(LEAD) && text[1] !== LEAD;
}

/** The text of a data message as it is sent: one more LEAD before a text that begins with one. */
export function stuff(text: string): string {
  return text.startsWith(LEAD) ? LEAD + text : text;
}

/** The inverse of {@link stuff}, for a text that is not control. */
export function unstuff(text: string): string {
  return text.startsWith(LEAD) ? text.slice(1) : text;
}

export function formatHello(hello: Omit<Hello, 'kind'>): string {
  const { limits, features } = hello;
  const f = features.length > 0 ? features : undefined;
  return `${LEAD}H${JSON.stringify({ v: hello.version, ...wireLimits(limits), hb: hello.heartbeat, f })}`;
}

export function formatStart(start: Omit<Start, 'kind'>): string {
  const { resume } = start;
  return `${LEAD}S${JSON.stringify({
    v: start.version,
    ...wireLimits(start.limits),
    n: start.attempt,
    ...(resume && { id: resume.id, tok: resume.token, rx: resume.received }),
    new: start.nonce,
  })}`;
}

export function formatReady(ready: Omit<Ready, 'kind'>): string {
  return `${LEAD}R${JSON.stringify({
    id: ready.id,
    tok: ready.token,
    keep: ready.keep,
    rx: ready.received,
    resumed: ready.isResumed || undefined,
    lost: ready.lost,
    orphan: ready.isOrphan || undefined,
  })}`;
}

export function formatGone({ why, received, lost, code, reason }: Omit<Gone, 'kind'>): string {
  return `${LEAD}X${JSON.stringify({ why, rx: received, lost, code, reason })}`;
}

export function formatAcknowledgement(handled: number, sent: number): string {
  return `${LEAD}A${handled} ${sent}`;
}

export function formatGoodbye(goodbye: Omit<Goodbye, 'kind'>): string {
  const { drain, code, reason } = goodbye;
  return `${LEAD}B${JSON.stringify(drain ? { drain: true, after: drain.after, url: drain.url } : { end: true, code, reason })}`;
}

export const QUERY: string = `${LEAD}Q`;
export const MORE: string = `${LEAD}+`;
export const VOID: string = `${LEAD}!`;

/**
 * Reads a control message.
 *
 * @param text  begins with LEAD, and is not data
 */
export function parseControl(text: string): ControlMessage {
  // The number of UTF-16 units is a lower bound of the bytes, and spares counting a long text.
  if (text.length > MAX_CONTROL_SIZE || utf8Size(text) > MAX_CONTROL_SIZE)
    return invalid(`a control message has more than ${MAX_CONTROL_SIZE} bytes`);
  const kind = text[1];
  const body = text.slice(2);
  switch (kind) {
    case 'A':
      return parseAcknowledgement(body);
    case 'Q':
    case '+':
    case '!':
      return body === '' ? { kind } : invalid(`${kind} has a body`);
    case 'h':
      return body === '0' || body === '1' ? { kind, isHidden: body === '1' } : { kind: 'ignored' };
    case 'H':
    case 'S':
    case 'R':
    case 'X':
    case 'B': {
      const members = readMembers(body);
      if (members === undefined) return invalid(`the body of ${kind} is not a JSON object`);
      return parsers[kind](members) ?? invalid(`${kind} lacks a member, or has one of a wrong type or size`);
    }
    default:
      if (kind !== undefined && kind >= 'a' && kind <= 'z') return { kind: 'ignored' };
      return invalid('a control message of an unknown kind');
  }
}

type Members = Readonly<Record<string, unknown>>;

const parsers: Readonly<Record<'H' | 'S' | 'R' | 'X' | 'B', (members: Members) => ControlMessage | undefined>> = {
  H(members) {
    const { v, hb, f = [] } = members;
    const limits = readLimits(members);
    if (!isCount(v) || !limits || !isCount(hb) || !isNames(f)) return undefined;
    return { kind: 'H', version: v, limits, heartbeat: hb, features: f };
  },
  S(members) {
    const { v, n, id, tok, rx, new: nonce } = members;
    const limits = readLimits(members);
    if (!isCount(v) || !limits || !isCount(n)) return undefined;
    if (nonce !== undefined && !isName(nonce, 22)) return undefined;
    if (id === undefined && tok === undefined && rx === undefined)
      return nonce === undefined ? undefined : { kind: 'S', version: v, limits, attempt: n, nonce };
    if (!isName(id) || !isName(tok) || !isCount(rx)) return undefined;
    return { kind: 'S', version: v, limits, attempt: n, nonce, resume: { id, token: tok, received: rx } };
  },
  R(members) {
    const { id, tok, keep, rx, resumed = false, lost, orphan = false } = members;
    if (!isName(id) || !isName(tok) || !isCount(keep) || !isCount(rx)) return undefined;
    if (typeof resumed !== 'boolean' || typeof orphan !== 'boolean') return undefined;
    if (lost !== undefined && !isRange(lost)) return undefined;
    return { kind: 'R', id, token: tok, keep, received: rx, isResumed: resumed, lost, isOrphan: orphan };
  },
  X(members) {
    const { why, rx, lost, code, reason } = members;
    if (typeof why !== 'string' || (rx !== undefined && !isCount(rx))) return undefined;
    if (lost !== undefined && !isRange(lost)) return undefined;
    if (code !== undefined && !isCount(code)) return undefined;
    if (reason !== undefined && typeof reason !== 'string') return undefined;
    // A reason that only a later version knows is read as `unknown`.
    const known = goneReasons.find((name) => name === why) ?? 'unknown';
    return { kind: 'X', why: known, received: rx, lost, code, reason };
  },
  B(members) {
    const { end = false, drain = false, after = 0, url, code = 1000, reason = '' } = members;
    if (typeof end !== 'boolean' || typeof drain !== 'boolean' || end === drain) return undefined;
    if (!isCloseCode(code) || typeof reason !== 'string') return undefined;
    if (!isCount(after) || (url !== undefined && typeof url !== 'string')) return undefined;
    return drain
      ? { kind: 'B', drain: { after, url }, code: 1000, reason: '' }
      : { kind: 'B', code, reason: cutToSize(reason, 123) };
  },
};

/** Whether a Close frame may have this code (RFC 6455 §7.4): a goodbye becomes a Close frame. */
function isCloseCode(value: unknown): value is number {
  if (!isCount(value)) return false;
  return value < 3000 ? value >= 1000 && value <= 1014 && !(value >= 1004 && value <= 1006) : value <= 4999;
}

const goneReasons = ['unknown', 'expired', 'overflow', 'regressed', 'ended'] as const;

function invalid(problem: string): ControlMessage {
  return { kind: 'invalid', problem };
}

function parseAcknowledgement(body: string): ControlMessage {
  const match = /^(0|[1-9]\d{0,15}) (0|[1-9]\d{0,15})$/.exec(body);
  const handled = Number(match?.[1]);
  const sent = Number(match?.[2]);
  if (!isCount(handled) || !isCount(sent)) return invalid('A has no two counts');
  return { kind: 'A', handled, sent };
}

function readMembers(body: string): Members | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function wireLimits({ buffer, part, max }: AnnouncedLimits): { buf: number; part: number; max: number } {
  return { buf: buffer, part, max };
}

function readLimits({ buf, part, max }: Members): AnnouncedLimits | undefined {
  if (!isCount(buf) || !isCount(part) || !isCount(max)) return undefined;
  return buf < 1024 || part < 16 ? undefined : { buffer: buf, part, max };
}

/** An integer from 0 to 2^53 - 1. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRange(value: unknown): value is Range {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    isCount(value[0]) &&
    isCount(value[1]) &&
    value[0] > 0 &&
    value[0] <= value[1]
  );
}

/** An id, a token or a nonce: letters, digits, `-` and `_`. */
function isName(value: unknown, shortest = 1): value is string {
  return typeof value === 'string' && value.length >= shortest && /^[A-Za-z0-9_-]{1,128}$/.test(value);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= 32 && value.every((item) => isName(item));
}
