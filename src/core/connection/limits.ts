// Bounds on what a peer can make a connection hold or do, and their defaults.

/**
 * Bounds on what a peer can make a connection hold or do. An error names the bound that was exceeded.
 *
 * Sizes are in bytes. `Infinity` means no bound.
 */
export interface Limits {
  /**
   * Bytes of one message, over all of its frames, as they arrive and after inflating. Exceeding it fails the connection
   * with 1009. Text that is longer than a string of the runtime can be (536,870,888 UTF-16 units on 64-bit Node) fails it
   * too. Default 100 MiB.
   */
  readonly maxMessageSize: number;
  /**
   * Bytes of one message that is read in parts (`streamAbove`), counted as for `maxMessageSize`, which then bounds only
   * messages that are given whole. Exceeding it fails the connection with 1009. Default Infinity: no more than 256 KiB of
   * such a message wait to be read.
   */
  readonly maxStreamSize: number;
  /**
   * Bytes of one frame, as its header announces them. Exceeding it fails the connection with 1009. Default 100 MiB, or
   * `maxMessageSize` if you set that higher, or with `streamAbove` `maxStreamSize`.
   */
  readonly maxFrameSize: number;
  /** Frames of one message. Exceeding it fails the connection with 1008. Default 131,072. */
  readonly maxFragments: number;
  /**
   * Frames without payload in one fragmented message. A message that is one empty frame does not count. Exceeding it fails
   * the connection with 1008. Default 1,024.
   */
  readonly maxEmptyFragments: number;
  /**
   * Bytes of a message after inflating, divided by its compressed bytes. Exceeding it fails the connection with 1009. It
   * applies to a complete message of 4 MiB or more, and to an unfinished one of 64 KiB or more. An incomplete frame is
   * inflated no further than this. Default 200; DEFLATE can reach 1,032.
   */
  readonly maxInflateRatio: number;
  /** Ping and Pong frames per second. Exceeding it fails the connection with 1008. Default 20,000. */
  readonly maxControlFramesPerSecond: number;
  /**
   * Messages per second. Exceeding it fails the connection with 1008; in a session, further messages wait. Default Infinity.
   */
  readonly maxMessagesPerSecond: number;
  /** Pongs that wait for a peer that pings but does not read. Exceeding it fails the connection with 1008. Default 256. */
  readonly maxQueuedPongs: number;
  /**
   * Bytes that may wait for a slow peer when you send another message. If more wait, `slowConsumer` decides. Default
   * 64 MiB.
   */
  readonly maxQueuedBytes: number;
}

export const defaultLimits: Limits = {
  maxMessageSize: 100 * 1024 * 1024,
  maxStreamSize: Infinity,
  maxFrameSize: 100 * 1024 * 1024,
  maxFragments: 128 * 1024,
  maxEmptyFragments: 1024,
  maxInflateRatio: 200,
  maxControlFramesPerSecond: 20_000,
  maxMessagesPerSecond: Infinity,
  maxQueuedPongs: 256,
  maxQueuedBytes: 64 * 1024 * 1024,
};
