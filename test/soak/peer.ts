// The server's end of one connection of the soak test: its two streams, and the account of what became of them.

import type { CloseEvent, ServerConnection, WebSocketError } from '../../src/engine/index.ts';
import { tell } from './child.ts';
import type { EndReport, Intent } from './ledger.ts';
import { type Data, IncomingStream, type Message, messageAt, streamKey } from './messages.ts';
import type { Settings } from './settings.ts';

/** What is done wrong, where a run is to find it out, with the message that all connections together send after so many. */
const faults = new Map([
  [200, 'lost'],
  [250, 'doubled'],
  [300, 'swapped'],
  [350, 'damaged'],
]);
/** Messages shorter than this may be like the ones beside them. */
const DISTINCT = 16;

/** What an injected leak holds on to. */
const leaked: unknown[] = [];

export class Peer {
  /** Messages sent by all. */
  static sent = 0;

  readonly id: number;
  /** The client does not read, and is to be sent more than may wait. */
  readonly overflows: boolean;
  readonly incoming: IncomingStream;
  intent: Intent = 'none';
  error = '';

  readonly #key: number;
  readonly #inject: Settings['inject'];
  #sent = 0;
  #failed = 0;
  #broadcasts = 0;
  #firstBroadcast = -1;

  constructor({ seed, inject }: Settings, id: number, overflows: boolean) {
    this.id = id;
    this.overflows = overflows;
    this.incoming = new IncomingStream(streamKey(seed, id, 'up'));
    this.#key = streamKey(seed, id, 'down');
    this.#inject = inject;
  }

  /** Sends the next message of the stream. */
  send(connection: ServerConnection<Peer>): void {
    Peer.sent++;
    if (this.#inject.includes('leak')) leaked.push(new Array(256).fill(Peer.sent));
    if (this.#inject.includes('messages') && this.#sendWrong(connection)) return;
    this.#write(connection, messageAt(this.#key, this.#sent++));
  }

  /** Sends until the connection gives its peer up. */
  flood(connection: ServerConnection<Peer>): void {
    while (connection.isOpen) this.send(connection);
  }

  /** A broadcast was queued for it. */
  countBroadcast(number: number): void {
    if (this.#firstBroadcast < 0) this.#firstBroadcast = number;
    this.#broadcasts++;
  }

  report({ code, wasClean }: CloseEvent): EndReport {
    return {
      id: this.id,
      side: 'server',
      intent: this.intent,
      sent: this.#sent,
      failed: this.#failed,
      received: this.incoming.received,
      broadcasts: this.#broadcasts,
      firstBroadcast: this.#firstBroadcast,
      code,
      wasClean,
      error: this.error,
    };
  }

  readonly #told = (error?: WebSocketError): void => {
    if (error !== undefined) this.#failed++;
  };

  #write(connection: ServerConnection<Peer>, { fragments }: Message): void {
    const last = fragments.length - 1;
    for (let index = 0; index < last; index++) {
      connection.sendFragment(fragments[index] as Data, { fin: false });
      // RFC 6455 §5.4: control frames may be between fragments.
      if (index === 0) connection.ping('between');
    }
    const data = fragments[last] as Data;
    if (last === 0) connection.send(data, this.#told);
    else connection.sendFragment(data, { fin: true }, this.#told);
  }

  /** @returns whether it was time for it */
  #sendWrong(connection: ServerConnection<Peer>): boolean {
    const next = [0, 1].map((ahead) => messageAt(this.#key, this.#sent + ahead)) as [Message, Message];
    const [at, fault] = [...faults][0] ?? [Infinity];
    if (Peer.sent < at || next.some(({ data }) => data.length < DISTINCT)) return false;
    faults.delete(at);
    tell({ kind: 'injected', connection: this.id });
    if (fault === 'damaged') connection.send('damaged', this.#told);
    if (fault === 'doubled') this.#write(connection, next[0]);
    if (fault === 'swapped') this.#write(connection, next[1]);
    if (fault !== 'damaged') this.#write(connection, fault === 'lost' ? next[1] : next[0]);
    this.#sent += fault === 'lost' || fault === 'swapped' ? 2 : 1;
    return true;
  }
}
