// What happens on the connections of a server, recorded for DevTools: it decides what is kept, and tells the sessions. A frame
// that is not kept costs a comparison. The lines about frames that are not shown come once a second.

import { History, type HistoryBounds } from './history.ts';
import { count } from './network-events.ts';
import type { Entry, RecordedConnection, RecordedHandshake } from './recorded.ts';
import { Sampler } from './sampling.ts';
import type { Recorded, Session } from './session.ts';

/** Payload bytes that may be kept in a second. */
const BYTES_PER_SECOND = 16 * 1024 * 1024;
/** Milliseconds until DevTools is told how many frames are not shown. */
const REMARK_AFTER = 1000;

export interface RecorderOptions {
  readonly history: HistoryBounds;
  readonly maxFramesPerSecond: number;
  readonly maxPayloadSize: number;
}

/** One frame, as a server's observer is told it. */
interface SeenFrame {
  readonly direction: 'received' | 'sent';
  readonly opcode: number;
  /** Bytes of the whole payload. */
  readonly size: number;
  /** The beginning of the payload, or all of it. Only valid during the call. */
  readonly payload: Uint8Array;
}

export class Recorder implements Recorded {
  readonly #history: History;
  readonly #sampler: Sampler;
  readonly #options: RecorderOptions;
  readonly #sessions = new Set<Session>();
  /** Those with frames that are not shown, until that is told. */
  readonly #late = new Set<RecordedConnection>();
  /** Connections that are not shown, and those of them that were not told of yet. */
  #passedOver = 0;
  #untold = 0;
  #timer: NodeJS.Timeout | undefined;
  /** For connections that are not recorded yet. */
  readonly #newcomer = { window: -1, taken: 0 };

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#history = new History(options.history);
    this.#sampler = new Sampler(options.maxFramesPerSecond, BYTES_PER_SECOND);
  }

  /** Seconds, from any beginning. */
  readonly now = (): number => performance.now() / 1000;

  /** The wall clock may have been set since: the difference of today counts. */
  get epoch(): number {
    return Date.now() / 1000 - this.now();
  }

  connections(): Iterable<RecordedConnection> {
    return this.#history.connections();
  }

  remark(): string {
    return this.#passedOver === 0 ? '' : passedOverText(this.#passedOver);
  }

  join(session: Session): void {
    this.#sessions.add(session);
  }

  leave(session: Session): void {
    this.#sessions.delete(session);
  }

  /** Lets go of everything. */
  end(): void {
    clearTimeout(this.#timer);
    this.#sessions.clear();
    this.#late.clear();
    this.#history.clear();
  }

  /**
   * A connection has opened, or was there before.
   *
   * @param handshake  called if it is recorded
   */
  opened(connection: object, id: string, handshake: () => RecordedHandshake): void {
    if (this.#history.find(connection) !== undefined) return;
    if (this.#history.hasRoom && this.#sampler.take(this.#fresh(), 0, this.now())) {
      this.#begin(connection, id, handshake());
    } else {
      this.#passedOver++;
      this.#untold++;
      this.#remarkLater();
    }
  }

  /** A handshake was refused. @param id  not that of a connection */
  refused(id: string, handshake: () => RecordedHandshake, reason: string): void {
    if (!this.#history.hasRoom || !this.#sampler.take(this.#fresh(), 0, this.now())) return;
    const recorded = this.#history.beginEnded(id, handshake());
    const time = this.now();
    for (const session of this.#sessions) session.opened(recorded);
    this.#add(recorded, { kind: 'note', time, text: reason });
    for (const session of this.#sessions) session.ended(recorded);
  }

  /** @param handshake  called if its connection was not recorded before */
  frame(connection: object, id: string, handshake: () => RecordedHandshake, frame: SeenFrame): void {
    let recorded = this.#history.find(connection);
    if (recorded === undefined && !this.#history.hasRoom) return;
    const { direction, opcode, size, payload } = frame;
    const { maxPayloadSize } = this.#options;
    const kept = Math.min(payload.length, maxPayloadSize);
    const time = this.now();
    if (!this.#sampler.take(recorded ?? this.#fresh(), kept, time)) {
      if (recorded !== undefined) this.#notShown(recorded);
      return;
    }
    recorded ??= this.#begin(connection, id, handshake());
    this.#tellNotShown(recorded, time);
    const copy = new Uint8Array(kept);
    copy.set(kept === payload.length ? payload : payload.subarray(0, kept));
    this.#add(recorded, { kind: 'frame', time, direction, opcode, payload: copy, size });
  }

  /** Something to be told between the frames of a connection. */
  note(connection: object, text: string): void {
    const recorded = this.#history.find(connection);
    const time = this.now();
    if (recorded !== undefined && this.#sampler.take(recorded, text.length, time)) {
      this.#add(recorded, { kind: 'note', time, text });
    }
  }

  /** @param text  how it ended; `''`: nothing is told of that */
  closed(connection: object, text: string): void {
    const recorded = this.#history.find(connection);
    if (recorded === undefined) return;
    const time = this.now();
    this.#tellNotShown(recorded, time);
    if (text !== '') this.#add(recorded, { kind: 'note', time, text });
    this.#history.end(connection, time);
    for (const session of this.#sessions) session.ended(recorded);
  }

  #begin(connection: object, id: string, handshake: RecordedHandshake): RecordedConnection {
    const recorded = this.#history.begin(connection, id, handshake);
    // What was taken for it as a newcomer.
    recorded.window = this.#newcomer.window;
    recorded.taken = this.#newcomer.taken;
    for (const session of this.#sessions) session.opened(recorded);
    return recorded;
  }

  #add(connection: RecordedConnection, entry: Entry): void {
    this.#history.add(connection, entry);
    for (const session of this.#sessions) session.added(connection, entry);
  }

  #fresh(): { window: number; taken: number } {
    this.#newcomer.window = -1;
    return this.#newcomer;
  }

  #notShown(connection: RecordedConnection): void {
    if (connection.notShown++ > 0) return;
    this.#late.add(connection);
    this.#remarkLater();
  }

  #tellNotShown(connection: RecordedConnection, time: number): void {
    const { notShown } = connection;
    if (notShown === 0) return;
    connection.notShown = 0;
    this.#late.delete(connection);
    const text = `${count(notShown, 'frame')} not shown: more than ${this.#options.maxFramesPerSecond} in a second`;
    this.#add(connection, { kind: 'note', time, text });
  }

  #remarkLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const time = this.now();
      for (const connection of this.#late) this.#tellNotShown(connection, time);
      if (this.#untold > 0) for (const session of this.#sessions) session.remark(passedOverText(this.#untold));
      this.#untold = 0;
    }, REMARK_AFTER).unref();
  }
}

function passedOverText(connections: number): string {
  const why = 'the history is full, or more opened than are recorded in a second';
  return `${count(connections, 'connection')} not shown when opened: ${why}`;
}
