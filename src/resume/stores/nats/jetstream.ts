// What the store asks of JetStream: streams, messages by subject and sequence, and publishing that fails if somebody else has
// published on the subject (https://docs.nats.io/reference/reference-protocols/nats_api_reference). The requests are plain
// messages, so that the client library needs no further package.

import { Buffer } from 'node:buffer';
import {
  type NatsClient,
  type NatsConnectionLike,
  type NatsMessage,
  type NatsSubscription,
  natsClient,
} from '../../../bus/nats/nats-client.ts';
import type { NatsLink } from '../../../bus/nats/nats-link.ts';

/** Milliseconds for one answer, and for a connection to be there. */
const PATIENCE = 5_000;
/** Milliseconds in which another server leads a stream whose leader has died, and between two questions. */
const LEADER = { patience: 8_000, pause: 250 };

/** Codes of JetStream's errors. */
const WRONG_LAST_SEQUENCE = 10_071;
const NO_MESSAGE = 10_037;
const NO_STREAM = 10_059;

/** What a stream is made with, as JetStream has it; times in nanoseconds. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly max_msgs_per_subject: number;
  readonly max_age: number;
  readonly num_replicas: number;
  readonly storage: 'file' | 'memory';
}

/** A message of a stream. */
export interface StoredMessage {
  /** In the stream. */
  readonly sequence: number;
  readonly data: Buffer;
}

interface Reply {
  readonly error?: { readonly err_code?: number; readonly description?: string };
  readonly seq?: number;
  readonly config?: StreamConfig;
  readonly message?: { readonly seq: number; readonly data?: string };
}

/** An answer that says no. */
class JetStreamError extends Error {
  readonly code: number;

  constructor(text: string, code: number) {
    super(text);
    this.code = code;
  }
}

interface Mailbox {
  readonly hear: (message: NatsMessage) => void;
  subscription?: NatsSubscription;
  /** The server knows. */
  isKnown?: Promise<void>;
}

/** JetStream over a link, which is opened with the first request. */
export class JetStream {
  readonly #link: NatsLink;
  readonly #client: NatsClient;
  readonly #mailboxes = new Map<string, Mailbox>();
  #connection: NatsConnectionLike | undefined;
  #isOpen = false;
  #hasAnswered = false;
  #isClosed = false;
  /** Wait for a connection. */
  #waiting: ((error?: Error) => void)[] = [];
  #lost: Error | undefined;

  constructor(link: NatsLink, user: string) {
    this.#link = link;
    this.#client = natsClient(user);
  }

  /** Bytes of the largest message, as far as is known. */
  get maxPayload(): number {
    return this.#connection?.info?.max_payload ?? 1_048_576;
  }

