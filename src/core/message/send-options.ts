// What a sender may say about one message, or one fragment of it.

/** Options of `connection.send`. */
export interface SendOptions {
  /**
   * `true`: a binary message, for a string its UTF-8. `false`: a text message; bytes must be UTF-8. Default: text for a
   * string, binary for bytes.
   */
  readonly binary?: boolean | undefined;
  /**
   * Whether the message is compressed, if the handshake agreed on compression; otherwise it has no effect. `true`:
   * whatever its size. Default: from `threshold` bytes on.
   */
  readonly compress?: boolean | undefined;
}

/** What an `AbortSignal` has, as far as it is needed. */
export interface Signal {
  /** Whether it is aborted. */
  readonly aborted: boolean;
  /** What the promise rejects with. */
  readonly reason?: unknown;
  /** Asks to be told. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Asks no longer. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Options of `connection.sendStream`. */
export interface SendStreamOptions extends SendOptions {
  /**
   * Ends the sending when it is aborted: the promise rejects with its `reason`, and the source is cancelled. If a part of
   * the message has left already, the connection fails with 1011.
   */
  readonly signal?: Signal | undefined;
}

/** Options of `connection.sendFragment`. */
export interface FragmentOptions {
  /** Whether this is the last fragment of its message. */
  readonly fin: boolean;
  /** As for `send`. All fragments of a message must be of one kind. */
  readonly binary?: boolean | undefined;
  /**
   * Whether the message is compressed, if the handshake agreed on compression. Only that of the first fragment counts.
   * Default `false`.
   */
  readonly compress?: boolean | undefined;
}
