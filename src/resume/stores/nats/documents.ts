// Where sessions are in JetStream: the two streams, their subjects, and the document of each session.
//
// ```
//  <prefix>.r.<hash of the id>        record and head of a session, as JSON
//  <prefix>.n.<hash of bind, nonce>   the id of the session that a client named by it
//  <prefix>.l.<hash of the id>        its log (log-message.ts)
//  <prefix>.f.<hash of the node>      asks a process to give up a session; not stored
// ```

import { createHash } from 'node:crypto';
import type { SessionHead } from '../../protocol/store.ts';
import { isOver, type SessionRecord, TOMBSTONE_KEEP, tombstoneOf } from '../session-record.ts';
import type { JetStream, StoredMessage, StreamConfig } from './jetstream.ts';
import { logMessage } from './log-message.ts';
import { type LogStart, SessionMessages } from './session-log.ts';

/** What is stored of a session beside its log. */
export interface Document {
  readonly record: SessionRecord;
  readonly head: SessionHead;
  /** Where its log begins. */
  readonly start: LogStart;
  /** Number of the last message of the log `outgoing`, when this was written. */
  readonly last: number;
}

/** A document, and its sequence in the stream. */
export interface Found {
  readonly document: Document;
  readonly sequence: number;
}

/** What the streams are made with. */
export interface StreamSetup {
  readonly prefix: string;
  readonly replicas: number;
  /** Milliseconds that JetStream keeps what nobody writes anew. */
  readonly maxAge: number;
  readonly storage: 'file' | 'memory';
}

export class Documents {
  readonly #jetStream: JetStream;
  readonly #setup: StreamSetup;
  readonly #now: () => number;
  readonly #records: string;
  readonly #logs: string;
  #streams: Promise<void> | undefined;
  #maxAge: number;

  constructor(jetStream: JetStream, setup: StreamSetup, now: () => number) {
    this.#jetStream = jetStream;
    this.#setup = setup;
    this.#now = now;
    this.#maxAge = setup.maxAge;
    this.#records = `${setup.prefix}_sessions`;
    this.#logs = `${setup.prefix}_session_logs`;
  }

  /** Milliseconds that JetStream keeps a document. */
  get maxAge(): number {
    return this.#maxAge;
  }

  /** Name of the stream of documents. */
  get stream(): string {
    return this.#records;
  }

  /** The streams are there. */
  ready(): Promise<void> {
    this.#streams ??= this.#makeStreams().catch((error: unknown) => {
      this.#streams = undefined;
      throw error;
    });
    return this.#streams;
  }

  /** The document of a session; a tombstone whose time is over is not there. */
  async read(id: string): Promise<Found | undefined> {
    const message = await this.#jetStream.last(this.#records, this.#recordSubject(id));
    if (message === undefined) return undefined;
    const document = this.#parse(message);
    const { tombstone, until } = this.asOfNow(document);
    if (tombstone !== undefined && until + TOMBSTONE_KEEP < this.#now()) return undefined;
    return { document, sequence: message.sequence };
  }

  /**
   * Replaces a document.
   *
   * @param after  sequence of the one that is replaced; 0: there is none
   * @returns its sequence; `undefined`: another process was faster
   */
  write(document: Document, after: number): Promise<number | undefined> {
    return this.#jetStream.publish(this.#recordSubject(document.record.id), JSON.stringify(document), after);
  }

  asOfNow({ record, head, last }: Document): SessionRecord {
    if (!isOver(record, this.#now())) return record;
    return { ...record, tombstone: tombstoneOf('expired', record.state === 'current' ? head : undefined, last) };
  }

  /** Names a session as its client does. `after` and the answer as in {@link write}. */
  name(bind: string, nonce: string, id: string, after: number): Promise<number | undefined> {
    return this.#jetStream.publish(this.#nonceSubject(bind, nonce), id, after);
  }

  /** The session that a client has named. */
  async named(bind: string, nonce: string): Promise<{ readonly id: string; readonly sequence: number } | undefined> {
    const message = await this.#jetStream.last(this.#records, this.#nonceSubject(bind, nonce));
    return message && { id: message.data.toString(), sequence: message.sequence };
  }

  /** The log of a session. @param isEmpty  it has no pieces, and need not be read */
  log(id: string, { record, start }: Document, tail: number, isEmpty: boolean): SessionMessages {
    const place = { stream: this.#logs, subject: this.#logSubject(id) };
    return new SessionMessages(this.#jetStream, place, record.generation, start, tail, isEmpty);
  }

  /** Sequence of the last message of a log; 0: there is none. */
  async tail(id: string): Promise<number> {
    return (await this.#jetStream.last(this.#logs, this.#logSubject(id)))?.sequence ?? 0;
  }

  /** Sets the mark of a new owner into the log. @returns its sequence */
  async mark(id: string, generation: number): Promise<number> {
    return (await this.#jetStream.publish(this.#logSubject(id), logMessage(generation, 'outgoing', []))) ?? 0;
  }

  /** Removes a document that nobody knows. */
  removeRecord(id: string): Promise<void> {
    return this.#jetStream.purge(this.#records, this.#recordSubject(id));
  }

  /** Removes all of a session. */
  async remove(id: string, bind: string, nonce: string): Promise<void> {
    if ((await this.named(bind, nonce))?.id === id) {
      await this.#jetStream.purge(this.#records, this.#nonceSubject(bind, nonce));
    }
    await this.removeRecord(id);
    await this.#jetStream.purge(this.#logs, this.#logSubject(id));
  }

  /** Where a process is asked to give up a session. */
  nodeSubject(node: string): string {
    return `${this.#setup.prefix}.f.${hash(node)}`;
  }

  #parse({ data, sequence }: StoredMessage): Document {
    try {
      const document = JSON.parse(data.toString()) as Document;
      if (typeof document.record.generation === 'number' && typeof document.start.after === 'number') return document;
    } catch {
      // as below
    }
    throw new Error(`the document of a session (message ${sequence} of the stream ${this.#records}) is damaged`);
  }

  async #makeStreams(): Promise<void> {
    const { prefix, replicas, storage, maxAge } = this.#setup;
    const config = (name: string, subjects: string[], each: number): StreamConfig => ({
      name,
      subjects,
      max_msgs_per_subject: each,
      max_age: maxAge * 1e6,
      num_replicas: replicas,
      storage,
    });
    const { max_age: age } = await this.#jetStream.stream(config(this.#records, [`${prefix}.r.*`, `${prefix}.n.*`], 1));
    await this.#jetStream.stream(config(this.#logs, [`${prefix}.l.*`], -1));
    // An existing stream keeps its own bounds.
    this.#maxAge = age === 0 ? Number.POSITIVE_INFINITY : age / 1e6;
  }

  #recordSubject(id: string): string {
    return `${this.#setup.prefix}.r.${hash(id)}`;
  }

  #logSubject(id: string): string {
    return `${this.#setup.prefix}.l.${hash(id)}`;
  }

  #nonceSubject(bind: string, nonce: string): string {
    return `${this.#setup.prefix}.n.${hash(JSON.stringify([bind, nonce]))}`;
  }
}

/** Clients choose ids and nonces: a subject has none of their characters. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}
