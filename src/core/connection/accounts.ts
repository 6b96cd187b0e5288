// A few numbers of each connection: its name, its times, and what it has sent and received. They lie in rows of shared
// arrays: as fields of an object they would take twice the memory, and a new object each time that one outgrows 31 bits.

/** Rows of one array: a power of two. */
const ROWS = 1024;
const ROW_BITS = 10;
const ROW_MASK = ROWS - 1;

const ID = 0;
const OPENED_AT = 1;
const LAST_ACTIVITY = 2;
const MESSAGES_RECEIVED = 3;
const BYTES_RECEIVED = 4;
const MESSAGES_SENT = 5;
const ROUND_TRIP = 6;
const COLUMNS = 7;

/** In `ROUND_TRIP`: not known. */
const UNKNOWN = -1;

/** Times are milliseconds since the epoch. */
export interface Account {
  readonly id: number;
  readonly openedAt: number;
  readonly lastActivity: number;
  readonly messagesReceived: number;
  readonly bytesReceived: number;
  readonly messagesSent: number;
  /** Milliseconds. */
  readonly roundTripTime: number | undefined;
}

/** The row of an open connection, or what is left of it. */
export type AccountOf = number | Account;

class Rows {
  readonly values = new Float64Array(ROWS * COLUMNS);
  /** Those that are free, as a stack. */
  readonly free = Uint16Array.from({ length: ROWS }, (_, at) => ROWS - 1 - at);
  freeCount = ROWS;
}

/** The accounts of the connections of one host. */
export class Accounts {
  readonly #rows: (Rows | undefined)[] = [];
  /** All before this one are full. */
  #firstWithRoom = 0;
  #lastId = 0;

  /** A connection opens. @param now  milliseconds since the epoch */
  open(now: number): number {
    let index = this.#firstWithRoom;
    let rows = this.#rows[index];
    while (rows !== undefined && rows.freeCount === 0) rows = this.#rows[++index];
    this.#firstWithRoom = index;
    if (rows === undefined) {
      rows = new Rows();
      this.#rows[index] = rows;
    }
    const row = rows.free[--rows.freeCount];
    const { values } = rows;
    const at = row * COLUMNS;
    values.fill(0, at, at + COLUMNS);
    values[at + ID] = ++this.#lastId;
    values[at + OPENED_AT] = now;
    values[at + LAST_ACTIVITY] = now;
    values[at + ROUND_TRIP] = UNKNOWN;
    return index * ROWS + row;
  }

  /** A chunk has arrived. */
  heard(account: AccountOf, size: number, now: number): void {
    if (typeof account !== 'number') return;
    const values = this.#valuesOf(account);
    const at = (account & ROW_MASK) * COLUMNS;
    values[at + LAST_ACTIVITY] = now;
    values[at + BYTES_RECEIVED] += size;
  }

  messageReceived(account: AccountOf): void {
    if (typeof account === 'number') this.#valuesOf(account)[(account & ROW_MASK) * COLUMNS + MESSAGES_RECEIVED]++;
  }

  messagesSent(account: AccountOf, count: number): void {
    if (typeof account === 'number') this.#valuesOf(account)[(account & ROW_MASK) * COLUMNS + MESSAGES_SENT] += count;
  }

  /** A pong has arrived. */
  roundTrip(account: AccountOf, time: number): void {
    if (typeof account === 'number') this.#valuesOf(account)[(account & ROW_MASK) * COLUMNS + ROUND_TRIP] = time;
  }

  read(account: AccountOf): Account {
    if (typeof account !== 'number') return account;
    const values = this.#valuesOf(account);
    const at = (account & ROW_MASK) * COLUMNS;
    const roundTrip = values[at + ROUND_TRIP];
    return {
      id: values[at + ID],
      openedAt: values[at + OPENED_AT],
      lastActivity: values[at + LAST_ACTIVITY],
      messagesReceived: values[at + MESSAGES_RECEIVED],
      bytesReceived: values[at + BYTES_RECEIVED],
      messagesSent: values[at + MESSAGES_SENT],
      roundTripTime: roundTrip === UNKNOWN ? undefined : roundTrip,
    };
  }

  /** The connection has ended: its row is for another one. @returns what it was */
  close(account: AccountOf): Account {
    const last = this.read(account);
    if (typeof account !== 'number') return last;
    const index = account >>> ROW_BITS;
    const rows = this.#rows[index] as Rows;
    rows.free[rows.freeCount++] = account & ROW_MASK;
    // The memory of a crowd that has left is given back; connections gather in the first arrays.
    if (rows.freeCount === ROWS && index > 0) this.#rows[index] = undefined;
    this.#firstWithRoom = Math.min(this.#firstWithRoom, index);
    return last;
  }

  #valuesOf(row: number): Float64Array {
    return (this.#rows[row >>> ROW_BITS] as Rows).values;
  }
}
