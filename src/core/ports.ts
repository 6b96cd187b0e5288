// What the core needs from its host, as small interfaces. Hosts: node/ (sockets, Node's codecs and timers), testing/
// (memory and a clock that the test moves). Everything is passed to a constructor; the core looks nothing up.

/**
 * The byte stream below a connection (a TCP or TLS socket, or memory).
 *
 * It reports to the {@link TransportEvents} it was started with. Calls are never answered from inside: no event is
 * delivered before the call that caused it has returned.
 */
export interface Transport {
  /**
   * Whether a write would usually outlive its call (the stream of TLS), so that handing over shared memory would be of no
   * use. It may change with each write.
   */
  readonly keepsBytes: boolean;
  /**
   * Whether the memory of a write that began while it did not keep bytes may be used again when the call returns, even
   * where `written()` follows.
   */
  readonly copiesBytes?: boolean | undefined;
  /**
   * Bytes that the system has taken so far of what was written, including an unfinished write; with what lies around
   * them on their way (TLS records). Only differences mean something. Absent: not known.
   */
  readonly taken?: number | undefined;
  /**
   * Writes bytes, in order.
   *
   * @returns `true` when the bytes have been taken and their memory may be used again at once; `false` when the
   *          transport still refers to them (but see {@link copiesBytes}). For each `false` it later reports one `written()`, in order.
   */
  write(bytes: Uint8Array): boolean;
  /**
   * Writes a header and its payload, in order, as far as the system takes them during the call. Only while it has
   * finished all earlier writes. Their memory is the caller's again when the call returns. Absent: it cannot.
   *
   * @returns number of bytes of both together that the system has taken; where it is 0, {@link write} may take more
   */
  writeSome?(header: Uint8Array, payload: Uint8Array): number;
  /** Writes several pieces as one; the same answer as {@link write}, one `written()` for all of them. */
  writeMany(pieces: readonly Uint8Array[]): boolean;
  /** Ends our direction after what was written (TCP FIN). */
  end(): void;
  /** Drops both directions at once. `disconnected()` follows. Harmless when repeated. */
  destroy(): void;
  /** Stops and restarts the delivery of `received()`. A chunk already being delivered is not taken back. */
  pause(): void;
  resume(): void;
}

/** What a transport reports. Implemented by `Connection`. */
export interface TransportEvents {
  /**
   * Bytes from the peer: the first `size` of `chunk`. They may be modified, and are only valid during the call: the next
   * ones may come in the same memory.
   */
  received(chunk: Uint8Array, size: number): void;
  /** One earlier write that was answered `false` has been taken. */
  written(): void;
  /** The peer ended its direction (TCP FIN). */
  ended(): void;
  /** The transport is gone; nothing follows. `error` where the system named one. */
  disconnected(error?: Error): void;
}

/** Text to bytes and back. All byte ranges are `[start, end)`. */
export interface TextCodec {
  /** UTF-16 units of the longest string. Absent: not known. */
  readonly maxLength?: number | undefined;
  /** Bytes of UTF-8 that `text` takes; a lone surrogate counts as U+FFFD, three bytes. */
  byteLength(text: string): number;
  /**
   * Writes `text` as UTF-8 into `target` from `offset`; lone surrogates become U+FFFD. The caller has made sure that
   * it fits (three bytes for each UTF-16 unit always suffice).
   *
   * @returns number of bytes written
   */
  encodeInto(text: string, target: Uint8Array, offset: number): number;
  /** Text of a range that is known to be valid UTF-8. */
  decode(bytes: Uint8Array, start: number, end: number): string;
  /** Text of a range that is known to be ASCII. */
  decodeAscii(bytes: Uint8Array, start: number, end: number): string;
  /** Whether a range is ASCII. For ranges that are worth a call into the runtime. */
  isAscii(bytes: Uint8Array, start: number, end: number): boolean;
  /**
   * Whether a range is valid UTF-8, complete at its end. Must agree with `Utf8Validator`. For the whole of `bytes`, none of
   * its methods is called: they may be an application's.
   */
  isUtf8(bytes: Uint8Array, start: number, end: number): boolean;
}

