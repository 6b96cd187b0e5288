// Bounds on what a peer can make a connection hold or do, and their defaults.

/** Bounds on what a peer can make us hold. Each refusal names its bound. */
export interface Limits {
  /** Bytes of one message's payload, over all of its frames, as they come and once inflated. Exceeding it fails the connection with 1009; so does text that is longer than a string of the runtime can be (536,870,888 UTF-16 units on 64-bit Node). Default 100 MiB. */
  readonly maxMessageSize: number;
  /**
   * Bytes of one frame's payload, as its header announces them. Exceeding it fails the connection with 1009. Default
   * 100 MiB, or `maxMessageSize` where that is set higher.
   */
  readonly maxFrameSize: number;
  /** Frames of one message. Exceeding it fails the connection with 1008. Default 131,072. */
  readonly maxFragments: number;
  /**
   * Frames without payload in one fragmented message; a message that is one empty frame is none. Exceeding it fails the
   * connection with 1008. Default 1,024.
   */
  readonly maxEmptyFragments: number;
  /**
   * What a compressed message may inflate to, as a multiple of what came of it. Exceeding it fails the connection with
   * 1009. It applies to a whole message from 4 MiB on, and to a message of which fragments are missing from 64 KiB on. Of a
   * frame that is not complete, no more is inflated than this. Default 200; DEFLATE can reach 1,032.
   */
  readonly maxInflateRatio: number;
  /** Ping and Pong frames in a second. Exceeding it fails the connection with 1008. Default 20,000. */
  readonly maxControlFramesPerSecond: number;
  /** Messages in a second. Exceeding it fails the connection with 1008. Default Infinity. */
  readonly maxMessagesPerSecond: number;
  /** Pongs waiting for a peer that pings but does not read. Exceeding it fails the connection with 1008. Default 256. */
  readonly maxQueuedPongs: number;
  /** Bytes that may already wait for a slow peer when another message is sent. Beyond, see `slowConsumer`. Default 64 MiB. */
  readonly maxQueuedBytes: number;
}

export const defaultLimits: Limits = {
  maxMessageSize: 100 * 1024 * 1024,
  maxFrameSize: 100 * 1024 * 1024,
  maxFragments: 128 * 1024,
  maxEmptyFragments: 1024,
  maxInflateRatio: 200,
  maxControlFramesPerSecond: 20_000,
  maxMessagesPerSecond: Infinity,
  maxQueuedPongs: 256,
  maxQueuedBytes: 64 * 1024 * 1024,
};
