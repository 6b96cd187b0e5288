// What an inspector keeps for a DevTools that opens later, within three bounds: connections, frames and bytes. The oldest frame
// goes first, whichever connection it is of; a connection goes when it has ended and its place is needed.

import { type Entry, RecordedConnection, type RecordedHandshake, sizeOf } from './recorded.ts';

export interface HistoryBounds {
  readonly connections: number;
  readonly frames: number;
  readonly bytes: number;
}

/** One frame or note among those of all connections. */
interface Kept {
  readonly connection: RecordedConnection;
  readonly entry: Entry;
}

export class History {
  readonly #bounds: HistoryBounds;
  readonly #open = new Map<object, RecordedConnection>();
  /** Those that have ended, in the order of their ends. */
  readonly #ended = new Set<RecordedConnection>();
  /** Behind the first `#first`, in the order in which they came, with those of connections that are kept no more. */
  #order: Kept[] = [];
  #first = 0;
  #entries = 0;
  #bytes = 0;

  constructor(bounds: HistoryBounds) {
    this.#bounds = bounds;
  }

  /** Frames and notes that are kept. */
  get entries(): number {
    return this.#entries;
  }

  /** Bytes of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Places in the list of the order: at most about twice the frames that are kept. */
  get footprint(): number {
    return this.#order.length;
  }

  /** Connections that are kept, those that have ended first. */
  *connections(): Iterable<RecordedConnection> {
    yield* this.#ended;
    yield* this.#open.values();
  }

  find(connection: object): RecordedConnection | undefined {
    return this.#open.get(connection);
  }

  /** Whether a further connection would be kept. */
  get hasRoom(): boolean {
    const { connections } = this.#bounds;
    return connections > 0 && (this.#open.size < connections || this.#ended.size > 0);
  }

  /** Keeps a connection. Call it only if it {@link hasRoom}. */
  begin(connection: object, id: string, handshake: RecordedHandshake): RecordedConnection {
    const recorded = new RecordedConnection(id, handshake);
    this.#makeRoom();
    this.#open.set(connection, recorded);
    return recorded;
  }

  /** Keeps a handshake that did not become a connection. */
  beginEnded(id: string, handshake: RecordedHandshake): RecordedConnection {
    const recorded = new RecordedConnection(id, handshake);
    recorded.ended = handshake.time;
    this.#makeRoom();
    this.#ended.add(recorded);
    return recorded;
  }

  end(connection: object, time: number): void {
    const recorded = this.#open.get(connection);
    if (recorded === undefined) return;
    recorded.ended = time;
    this.#open.delete(connection);
    this.#ended.add(recorded);
  }

  add(connection: RecordedConnection, entry: Entry): void {
    connection.entries.push(entry);
    this.#order.push({ connection, entry });
    this.#entries++;
    this.#bytes += sizeOf(entry);
    const { frames, bytes } = this.#bounds;
    while (this.#entries > 0 && (this.#entries > frames || this.#bytes > bytes)) this.#forgetOldest();
  }

  /** Forgets everything. */
  clear(): void {
    this.#open.clear();
    this.#ended.clear();
    this.#order = [];
    this.#first = 0;
    this.#entries = 0;
    this.#bytes = 0;
  }

  /** Lets go of the connection that ended first, if there is no other place. */
  #makeRoom(): void {
    if (this.#open.size + this.#ended.size < this.#bounds.connections) return;
    const [oldest] = this.#ended;
    if (oldest === undefined) return;
    this.#ended.delete(oldest);
    oldest.isForgotten = true;
    for (const entry of oldest.entries) {
      this.#entries--;
      this.#bytes -= sizeOf(entry);
    }
    oldest.entries.length = 0;
    this.#compact((kept) => !kept.connection.isForgotten);
  }

  #forgetOldest(): void {
    const kept = this.#order[this.#first++];
    if (kept === undefined) return;
    const { connection, entry } = kept;
    if (!connection.isForgotten) {
      connection.entries.shift(); // its own oldest
      connection.forgotten++;
      this.#entries--;
      this.#bytes -= sizeOf(entry);
    }
    this.#compact(() => true);
  }

  /** Shortens the order when most of it is kept no more. */
  #compact(isKept: (kept: Kept) => boolean): void {
    if (this.#order.length < 2 * this.#entries + 64) return;
    this.#order = this.#order.slice(this.#first).filter(isKept);
    this.#first = 0;
  }
}
