// The client's end of one connection of the soak test: its two streams, and the account of what became of them.

import type { ClientEvents, ClientSocket } from './client-socket.ts';
import type { EndReport, Intent } from './ledger.ts';
import { type Data, IncomingBroadcasts, IncomingStream, isBroadcast, messageAt, streamKey } from './messages.ts';

/** Messages and pongs of all members of this process, since its start. */
export const counts = { sent: 0, received: 0, broadcasts: 0, pongs: 0 };

/** Messages of all members that have not been answered; those that will not be are forgotten now and then. */
export const unanswered = {
  count: 0,
  /** Counts up when all are forgotten. */
  epoch: 0,
  forget(): void {
    this.count = 0;
    this.epoch++;
  },
};

export class Member implements ClientEvents {
  readonly id: number;
  /** Its listener moves, and is not to wait for a peer that does not answer. */
  readonly isMovable: boolean;
  /** Set by the code that opened the connection. */
  socket: ClientSocket | undefined;
  /** Where it stands in the list of open ones; -1: not there. */
  place = -1;
  intent: Intent = 'none';

  readonly #incoming: IncomingStream;
  readonly #broadcasts: IncomingBroadcasts;
  readonly #key: number;
  readonly #violate: (text: string) => void;
  readonly #ended: (member: Member, report: EndReport) => void;
  #sent = 0;
  #failed = 0;
  /** Payloads of pings that have not been answered, oldest first. */
  readonly #pings: string[] = [];
  #pingNumber = 0;
  #unanswered = 0;
  #epoch = 0;

  constructor(
    seed: number,
    id: number,
    isMovable: boolean,
    violate: (text: string) => void,
    ended: (member: Member, report: EndReport) => void,
  ) {
    this.id = id;
    this.isMovable = isMovable;
    this.#key = streamKey(seed, id, 'up');
    this.#incoming = new IncomingStream(streamKey(seed, id, 'down'));
    this.#broadcasts = new IncomingBroadcasts(seed);
    this.#violate = violate;
    this.#ended = ended;
  }

  /** Sends the next message of the stream. */
  send(): void {
    counts.sent++;
    if (this.#epoch !== unanswered.epoch) this.#unanswered = 0;
    this.#epoch = unanswered.epoch;
    this.#unanswered++;
    unanswered.count++;
    this.socket?.send(messageAt(this.#key, this.#sent++), this.#told);
  }

  /** Nobody waits for its answers any more. */
  leaves(): void {
    this.#answered(this.#unanswered);
  }

  #answered(count: number): void {
    if (this.#epoch === unanswered.epoch) unanswered.count -= count;
    this.#unanswered -= count;
  }

  ping(): void {
    const payload = `ping ${this.#pingNumber++}`;
    this.#pings.push(payload);
    this.socket?.ping(payload);
  }

  message(data: Data): void {
    let wrong: string | undefined;
    if (isBroadcast(data)) {
      counts.broadcasts++;
      wrong = this.#broadcasts.accept(data);
    } else {
      counts.received++;
      if (this.#unanswered > 0) this.#answered(1);
      wrong = this.#incoming.accept(data);
    }
    if (wrong !== undefined) this.#violate(`connection ${this.id}, to the client: ${wrong}`);
  }

  /** RFC 6455 §5.5.3: a Pong may answer only the most recent Ping; the order holds with the unanswered ones before it. */
  pong(payload: string): void {
    if (payload === 'between') return;
    counts.pongs++;
    const at = this.#pings.indexOf(payload);
    if (at < 0) this.#violate(`connection ${this.id}: a pong came for "${payload}", which waited for no answer`);
    this.#pings.splice(0, at + 1);
  }

  close(code: number, wasClean: boolean, error: string): void {
    this.#ended(this, this.report(code, wasClean, error));
  }

  report(code: number, wasClean: boolean, error: string): EndReport {
    return {
      id: this.id,
      side: 'client',
      intent: this.intent,
      sent: this.#sent,
      failed: this.#failed,
      received: this.#incoming.received,
      broadcasts: this.#broadcasts.received,
      firstBroadcast: this.#broadcasts.first,
      code,
      wasClean,
      error,
    };
  }

  readonly #told = (error?: unknown): void => {
    if (error !== undefined && error !== null) this.#failed++;
  };
}
