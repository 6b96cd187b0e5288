// The public entry `harmony-websocket/resume/browser`: the client's end of wsr1 over a page's own WebSocket, written from
// docs/resume.md and free of the rest of this package, so that a page loads some 3 KiB. The token of the session stays in the
// memory of the page: `sessionStorage` would be copied with a duplicated tab.

/** A message that the server has not acknowledged. */
export interface UnsentPageMessage {
  readonly data: string | ArrayBuffer;
  /** Whether its beginning has been acknowledged: the server may have begun to read it. */
  readonly incomplete: boolean;
}

/** A message of the server. It counts as handled when its listeners have returned. */
export interface ResumableMessageEvent extends Event {
  /** It belongs to the page. */
  readonly data: string | ArrayBuffer;
}

/** Another connection carries the session. */
export interface ResumedEvent extends Event {
  /** Numbers of the first and the last message of the server that are lost; absent: none. */
  readonly lost?: readonly [first: number, last: number];
  /** Whether messages to topics may be missing. */
  readonly orphan?: boolean;
}

/** The session is gone. A new one begins, unless `close` follows. Nothing is sent again by itself. */
export interface ExpiredEvent extends Event {
  /** `'plain'`: the connection before, or the one now, has no session. */
  readonly why: 'unknown' | 'expired' | 'overflow' | 'regressed' | 'ended' | 'plain';
  readonly lost?: readonly [first: number, last: number];
  readonly unsent: readonly UnsentPageMessage[];
}

/** The end. Nothing follows. */
export interface EndedEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly unsent: readonly UnsentPageMessage[];
}

/** The connection was lost, and the session waits for another. */
export interface InterruptedEvent extends Event {
  readonly code: number;
  readonly reason: string;
}

/** Events of a {@link ResumableWebSocket}. `open` comes once. */
export interface ResumableEventMap {
  open: Event;
  message: ResumableMessageEvent;
  interrupted: InterruptedEvent;
  resumed: ResumedEvent;
  expired: ExpiredEvent;
  /** There is room for messages again. */
  drain: Event;
  close: EndedEvent;
}

/** Options of a {@link ResumableWebSocket}. */
export interface ResumablePageOptions {
  /** Subprotocols to offer, without `+wsr1`. */
  readonly protocols?: string | readonly string[];
  /** Bytes of messages that may wait and be unacknowledged. Default 16 MiB. */
  readonly maxQueuedBytes?: number;
}

type Data = string | ArrayBuffer;

interface Message {
  readonly data: Data;
  readonly size: number;
  /** Units that have become pieces. */
  offset: number;
  /** Number of its first piece; 0: none. */
  first: number;
}

interface Piece {
  readonly message: Message;
  readonly data: Data;
  readonly size: number;
  readonly isLast: boolean;
}

interface Hello {
  readonly v: number;
  readonly buf: number;
  readonly part: number;
  readonly max: number;
  readonly hb: number;
}

/** Members of a control message. What comes of a server is taken as it is; the counts are compared. */
type Fields = {
  readonly id: string;
  readonly tok: string;
  readonly rx: number;
  readonly lost?: readonly [number, number];
  readonly orphan?: boolean;
  readonly why: string;
  readonly code?: number;
  readonly reason?: string;
  readonly end?: boolean;
  readonly after?: number;
};

const LEAD = '\x10';
const NAME = 'wsr1';
const WINDOW = 2 ** 20;
const PART = 2 ** 18;
const MAX = 2 ** 26;
const PATIENCE = 10_000;
const MAX_MESSAGES = 4096;

const encoder = new TextEncoder();
const now = (): number => performance.now();
const sizeOf = (data: Data): number => (typeof data === 'string' ? encoder.encode(data).length : data.byteLength);

/** 160 random bits, as digits. */
const nonce = (): string => crypto.getRandomValues(new Uint32Array(5)).join('-');

