// The log of one session, as its owner sees it: which messages of the stream have which pieces. It is read from the stream
// only as far as somebody asks. A message counts if it comes after what was dropped, and if no later owner has set its mark
// before it.

import type { SessionLog, StoredPiece } from '../../protocol/store.ts';
import { gapBetween } from '../piece-log.ts';
import type { JetStream, StoredMessage } from './jetstream.ts';
import { type LogMessage, logMessage, readLogMessage } from './log-message.ts';

/** Where the log of a session begins. */
export interface LogStart {
  /** Messages up to this sequence are not in the log. */
  readonly after: number;
  /** Nor are those of earlier generations. */
  readonly generation: number;
}

interface Entry {
  readonly stream: number;
  readonly log: SessionLog;
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** Messages that are not needed are removed when they are so many, or so large together. */
const PURGE = { messages: 64, bytes: 256 * 1024 };

export class SessionMessages {
  readonly #jetStream: JetStream;
  readonly #stream: string;
  readonly #subject: string;
  readonly #generation: number;
  #start: LogStart;
  #entries: Entry[] = [];
  /** The stream was read up to this sequence. */
  #read: number;
  /** The last message of the subject that is known. */
  #tail: number;
  #isComplete: boolean;
  #highest: number;
  readonly #last: Record<SessionLog, number> = { outgoing: 0, incoming: 0 };

  /** @param tail  sequence of the last message that is known; `isEmpty`: the log has no pieces, it need not be read */
  constructor(
    jetStream: JetStream,
    { stream, subject }: { readonly stream: string; readonly subject: string },
    generation: number,
    start: LogStart,
    tail: number,
    isEmpty: boolean,
  ) {
    this.#jetStream = jetStream;
    this.#stream = stream;
    this.#subject = subject;
    this.#generation = generation;
    this.#start = start;
    this.#tail = tail;
    this.#isComplete = isEmpty;
    this.#read = isEmpty ? tail : start.after;
    this.#highest = start.generation;
  }

  /** Sequence of the last message of the subject that is known. */
  get tail(): number {
    return this.#tail;
  }

  /** Number of the last piece of the log `outgoing`, as far as it was read. */
  get lastOutgoing(): number {
    return this.#last.outgoing;
  }

  /**
   * Adds pieces.
   *
   * @param acknowledged  the log `outgoing` goes on behind it at the earliest
   * @returns `false`: somebody else has written meanwhile; what that means must be looked at, and then it is tried again
   */
  async append(log: SessionLog, pieces: readonly StoredPiece[], acknowledged: number): Promise<boolean> {
    await this.#complete();
    // A later owner has set its mark: messages behind it are not ours to write.
    if (this.#highest > this.#generation) return false;
    let last = log === 'outgoing' ? Math.max(this.#last.outgoing, acknowledged) : this.#last.incoming;
    const fresh: StoredPiece[] = [];
    for (const piece of pieces) {
      const { sequence } = piece;
      if (sequence <= last) continue;
      if (log === 'outgoing' && sequence !== last + 1) throw new Error(gapBetween(last, sequence));
      fresh.push(piece);
      last = sequence;
    }
    if (fresh.length === 0) return true;
    const message = logMessage(this.#generation, log, fresh);
    const sequence = await this.#jetStream.publish(this.#subject, message, this.#tail);
    if (sequence === undefined) {
      this.#isComplete = false;
      return false;
    }
    this.#tail = sequence;
    this.#read = sequence;
    this.#note(sequence, { log, pieces: fresh }, message.length);
    return true;
  }

  /** Pieces of the first message that has some above `after`; none: there are no more. */
  async since(log: SessionLog, after: number): Promise<readonly StoredPiece[]> {
    for (;;) {
      const entry = this.#entries.find((one) => one.log === log && one.last > after);
      const pieces = entry === undefined ? await this.#readOn() : await this.#fetch(entry);
      if (pieces === undefined) return [];
      if (pieces.log !== log) continue;
      const wanted = pieces.pieces.filter(({ sequence }) => sequence > after);
      if (wanted.length > 0) return wanted;
    }
  }

  /** Removes messages of which nothing is needed any more, when there are many. */
  async trim(acknowledged: number, handledWhole: number): Promise<void> {
    const kept = this.#entries.findIndex(({ log, last }) => last > (log === 'outgoing' ? acknowledged : handledWhole));
    const count = kept === -1 ? this.#entries.length : kept;
    const bytes = this.#entries.slice(0, count).reduce((sum, entry) => sum + entry.bytes, 0);
    if (count < PURGE.messages && bytes < PURGE.bytes) return;
    // The last one stays: an owner of before knows the subject as empty, and must not find it so.
    const before = this.#entries[count]?.stream ?? this.#tail;
    this.#entries.splice(0, count);
    await this.#jetStream.purge(this.#stream, this.#subject, before);
  }

  /** Forgets all pieces. @returns where the log begins from now on, to be written before `purge` is called */
  async drop(): Promise<LogStart> {
    if (this.#isComplete && this.#entries.length === 0 && this.#last.outgoing === 0) return this.#start;
    const end = await this.#jetStream.last(this.#stream, this.#subject);
    this.#tail = end?.sequence ?? this.#tail;
    this.#start = { after: this.#tail, generation: this.#generation };
    this.#entries = [];
    this.#last.outgoing = this.#last.incoming = 0;
    this.#read = this.#tail;
    this.#isComplete = true;
    return this.#start;
  }

  /** Removes all messages but the last one. */
  async purge(): Promise<void> {
    if (this.#tail > 0) await this.#jetStream.purge(this.#stream, this.#subject, this.#tail);
  }

  async #complete(): Promise<void> {
    while (!this.#isComplete) await this.#readOn();
  }

  /** Reads the next message. @returns `undefined`: there are no more */
  async #readOn(): Promise<LogMessage | undefined> {
    if (this.#isComplete) return undefined;
    const found = await this.#jetStream.next(this.#stream, this.#subject, this.#read + 1);
    if (found === undefined) {
      this.#isComplete = true;
      return undefined;
    }
    this.#read = found.sequence;
    this.#tail = Math.max(this.#tail, found.sequence);
    const message = this.#parse(found);
    if (message.generation < this.#highest) return NOTHING;
    this.#highest = message.generation;
    this.#note(found.sequence, message, found.data.length);
    return message;
  }

  async #fetch(entry: Entry): Promise<LogMessage> {
    const found = await this.#jetStream.next(this.#stream, this.#subject, entry.stream);
    if (found?.sequence !== entry.stream)
      throw new Error(`JetStream has lost messages ${entry.first} to ${entry.last}`);
    return this.#parse(found);
  }

  #parse({ data, sequence }: StoredMessage): LogMessage {
    try {
      return readLogMessage(data);
    } catch (error) {
      throw new Error(`message ${sequence} of the stream ${this.#stream} is damaged`, { cause: error });
    }
  }

  #note(stream: number, { log, pieces }: Pick<LogMessage, 'log' | 'pieces'>, bytes: number): void {
    const [first, last] = [pieces[0]?.sequence, pieces.at(-1)?.sequence];
    if (first === undefined || last === undefined) return;
    this.#entries.push({ stream, log, first, last, bytes });
    this.#last[log] = last;
  }
}

const NOTHING: LogMessage = { generation: 0, log: 'outgoing', pieces: [] };