/** Randomness for masking keys (RFC 6455 §5.3) and handshake keys (§4.1), from a strong source (§10.3). */
export interface Random {
  /** Fills `bytes` with unpredictable values. */
  fill(bytes: Uint8Array): void;
}

/** For the accept value of the handshake (RFC 6455 §4.2.2). */
export interface Digest {
  /** Base64 of the SHA-1 of the ASCII `text`. */
  sha1Base64(text: string): string;
  /** Base64 of `bytes`. */
  base64(bytes: Uint8Array): string;
}

/** Parameters of one direction of DEFLATE (RFC 1951), raw: without the headers of zlib or gzip. */
export interface DeflateContextOptions {
  /** Size of the window as a power of two, 8–15. */
  readonly windowBits: number;
  /** Whether the window is kept from message to message. Only asked for where {@link Compression} can. */
  readonly keepsContext: boolean;
}

export interface DeflaterOptions extends DeflateContextOptions {
  /** 0 (stored) to 9 (smallest). */
  readonly level: number;
  /** 1 (least memory) to 9. */
  readonly memLevel: number;
}

export interface InflaterOptions extends DeflateContextOptions {
  /** Bytes that one message may inflate to. */
  readonly limit: number;
}

/**
 * What follows a part of a message that is deflated in parts. `open`: the deflater may keep some of it, and compress it with
 * the next part. `flushed`: all of it comes out, at a byte boundary, so that the peer can inflate it. `last`: the message
 * ends.
 */
export type PartEnd = 'open' | 'flushed' | 'last';

/**
 * Compresses the messages of one direction of one connection, each in one call of `deflate`, or in parts by `write` and
 * `read` in turn. The two may alternate from message to message, not within one.
 */
export interface Deflater {
  /**
   * Compresses one whole message, `bytes[start, end)`, which is not empty.
   *
   * @returns its compressed form, brought to a byte boundary by an empty stored block, without the `00 00 ff ff` that
   *          this block ends with (RFC 7692 §7.2.1). Only valid until the next call into the same host.
   */
  deflate(bytes: Uint8Array, start: number, end: number): Uint8Array;
  /**
   * Takes the next part of a message, once all of the earlier one has been read. It must not change until it has been
   * read itself. It may be empty. A part that is `last` brings the message to its end as `deflate` does: the parts of
   * output make up one message.
   */
  write(bytes: Uint8Array, start: number, end: number, then: PartEnd): void;
  /**
   * Deflates as much of what was written as `output` can hold.
   *
   * @returns number of bytes at the start of `output`; it may be 0 for a part that stays open
   * @throws Error where memory is missing. Nothing but `close` may be called after it.
   */
  read(): number;
  /** Whether `read` may have more. */
  readonly hasMore: boolean;
  /** What `read` filled. Only valid until the next call into the same host. */
  readonly output: Uint8Array;
  /** Gives the context's memory back, within a message too. Harmless when repeated; nothing else may be called after it. */
  close(): void;
}

/** Decompresses the messages of one direction of one connection. Calls of `write` and `read` take turns as stated. */
export interface Inflater {
  /**
   * Takes compressed bytes, once all of the earlier ones have been read. They must not change until they have been.
   *
   * @param isLast  they end a message: `00 00 ff ff` is added (RFC 7692 §7.2.2), and a context that is not kept ends
   */
  write(bytes: Uint8Array, start: number, end: number, isLast: boolean): void;
  /**
   * Inflates as much of what was written as `output` can hold.
   *
   * @returns number of bytes at the start of `output`; 0: nothing is left, `write` may follow
   * @throws RangeError as soon as a message has more than `limit` bytes; any other Error where the bytes are not
   *         DEFLATE. Nothing but `close` may be called after it.
   */
  read(): number;
  /** Whether `read` may have more. */
  readonly hasMore: boolean;
  /** Copies what was written and has not been read, so that the caller's memory may change before the next `read`. */
  keepInput(): void;
  /** What `read` filled, 64 KiB or more. Only valid until the next call into the same host. */
  readonly output: Uint8Array;
  /** As {@link Deflater.close}. */
  close(): void;
}