/** `EventTarget` with the events of {@link ResumableEventMap}. */
export interface ResumableEvents extends EventTarget {
  addEventListener<Type extends keyof ResumableEventMap>(
    type: Type,
    listener: ((event: ResumableEventMap[Type]) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

const Target = EventTarget as { new (): ResumableEvents };

/** A WebSocket whose session outlives its connections, for pages. */
export class ResumableWebSocket extends Target {
  /** `'connecting'` before the first session, then `'open'`, `'interrupted'` or `'closed'`. */
  declare readonly state: 'connecting' | 'open' | 'interrupted' | 'closed';
  /** The id of the session: not secret. */
  declare readonly sessionId: string | undefined;
  /** Bytes of messages that wait, or that the server has not acknowledged. */
  declare readonly bufferedAmount: number;
  /**
   * Sends a message, now or later. Bytes are copied. Returns whether there is room for more: stop at `false` until `drain`.
   * After the end it returns `false`, and the message is not taken. It throws RangeError if the message is too large or too
   * much waits already (`maxQueuedBytes`), and TypeError for other data.
   */
  declare readonly send: (data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>) => boolean;
  /**
   * Ends the session when all sent messages have left. Without a connection it ends at once. The code (default 1000) is
   * 1000, or 3000 to 4999. It throws RangeError for another one.
   */
  declare readonly close: (code?: number, reason?: string) => void;

  /**
   * Connects at once, and again whenever it has to.
   *
   * @param url  `wss:`, or `ws:` to this machine; or a function that is asked before each attempt
   * @throws TypeError for another URL
   */
  constructor(url: PageUrl, options?: ResumablePageOptions) {
    super();
    begin(this, url, options);
  }
}

/** Where to connect: a URL, or a function that gives the one of the next attempt. */
export type PageUrl = string | (() => string | PromiseLike<string>);

/**
 * The session of one object. Its state is in variables of this function, whose names begin with `$`, and not in fields of a
 * class: no bundler shortens `this.`, and the whole would be a quarter larger.
 */
function begin(
  target: EventTarget,
  $url: PageUrl,
  { protocols = [], maxQueuedBytes: $maxQueued = 2 ** 24 }: ResumablePageOptions = {},
): void {
  const plain = [protocols].flat();
  const $names = plain.length > 0 ? [...plain.map((name) => `${name}+${NAME}`), ...plain] : [NAME];
  const $listening = new AbortController();
  let $socket: WebSocket | undefined;
  /** `dialing` and `starting` are one to the page. */
  let $mode: 'away' | 'starting' | 'live' | 'plain' | 'closed' = 'away';
  let $hasOpened = false;
  let $wasPlain = false;
  let $session: { id: string; tok: string } | undefined;
  let $nonce = nonce();
  let $attempt = 0;
  // What is sent: pieces that are not acknowledged, the first of which has the number `$base` + 1
  let $log: Piece[] = [];
  let $waiting: Message[] = [];
  let $base = 0;
  let $cursor = 0;
  let $flight = 0;
  let $queued = 0;
  let $window = WINDOW;
  let $part = PART;
  let $peerMax = MAX;
  let $isFull = false;
  // What is received
  let $received = 0;
  let $acknowledged = 0;
  let $owed = 0;
  let $parts: Data[] = [];
  let $partsSize = 0;
  let $mark = '';
  // Connections
  let $heartbeat = 0;
  let $heard = 0;
  let $asked = 0;
  let $liveAt = 0;
  let $failures = 0;
  /** Milliseconds that a draining server has asked to wait: while they are set, nothing is sent. */
  let $after: number | undefined;
  let $closing: { code: number; reason: string } | undefined;
  let $dialTimer = 0;
  let $ackTimer = 0;
  let $watchTimer = 0;

  // ── Connections ──────────────────────────────────────────────────────────────────────────────────────────────────

  const isOpen = (): boolean => $mode === 'live' || $mode === 'plain';

  function $later(delay: number): void {
    clearTimeout($dialTimer);
    $dialTimer = setTimeout(() => void $dial(), delay);
  }

  async function $dial(): Promise<void> {
    $mode = 'starting';
    const attempt = ++$attempt;
    clearTimeout($dialTimer);
    // No session in time, for whatever reason.
    $dialTimer = setTimeout(() => $leave(4708, ''), PATIENCE);
    try {
      const url = typeof $url === 'string' ? $url : await $url();
      if ($mode !== 'starting' || attempt !== $attempt) return;
      const socket = new WebSocket(check(url), $names);
      $socket = socket;
      socket.binaryType = 'arraybuffer';
      socket.onopen =
        socket.onmessage =
        socket.onclose =
          (event: Event) => {
            // Whatever an old socket still says must not count.
            if ($socket === socket) $happened(socket, event as MessageEvent & CloseEvent);
          };
    } catch (error) {
      if (attempt === $attempt) $leave(1006, `${error}`);
    }
  }

  function $happened(socket: WebSocket, { type, data, code, reason }: MessageEvent & CloseEvent): void {
    if (type === 'message') $receive(data);
    else if (type === 'close') $lost(code, reason);
    else if (!socket.protocol.endsWith(NAME)) $becomePlain(socket);
    else {
      $control(
        `S${JSON.stringify({
          v: 1,
          buf: WINDOW,
          part: PART,
          max: MAX,
          n: $attempt,
          ...$session,
          rx: $session && $received,
          new: $nonce,
        })}`,
      );
    }
  }

  function $becomePlain(socket: WebSocket): void {
    const hadSession = $session !== undefined;
    const unsent = $forget(0);
    clearTimeout($dialTimer);
    $mode = 'plain';
    $liveAt = now();
    if (hadSession || $wasPlain) $tell('expired', { why: 'plain', unsent: hadSession ? unsent : [] });
    $wasPlain = true;
    $open();
    // What belonged to a session is not sent again by itself.
    if (!hadSession) for (const { data } of unsent) socket.send(data);
  }

  function $open(): void {
    if ($hasOpened) return;
    $hasOpened = true;
    $tell('open', {});
  }

  /** The connection has ended. */
  function $lost(code: number, reason: string): void {
    const isFinal = $mode === 'plain' ? code === 1000 || code === 1008 || code >= 4000 : /470[03469]/.test(`${code}`);
    if (isFinal) $finish(code, reason);
    else $leave(code, reason);
  }

  /** Leaves a connection without waiting for its end, and comes back. */
  function $leave(code: number, reason: string): void {
    const told = $after ?? /^after=(\d+)/.exec(reason)?.[1];
    if (isOpen() && now() - $liveAt > PATIENCE) $failures = 0;
    const random = Math.random() * Math.min(30_000, 1000 * 2 ** $failures++);
    $drop(code, reason);
    $later(Math.min(300_000, +(told ?? random)));
  }

  function $drop(code: number, reason: string): void {
    const wasOpen = isOpen();
    $mode = 'away';
    $detach(code, reason);
    if (wasOpen) $tell('interrupted', { code, reason });
  }

  /** From now on nothing counts that the connection still says. */
  function $detach(code: number, reason: string): void {
    const socket = $socket;
    $socket = $after = undefined;
    $mark = '';
    clearTimeout($ackTimer);
    $ackTimer = 0;
    clearTimeout($dialTimer);
    clearTimeout($watchTimer);
    // A page may send 1000, and 3000 and above.
    socket?.close(code < 3000 || code > 4999 ? 1000 : code, reason.slice(0, 40));
  }

  /** The page is put aside, perhaps to come back (bfcache). */
  function $suspend(): void {
    if ($mode === 'closed') return;
    if ($mode === 'live') $acknowledge();
    $drop(1000, '');
  }

  /** The network is back, or the page is seen again. */
  function $wake(): void {
    if ($mode === 'away') $later(0);
    else if ($mode === 'live') $ask();
  }

  function $finish(code: number, reason: string): void {
    if ($mode === 'closed') return;
    $mode = 'closed';
    $listening.abort();
    $detach(code, reason);
    $tell('close', { code, reason, unsent: $forget($base) });
  }

  function $endIfSent(): void {
    if ($closing === undefined || $mode !== 'live' || $waiting.length > 0 || $cursor < $sent()) return;
    const { code, reason } = $closing;
    $acknowledge();
    $control(`B${JSON.stringify({ end: true, code, reason })}`);
    $finish(code, reason);
  }

  // ── Control messages ─────────────────────────────────────────────────────────────────────────────────────────────

  function $control(text: string): void {
    $socket?.send(LEAD + text);
  }

  function $receive(data: Data): void {
    $heard = now();
    if ($mode === 'plain') $tell('message', { data });
    else if (typeof data !== 'string' || data[0] !== LEAD) $data(data);
    else if (data[1] === LEAD) $data(data.slice(1));
    else $controlled(data[1] ?? '', data.slice(2));
  }

  function $controlled(kind: string, body: string): void {
    const isLive = $mode === 'live';
    try {
      const fields = /[HRXB]/.test(kind) ? JSON.parse(body) : body.split(' ');
      if (kind === 'H') $hello(fields);
      else if (kind === 'B') $goodbye(fields);
      else if (kind === 'R' && !isLive) $ready(fields);
      else if (kind === 'X' && !isLive) $gone(fields);
      else if (kind === 'A' && isLive) $acknowledgement(+fields[0], +fields[1]);
      else if (kind === 'Q' && isLive) $acknowledge();
      else if (/[+!]/.test(kind) && isLive && $mark === '') $mark = kind;
      else if (!/[a-z]/.test(kind)) $finish(4700, kind);
    } catch {
      $finish(4700, kind);
    }
  }

  function $hello({ v, buf, part, max, hb }: Hello): void {
    if (v !== 1) $finish(4709, '');
    $window = Math.min(WINDOW, buf);
    $part = Math.min(part, $window >> 2);
    $peerMax = max;
    $heartbeat = hb;
  }

  function $ready({ id, tok, rx, lost, orphan }: Fields): void {
    const isKnown = $session !== undefined;
    const isWrong = id !== ($session?.id ?? id) || !(rx >= $base && rx <= $sent());
    if (isWrong || (lost?.[0] ?? $received + 1) !== $received + 1) {
      $regress();
      return;
    }
    clearTimeout($dialTimer);
    $session = { id, tok };
    $nonce = nonce();
    $mode = 'live';
    $liveAt = $heard;
    if (lost !== undefined) {
      $parts = [];
      $partsSize = 0;
      $received = lost[1];
    }
    $cursor = rx;
    $flight = 0;
    for (const { size } of $log.slice(0, rx - $base)) $flight += size;
    // Before anything else: it makes the new token valid.
    $acknowledge();
    $watch();
    if ($wasPlain) $tell('expired', { why: 'plain', unsent: [] });
    $wasPlain = false;
    if (isKnown) $tell('resumed', { lost, orphan });
    else $open();
    $pump();
    $endIfSent();
  }

  function $gone({ why, rx, lost, code = 4704, reason = '' }: Fields): void {
    $tell('expired', { why, lost, unsent: $forget(rx ?? $base) });
    if (why === 'ended') $finish(code, reason);
  }

  /** The two ends do not count the same: the session is of no use. */
  function $regress(): void {
    $tell('expired', { why: 'regressed', unsent: $forget($base) });
    if ($mode !== 'closed') $leave(4702, '');
  }

  function $goodbye({ end, code = 1000, reason = '', after = 0 }: Fields): void {
    if (end) $finish(code, reason);
    else $after = after;
  }

  function $acknowledgement(handled: number, sent: number): void {
    if (sent !== $received || !(handled <= $cursor)) {
      $regress();
      return;
    }
    while ($base < handled) {
      const { size } = $log.shift() as Piece;
      $base++;
      $flight -= size;
      $queued -= size;
    }
    $pump();
    if ($isFull && $queued <= $window / 2) {
      $isFull = false;
      $tell('drain', {});
    }
    $endIfSent();
  }

  // ── Messages of the server ───────────────────────────────────────────────────────────────────────────────────────

  function $data(data: Data): void {
    const mark = $mark;
    const size = sizeOf(data);
    $mark = '';
    $received++;
    $owed += size;
    $partsSize += size;
    if ($mode !== 'live' || $partsSize > MAX) {
      $finish(4700, '');
      return;
    }
    if (mark !== '!') $parts.push(data);
    if (mark !== '+') {
      const whole = joined($parts, $partsSize);
      $parts = [];
      $partsSize = 0;
      if (mark === '') $tell('message', { data: whole });
    }
    $handle();
  }

  /** Everything that has come was handled: a part when it is stored, a message when its listeners have returned. */
  function $handle(): void {
    if ($mode !== 'live') return;
    if ($received - $acknowledged >= 64 || $owed >= $window / 4) $acknowledge();
    else $ackTimer ||= setTimeout($acknowledge, 250);
  }

  function $acknowledge(): void {
    clearTimeout($ackTimer);
    $ackTimer = 0;
    $owed = 0;
    $acknowledged = $received;
    $control(`A${$received} ${$cursor}`);
  }

  // ── Messages to the server ───────────────────────────────────────────────────────────────────────────────────────

  /** Number of the last piece. */
  function $sent(): number {
    return $base + $log.length;
  }

  function $pump(): void {
    while ($mode === 'live' && $after === undefined && $cursor - $base < MAX_MESSAGES) {
      const piece = $log[$cursor - $base] ?? $cut();
      if (piece === undefined || ($flight > 0 && $flight + piece.size > $window)) break;
      const { data, size, isLast } = piece;
      if (!isLast) $control('+');
      $socket?.send(typeof data === 'string' && data[0] === LEAD ? LEAD + data : data);
      $cursor++;
      $flight += size;
    }
  }

  /** The next piece of the messages that wait. */
  function $cut(): Piece | undefined {
    const [message] = $waiting;
    if (message === undefined) return undefined;
    const { data, offset } = message;
    let { size } = message;
    let piece = data;
    if (size > $part) {
      // Of one unit more than can be read, so that the end of the slice never is within a surrogate pair that is.
      piece = data.slice(offset, offset + $part + 1) as Data;
      let read = $part;
      if (typeof piece === 'string') ({ read, written: size } = encoder.encodeInto(piece, new Uint8Array(read)));
      piece = piece.slice(0, read) as Data;
      if (typeof piece !== 'string') size = piece.byteLength;
      message.offset += read;
    }
    message.first ||= $sent() + 1;
    const isLast =
      size === message.size || message.offset >= ((data as string).length ?? (data as ArrayBuffer).byteLength);
    if (isLast) $waiting.shift();
    const made = { message, data: piece, size, isLast };
    $log.push(made);
    return made;
  }

  /** Ends the session here. @param from  number of the last piece that is not to be returned */
  function $forget(from: number): UnsentPageMessage[] {
    const kept = $log.slice(Math.max(0, from - $base));
    const messages = new Set([...kept.map(({ message }) => message), ...$waiting]);
    const unsent = [...messages].map(({ data, first }) => ({ data, incomplete: first > 0 && first <= $base }));
    $session = undefined;
    $log = [];
    $waiting = [];
    $parts = [];
    $base = $cursor = $flight = $queued = 0;
    $received = $acknowledged = $owed = $partsSize = 0;
    $isFull = false;
    return unsent;
  }

  // ── Silence ──────────────────────────────────────────────────────────────────────────────────────────────────────

  function $ask(): void {
    $asked ||= now();
    $control('Q');
    $watch();
  }

  /** Sets the timer for the next time that silence means something. */
  function $watch(): void {
    clearTimeout($watchTimer);
    if ($heard > $asked) $asked = 0;
    if ($asked + $heartbeat === 0) return;
    const rest = ($asked > 0 ? $asked + PATIENCE : $heard + $heartbeat) - now();
    if (rest > 0) $watchTimer = setTimeout($watch, rest);
    else if ($asked > 0) $leave(4708, '');
    else $ask();
  }

  function $tell(type: keyof ResumableEventMap, fields: object): void {
    target.dispatchEvent(Object.assign(new Event(type), fields));
  }

  function send(given: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>): boolean {
    const data = copyOf(given);
    const size = sizeOf(data);
    if ($mode === 'closed' || $closing !== undefined) return false;
    if ($mode === 'plain') {
      $socket?.send(data);
      return true;
    }
    // A Blob has another size, and is refused here, too.
    if (!(size <= $peerMax && ($queued === 0 || $queued + size <= $maxQueued)))
      throw new RangeError(`${size} bytes: ${$queued} wait`);
    $waiting.push({ data, size, offset: 0, first: 0 });
    $queued += size;
    $pump();
    $isFull ||= $queued >= $window;
    return !$isFull;
  }

  function close(code = 1000, reason = ''): void {
    if (!/^(?:1000|[34]\d{3})$/.test(`${code}`)) throw new RangeError(`close code ${code}`);
    if ($mode === 'closed') return;
    $closing ??= { code, reason };
    if ($mode === 'live') $endIfSent();
    else $finish(code, reason);
  }

  if (typeof $url === 'string') check($url);
  // A controller has a `signal`, as options have: this ends all of them.
  addEventListener('pagehide', $suspend, $listening);
  for (const type of ['pageshow', 'online', 'visibilitychange']) addEventListener(type, $wake, $listening);
  $later(0);
  const members = {
    get state() {
      return $mode === 'closed' ? $mode : isOpen() ? 'open' : $hasOpened ? 'interrupted' : 'connecting';
    },
    get sessionId() {
      return $session?.id;
    },
    get bufferedAmount() {
      return $queued;
    },
    send,
    close,
  };
  Object.defineProperties(target, Object.getOwnPropertyDescriptors(members));
}

/** A token must not be readable on its way. @throws TypeError */
function check(url: string): string {
  if (/^wss:|^ws:\/\/(localhost|127\.0\.0\.1)[:/][^@]*$/.test(url)) return url;
  throw new TypeError(`${url}: use wss:`);
}

function copyOf(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>): Data {
  if (!ArrayBuffer.isView(data)) return data.slice(0) as Data;
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
}

function joined(parts: Data[], size: number): Data {
  const [first = ''] = parts;
  if (parts.length < 2) return first;
  if (typeof first === 'string') return parts.join('');
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts as ArrayBuffer[]) {
    all.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return all.buffer;
}
