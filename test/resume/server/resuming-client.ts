// A client that resumes, for tests of the server: the client's end of the protocol over connections of the engine, which the
// test opens and cuts when it wants.

import { type ClientConnection, connect } from '../../../src/engine/index.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import type {
  ClientEvents,
  ClientOptions,
  Expired,
  Interrupted,
  Live,
} from '../../../src/resume/protocol/client-events.ts';
import type { Delivery, LinkPort, Payload } from '../../../src/resume/protocol/ports.ts';
import { Inbox } from '../../support/inbox.ts';

const KIB = 1024;

const defaults: ClientOptions = {
  limits: { buffer: 1024 * KIB, part: 256 * KIB, max: 128 * 1024 * KIB },
  maxQueued: 256 * 1024 * KIB,
  answerTimeout: 10_000,
  acknowledgeDelay: 20,
  startsAnew: true,
  deliversPieces: false,
};

export class ResumingClient {
  readonly received = new Inbox<string | Uint8Array>();
  readonly lives = new Inbox<Live>();
  readonly interruptions = new Inbox<Interrupted>();
  readonly expiries = new Inbox<Expired>();
  readonly ends = new Inbox<{ code: number; reason: string }>();
  /** Texts and sizes of the messages, in order, control messages included. */
  readonly wire: string[] = [];
  readonly end: ClientEnd;
  connection: ClientConnection | undefined;
  /** Leaves messages unhandled. */
  isStuck = false;
  readonly #left: Delivery[] = [];

  constructor(options: Partial<ClientOptions> = {}) {
    const events: ClientEvents = {
      message: (delivery) => this.#message(delivery),
      live: (live) => this.lives.push(live),
      interrupted: (interruption) => this.interruptions.push(interruption),
      expired: (expiry) => this.expiries.push(expiry),
      plain: () => this.ends.push({ code: 0, reason: 'plain' }),
      writable: () => {},
      flushed: () => {},
      closed: ({ code, reason }) => this.ends.push({ code, reason }),
    };
    const host = {
      clock: nodeHost.clock,
      random: nodeHost.random,
      textSize: (text: string) => nodeHost.text.byteLength(text),
    };
    this.end = new ClientEnd({ ...defaults, ...options }, host, events);
  }

  /** Opens a connection, and waits until the session is live on it. */
  async open(url: string, options: object = {}): Promise<Live> {
    await this.dial(url, options);
    return this.lives.next();
  }

  /** Opens a connection. */
  async dial(url: string, options: object = {}): Promise<ClientConnection> {
    let link: ReturnType<ClientEnd['opened']> | undefined;
    const early: Payload[] = [];
    const connection = await connect(url, {
      subprotocols: ['wsr1'],
      ...options,
      handlers: {
        message: (_connection, data) => {
          this.wire.push(typeof data === 'string' ? data : `${data.length} bytes`);
          if (link === undefined) early.push(data);
          else link.received(data);
        },
        close: (_connection, { code, reason }) => link?.closed(code, reason),
      },
    });
    this.connection = connection;
    const port: LinkPort = {
      control: (text) => void connection.send(text, { compress: false }),
      data: (data) => void connection.send(data),
      close: (code, reason) => void connection.close(code, reason),
      abandon: () => connection.terminate(),
    };
    link = this.end.opened(port, 'resumable');
    for (const data of early) link.received(data);
    return connection;
  }

  /** Cuts TCP, and waits until this end has noticed. */
  async cut(): Promise<void> {
    const { connection } = this;
    connection?.terminate();
    await connection?.closed;
  }

  /** Handles what was left unhandled. */
  handleAll(): void {
    for (const delivery of this.#left.splice(0)) this.end.handled(delivery);
  }

  #message(delivery: Delivery): void {
    this.received.push(delivery.data);
    if (this.isStuck) this.#left.push(delivery);
    else this.end.handled(delivery);
  }
}