/** DEFLATE for permessage-deflate (RFC 7692). All of it is synchronous, so that messages keep their order. */
export interface Compression {
  /** Whether contexts can be kept from message to message ("context takeover"). */
  readonly canKeepContext: boolean;
  deflater(options: DeflaterOptions): Deflater;
  inflater(options: InflaterOptions): Inflater;
}

/** Memory for messages. */
export interface Memory {
  /** `size` bytes with any content, owned by the caller. It may share an ArrayBuffer with others. */
  allocate(size: number): Uint8Array;
  /**
   * As {@link allocate}, for memory that is used again and again: it fills a separate ArrayBuffer, which cannot be
   * transferred where the runtime can refuse that. Absent: `allocate` will do.
   */
  allocateLasting?(size: number): Uint8Array;
}

/** An object that is called back when time is up. It exists anyway; a function for each timer would take memory. */
export interface TimerOwner {
  expired(): void;
}

/** One deadline of one owner. */
export interface Timer {
  /** Calls the owner back after `delay` milliseconds or a little later, never earlier. Replaces what was set before. */
  set(delay: number): void;
  clear(): void;
}

/** The time of day in small integers. */
export interface CoarseClock {
  /** Milliseconds since the epoch. */
  readonly began: number;
  /** Tenths of a second since then. It may be behind by one, or more where the host has stood still. */
  tenths(): number;
}

/** Time. A clock that never goes back; its zero has no meaning. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Milliseconds since the epoch, which may be set back; only shown and counted. Absent: `now` is. */
  wall?(): number;
  /** As `wall`, for very frequent use. Absent: `wall` is used. */
  readonly coarse?: CoarseClock | undefined;
  /** A timer that is not running yet. It costs nothing until it is set, and does not keep the process alive. */
  timer(owner: TimerOwner): Timer;
}

/** Work that a {@link Scheduler} does later. */
export interface TurnTask {
  endOfTurn(): void;
}

/** Work that is done in pieces, each in another turn. */
export interface Job {
  nextPiece(): void;
}

export interface Scheduler {
  /**
   * Calls `task.endOfTurn()` once at the end of the current turn: after the running callback of the event loop and
   * whatever follows from it without waiting for I/O or time. Tasks run in order.
   */
  afterTurn(task: TurnTask): void;
  /**
   * Calls `job.nextPiece()` once, in a later turn, when events of the system that are due have been served. Jobs run in
   * order, outside any context.
   */
  inLaterTurn(job: Job): void;
  /** Makes an exception of the application surface as an uncaught one, outside the current call. */
  reportUncaught(error: unknown): void;
}

/** An object of the host's: the context in which an application's code runs, such as the stores of Node. */
export type Context = object;

/**
 * What follows an activity of the application through everything that it sets off: in Node, the stores of
 * `AsyncLocalStorage`. Events of a connection come from sockets, timers and turns that it shares with others, so what
 * they are told to must be put where it belongs.
 */
export interface Contexts {
  /** Where the caller is, to be kept for long. Absent: outside any, where most programs always are. */
  capture(): Context | undefined;
  /** As `capture`, for what is called soon: it takes less time, and may take memory where there is nothing to keep. */
  current(): Context | undefined;
  /** Calls `task` in a captured context; outside any where it is absent. Exceptions pass. */
  run(context: Context | undefined, task: () => void): void;
}

/** For hosts without such a thing. */
export const noContexts: Contexts = {
  capture: () => undefined,
  current: () => undefined,
  run: (_context, task) => task(),
};

/** Everything a connection needs from its host, except a transport. One object serves all connections of a host. */
export interface Host {
  readonly text: TextCodec;
  readonly random: Random;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly contexts: Contexts;
}