  /** The configuration of a stream, which is made if it is not there. */
  async stream(config: StreamConfig): Promise<StreamConfig> {
    try {
      return configOf(await this.#ask(`STREAM.INFO.${config.name}`));
    } catch (error) {
      if (codeOf(error) !== NO_STREAM) throw error;
    }
    return configOf(await this.#ask(`STREAM.CREATE.${config.name}`, config));
  }

  /** The last message of a subject. */
  last(stream: string, subject: string): Promise<StoredMessage | undefined> {
    return this.#get(stream, { last_by_subj: subject });
  }

  /** The first message of a subject from a sequence on. */
  next(stream: string, subject: string, sequence: number): Promise<StoredMessage | undefined> {
    return this.#get(stream, { seq: sequence, next_by_subj: subject });
  }

  /**
   * Publishes a message, and waits until the stream has it.
   *
   * @param after  the last sequence of the subject must be this one, 0: there is none; `undefined`: any
   * @returns its sequence; `undefined`: another message came before it
   */
  async publish(subject: string, data: Uint8Array | string, after?: number): Promise<number | undefined> {
    const headers = this.#client.headers();
    if (after !== undefined) headers.set('Nats-Expected-Last-Subject-Sequence', String(after));
    try {
      const { seq } = await this.#request(subject, data, headers);
      return seq;
    } catch (error) {
      if (codeOf(error) === WRONG_LAST_SEQUENCE) return undefined;
      throw error;
    }
  }

  /** Removes messages of a subject: those before a sequence, or all. */
  async purge(stream: string, subject: string, before?: number): Promise<void> {
    await this.#ask(`STREAM.PURGE.${stream}`, { filter: subject, ...(before !== undefined && { seq: before }) });
  }

  /** Subscribes, over all losses of the connection. Resolves when the server knows. */
  async hear(subject: string, hear: (message: NatsMessage) => void): Promise<void> {
    const connection = await this.#connected();
    let mailbox = this.#mailboxes.get(subject);
    if (mailbox === undefined) {
      mailbox = { hear };
      this.#mailboxes.set(subject, mailbox);
      this.#subscribe(connection);
      // Where the connection is lost meanwhile, it is subscribed again on the next one.
      mailbox.isKnown = connection.flush().catch(() => {});
    }
    await mailbox.isKnown;
  }

  /** Asks another process. @returns `false`: it does not answer, or is not there */
  async ask(subject: string, text: string, patience: number): Promise<boolean> {
    const connection = await this.#connected();
    try {
      await connection.request(subject, text, { timeout: patience });
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { subscription } of this.#mailboxes.values()) subscription?.unsubscribe();
    this.#wake(new Error('the store of sessions is closed'));
    if (this.#isOpen) await this.#link.close();
  }

  async #get(stream: string, which: object): Promise<StoredMessage | undefined> {
    try {
      const { message } = await this.#ask(`STREAM.MSG.GET.${stream}`, which);
      return message && { sequence: message.seq, data: Buffer.from(message.data ?? '', 'base64') };
    } catch (error) {
      if (codeOf(error) === NO_MESSAGE) return undefined;
      throw error;
    }
  }

  #ask(call: string, body?: object): Promise<Reply> {
    return this.#request(`$JS.API.${call}`, body === undefined ? '' : JSON.stringify(body));
  }

  async #request(subject: string, data: Uint8Array | string, headers?: unknown): Promise<Reply> {
    const message = await this.#answer(subject, data, headers);
    const reply = JSON.parse(Buffer.from(message.data).toString()) as Reply;
    if (reply.error === undefined) return reply;
    const { description = '', err_code = 0 } = reply.error;
    throw new JetStreamError(`JetStream refuses ${subject}: ${description}`, err_code);
  }

  /** Waits for another leader where JetStream has answered before: an election takes seconds. */
  async #answer(subject: string, data: Uint8Array | string, headers?: unknown): Promise<NatsMessage> {
    for (let waited = 0; ; waited += LEADER.pause) {
      const connection = await this.#connected();
      try {
        const options = { timeout: PATIENCE, ...(headers !== undefined && { headers }) };
        const message = await connection.request(subject, data, options);
        this.#hasAnswered = true;
        return message;
      } catch (error) {
        const { message: reason, isNoResponders } = error as Error & { isNoResponders?(): boolean };
        const isAbsent = isNoResponders?.call(error) === true;
        if (isAbsent && this.#hasAnswered && waited < LEADER.patience) {
          await new Promise((resolve) => setTimeout(resolve, LEADER.pause));
          continue;
        }
        const text = isAbsent
          ? `no JetStream answers on ${subject}: enable it on the servers and in the account of the store`
          : `JetStream has not answered on ${subject}: ${reason}`;
        throw new Error(text, { cause: error });
      }
    }
  }

  /** The connection, when it is there. */
  async #connected(): Promise<NatsConnectionLike> {
    if (this.#isClosed) throw new Error('the store of sessions is closed');
    this.#open();
    if (this.#connection !== undefined) return this.#connection;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => settle(this.#lost ?? new Error(`NATS has not answered within ${PATIENCE} ms`)),
        PATIENCE,
      );
      const settle = (error?: Error): void => {
        clearTimeout(timer);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#waiting.push(settle);
    });
    return this.#connected();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#link.open({
      connected: (connection) => {
        const isNew = connection !== this.#connection;
        this.#connection = connection;
        for (const mailbox of this.#mailboxes.values()) if (isNew) delete mailbox.subscription;
        this.#subscribe(connection);
        this.#wake();
      },
      lost: (error) => {
        this.#lost = error;
        this.#connection = undefined;
      },
      refused: (error) => {
        this.#lost = error;
        this.#connection = undefined;
        this.#wake(error);
      },
      trouble: () => {}, // the call that it belongs to is refused, or not answered
    });
  }

  #subscribe(connection: NatsConnectionLike): void {
    for (const [subject, mailbox] of this.#mailboxes) {
      if (mailbox.subscription?.isClosed() === false) continue;
      mailbox.subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) mailbox.hear(message);
        },
      });
    }
  }

  #wake(error?: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const settle of waiting) settle(error);
  }
}

function codeOf(error: unknown): number {
  return (error as { code?: number }).code ?? 0;
}

function configOf({ config }: Reply): StreamConfig {
  if (config === undefined) throw new Error('JetStream has answered without the configuration of a stream');
  return config;
}
