// What a user may set for a connection. complete-settings.ts checks it and fills in the defaults.

import type { CompressionSettings } from '../extension/compression-settings.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

/**
 * Whose a binary message is that a `message` handler gets. `'owned'`: the application's, for ever. `'lent'`: the
 * application's until the handler returns, or until the promise that it returns settles.
 */
export type BinaryMessages = 'owned' | 'lent';

/** What text messages are given as: strings, or the bytes of their UTF-8. */
export type TextMessages = 'strings' | 'bytes';

/** Some of the options of an object. `undefined` is the same as absent, even with `exactOptionalPropertyTypes`. */
export type Some<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** What you may set for a connection. Absent settings have their defaults. Times are in milliseconds, sizes in bytes. */
export interface ConnectionSettings {
  /** Bounds on what the peer can make this end hold or do. */
  limits?: Some<Limits> | undefined;
  /** Keep-alive (RFC 6455 §5.5.2). `false` or `interval: 0`: no pings. Default 30,000 for each time. */
  heartbeat?: Some<Heartbeat> | false | undefined;
  /**
   * Time for the peer to answer our Close frame, and again for TCP to end, before TCP is cut (RFC 6455 §7.1.1). Default
   * 5,000.
   *
   * It begins when our Close frame has left, after everything that was sent before. A peer that reads that at 16 KiB/s or
   * more has the time that this takes.
   */
  closeTimeout?: number | undefined;
  /**
   * Time without a message in either direction after which the connection is closed with 1001. Default 0: no bound.
   *
   * It is noticed up to a quarter later. Pings and pongs do not count; a message on its way does. uWebSockets.js has this
   * setting in seconds.
   */
  idleTimeout?: number | undefined;
  /** Time from the opening to a close with 1001. Default 0: no bound. uWebSockets.js has this setting in minutes. */
  maxLifetime?: number | undefined;
  /**
   * Time that an unfinished message may go without a further byte, after which the connection fails with 1008. Default
   * 60,000; 0: no bound.
   *
   * It is noticed up to a quarter later. Time in which this end does not read does not count.
   */
  messageTimeout?: number | undefined;
  /** What to do with a peer that reads too slowly. Default `'close'`. */
  slowConsumer?: SlowConsumerPolicy | undefined;
  /** Bytes that wait to be sent from which `send` returns `false`. Default 1 MiB. */
  highWaterMark?: number | undefined;
  /**
   * Whose binary messages are. Default `'owned'`: yours for ever.
   *
   * `'lent'`: yours until the `message` handler returns, or if it returns a promise, until that settles. Then their memory
   * is used for other messages, which makes large messages cheaper. Until then you may read and change a message, and send or
   * publish it: these calls copy what they need. What you keep for longer, copy: `Buffer.from(data)`. Do not transfer
   * it. Text, pings, pongs and messages that are pulled (`for await`) are always yours.
   */
  binaryMessages?: BinaryMessages | undefined;
  /**
   * Whether the memory of a lent message is overwritten with bytes `dd` when its time is over, so that code that reads it
   * later fails at once. It takes time. Default `true`, and `false` where the environment variable NODE_ENV is
   * `production`.
   */
  overwriteLent?: boolean | undefined;
  /**
   * permessage-deflate (RFC 7692): a client offers it, a server accepts it. Default `false`.
   *
   * It costs time for each message. With context takeover it also costs some 300 KiB for each connection that has sent and
   * received.
   */
  compression?: boolean | CompressionSettings | undefined;
  /**
   * Whether pings of the peer are answered (RFC 6455 §5.5.2). Default `true`. With `false` your `ping` handler must call
   * `connection.pong(payload)`: a peer that gets no pong ends the connection.
   */
  autoPong?: boolean | undefined;
  /**
   * What text messages are given as. Default `'strings'`. With `'bytes'` they are given as binary messages are, as bytes of
   * valid UTF-8; the third argument of the `message` handler tells which is which. Use it to store or pass on text without
   * reading it. Messages that are pulled (`for await`) are then all bytes.
   */
  textMessages?: TextMessages | undefined;
  /**
   * Whether the `message` handler is told, as its fourth argument, the bytes of each fragment of a message that came in
   * several (RFC 6455 §5.4), after inflating. Default `false`. A proxy may cut and join fragments: they have no meaning
   * of their own.
   */
  fragmentSizes?: boolean | undefined;
  /**
   * Messages of more bytes than this are read in parts while they arrive: the `message` handler and `for await` get a
   * `MessageStream` instead of the data (docs/streams.md). 0: all messages. Default, and Infinity: none.
   *
   * Above `limits.maxMessageSize`, messages are then always read in parts.
   */
  streamAbove?: number | undefined;
}
