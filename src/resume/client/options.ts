// What a user may ask of a client that resumes, by name, unit and default.

import type { Buffer } from 'node:buffer';
import type { ReconnectOptions, ReconnectSettings } from '../../client/reconnect/options.ts';
import type { MessageStream } from '../../core/message/message-stream.ts';
import type { ResumeClientHandlers } from './resumable-connection.ts';

/** How a client resumes. Times are in milliseconds, sizes in bytes. */
export interface ResumeClientSettings {
  /** When a message counts as handled: see `message`, or on receipt. Default `'handled'`. */
  ack?: 'handled' | 'receipt' | undefined;
  /**
   * Bytes of messages that are sent and not acknowledged, each way, 1,024 or more; a server may allow fewer. Default
   * 1 MiB.
   */
  replayBytes?: number | undefined;
  /**
   * Bytes of sent messages that may wait here, those included. What exceeds it is refused. Default `limits.maxQueuedBytes` if
   * that is set; otherwise 16 MiB.
   */
  maxQueuedBytes?: number | undefined;
  /** Bytes of the parts in which the server sends large messages, 16 or more. Default 256 KiB. */
  part?: number | undefined;
  /** Time for the server to begin or resume the session, and to answer when it is asked. Default 10,000. */
  answerTimeout?: number | undefined;
  /** Longest time before a handled message is acknowledged. Default 250. */
  ackDelay?: number | undefined;
  /** What follows when the session is gone. `'new'` (default): a new one. `'close'`: the end. */
  onExpiry?: 'new' | 'close' | undefined;
  /**
   * Hosts, in the form `host` or `host:port`, that the server may send the client to: by a redirect, or when it goes
   * away. They get the token of the session. Default: only the host of the URL.
   */
  allowedHosts?: readonly string[] | undefined;
  /**
   * Whether a `ws:` URL to another machine is taken: a program that reads the connection can take the session over. Default
   * `false`.
   */
  allowInsecure?: boolean | undefined;
}

/** What `connect` can be asked for, for a client that resumes. */
export interface ResumeClientOptions<Data = string | Buffer>
  extends Omit<
    ReconnectOptions,
    | 'resume'
    | 'reconnect'
    | 'handlers'
    | 'binaryMessages'
    | 'overwriteLent'
    | 'textMessages'
    | 'fragmentSizes'
    | 'idleTimeout'
    | 'maxLifetime'
    | 'slowConsumer'
    | 'autoPong'
  > {
  /** `true`: with the defaults of {@link ResumeClientSettings}. */
  resume: true | ResumeClientSettings;
  /** How it comes back. Default: with the defaults of {@link ReconnectSettings}. */
  reconnect?: true | Omit<ReconnectSettings, 'outbox'> | undefined;
  /** Handlers of the session. */
  handlers?: ResumeClientHandlers<Data> | undefined;
  /**
   * Messages of more bytes than this are read in parts while they arrive: the `message` handler and `for await` get a
   * `MessageStream` instead of the data (docs/streams.md). 0: all messages. Default, and Infinity: none.
   *
   * Above `limits.maxMessageSize`, and of more than half of `resume.replayBytes` in parts, messages are then always read in parts.
   */
  streamAbove?: number | undefined;
}

/** Options of a client that resumes and gets large messages in parts. */
export type StreamingResumeClientOptions = ResumeClientOptions<string | Buffer | MessageStream<Buffer>> & {
  streamAbove: number;
};

/** The defaults of {@link ResumeClientSettings}. */
export const resumeClientDefaults = {
  ack: 'handled',
  replayBytes: 1024 * 1024,
  maxQueuedBytes: 16 * 1024 * 1024,
  part: 256 * 1024,
  answerTimeout: 10_000,
  ackDelay: 250,
  onExpiry: 'new',
  allowedHosts: [],
  allowInsecure: false,
} as const;
