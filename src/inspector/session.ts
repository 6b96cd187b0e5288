// One DevTools that is connected: it asks, is answered, and is told what is recorded. A DevTools that does not read (its computer
// sleeps) is not told of frames beyond a bound; it learns later how many they were.

import { answerTo, CommandError, type Inspected, RpcError } from './commands.ts';
import {
  consoleEvent,
  count,
  endEvent,
  entryEvents,
  noteEvent,
  openingEvents,
  type ProtocolEvent,
} from './network-events.ts';
import type { Entry, RecordedConnection } from './recorded.ts';

/** Bytes that may wait for a DevTools. */
const MAX_WAITING = 16 * 1024 * 1024;

/** The connection to DevTools. */
interface FrontEnd {
  readonly bufferedAmount: number;
  send(text: string): boolean;
}

/** What has been recorded, for a session to begin with. */
export interface Recorded {
  /** Seconds since 1970 when the clock of the inspector was at 0. */
  readonly epoch: number;
  readonly now: () => number;
  connections(): Iterable<RecordedConnection>;
  /** Something about the recording that DevTools is to be told, or `''`. */
  remark(): string;
}

export class Session {
  readonly #frontEnd: FrontEnd;
  readonly #recorded: Recorded;
  readonly #inspected: Inspected;
  readonly #later: (task: () => void) => void;
  /** Whether it has asked for what happens in the network. */
  #isListening = false;
  /** What it is told at the end of the turn. */
  #waiting: object[] = [];
  /** Frames that it was not told of, by connection. */
  #skipped: Map<RecordedConnection, number> | undefined;

  /**
   * @param later  calls a task soon, when nothing else runs. A server tells its observers in the middle of its work, when nothing may
   *               be sent
   */
  constructor(
    frontEnd: FrontEnd,
    recorded: Recorded,
    inspected: Inspected,
    later: (task: () => void) => void = queueMicrotask,
  ) {
    this.#later = later;
    this.#frontEnd = frontEnd;
    this.#recorded = recorded;
    this.#inspected = inspected;
  }

  /** A message of DevTools. */
  received(text: string): void {
    const command = parsed(text);
    if (command === undefined) {
      this.#send({ id: null, error: { code: RpcError.parse, message: 'a message is not a JSON object' } });
      return;
    }
    const { id, method, sessionId } = command;
    const about = typeof sessionId === 'string' ? { id, sessionId } : { id };
    if (!Number.isInteger(id) || typeof method !== 'string') {
      const message = 'a command needs an integer id and a method';
      this.#send({ id: null, error: { code: RpcError.invalidRequest, message } });
      return;
    }
    let answer: object;
    try {
      answer = { ...about, result: answerTo(method, this.#inspected) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      answer = { ...about, error: { code: error.code, message: error.message } };
    }
    this.#send(answer);
    if (method === 'Network.enable') this.#begin();
    else if (method === 'Network.disable') this.#isListening = false;
  }

  opened(connection: RecordedConnection): void {
    if (this.#isListening) this.#tell(openingEvents(connection, this.#recorded.epoch + connection.handshake.time));
  }

  added(connection: RecordedConnection, entry: Entry): void {
    if (!this.#isListening) return;
    if (this.#frontEnd.bufferedAmount < MAX_WAITING) {
      this.#tell(entryEvents(connection, entry));
    } else if (entry.kind === 'frame') {
      this.#skipped ??= new Map();
      this.#skipped.set(connection, (this.#skipped.get(connection) ?? 0) + 1);
    }
  }

  ended(connection: RecordedConnection): void {
    if (this.#isListening) this.#tell([endEvent(connection)]);
  }

  /** A line in its console. */
  remark(text: string): void {
    if (this.#isListening) this.#tell([consoleEvent(text)]);
  }

  /** DevTools has read everything. */
  drained(): void {
    const skipped = this.#skipped;
    this.#skipped = undefined;
    const time = this.#recorded.now();
    for (const [{ id }, frames] of skipped ?? []) {
      const text = `${count(frames, 'frame')} not shown: DevTools did not read fast enough`;
      this.#tell([noteEvent(id, { kind: 'note', time, text })]);
    }
  }

  #begin(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    for (const connection of this.#recorded.connections()) {
      this.opened(connection);
      const { forgotten, entries, handshake, ended } = connection;
      if (forgotten > 0) {
        const text = `${count(forgotten, 'earlier frame')} not shown: the history is full`;
        this.#tell([noteEvent(connection.id, { kind: 'note', time: entries[0]?.time ?? handshake.time, text })]);
      }
      for (const entry of entries) this.#tell(entryEvents(connection, entry));
      if (ended !== undefined) this.ended(connection);
    }
    const remark = this.#recorded.remark();
    if (remark !== '') this.remark(remark);
  }

  #tell(events: readonly ProtocolEvent[]): void {
    for (const event of events) this.#send(event);
  }

  #send(message: object): void {
    this.#waiting.push(message);
    if (this.#waiting.length > 1) return;
    this.#later(() => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const one of waiting) this.#frontEnd.send(JSON.stringify(one));
    });
  }
}

function parsed(text: string): { id?: unknown; method?: unknown; sessionId?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
