// One cell of the fault matrix: a client and a server of the engine with the fault proxy between them, brought into a
// situation in which bytes of one direction are held; then the fault, and what both ends report. Sockets are real, the
// clock of the connections is moved by hand: nothing here waits for time, and every deadline is looked at to the
// millisecond.

import assert from 'node:assert/strict';
import { type ClientConnection, connect } from '../../src/engine/index.ts';
import { network, replaceNetwork } from '../../src/node/network.ts';
import type { ServerConnection } from '../../src/server/server-connection.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { listen, serverCertificate, trust } from '../support/engine.ts';
import { faultProxy, type Lane, type Proxied } from '../support/fault-proxy.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

export type End = 'client' | 'server';
export type Direction = 'toServer' | 'toClient';

/** What happens to the direction that is held, or to both. */
export const faults = {
  delay: ({ lane }) => lane.release(),
  throttle: ({ lane }) => {
    lane.throttle(50);
    lane.release();
  },
  fin: ({ proxied }) => proxied.end(),
  destroy: ({ proxied }) => proxied.destroy(),
  reset: ({ proxied }) => proxied.reset(),
  'half-close': ({ lane }) => lane.end(),
  'half-close of the other direction': ({ lane, other }) => {
    other.end();
    lane.release();
  },
  freeze: ({ lane }) => lane.freeze(),
  'freeze of the other direction': ({ lane, other }) => {
    other.freeze();
    lane.release();
  },
  'freeze of both directions': ({ proxied }) => proxied.freeze(),
  corrupt: ({ lane }, mask) => {
    lane.corrupt(0, mask);
    lane.release();
  },
} satisfies Record<string, (place: Place, mask: number) => void>;

export type Fault = keyof typeof faults;

interface Place {
  readonly proxied: Proxied;
  readonly lane: Lane;
  readonly other: Lane;
}

/** What both ends report, in order, and when. */
export interface Outcome {
  readonly fault: Fault;
  readonly client: string;
  readonly server: string;
  /** Milliseconds on the clock of the connections until `of` ends, not one less. Absent: without time passing. */
  readonly after?: number;
  /** Default: both. */
  readonly of?: End;
}

/** Where a connection is when the fault comes. */
export interface Situation {
  /** The direction that is held. */
  readonly held: Direction;
  /** Bits to flip in the first byte behind the hold. */
  readonly mask: number;
  /** Bytes of the opening handshake that pass (none, to corrupt the first); that is all. Absent: it opens first. */
  readonly handshakeBytes?: number;
  /** Brings an open connection into the situation, bytes waiting at the hold. */
  arrange?(connections: Connections, lane: Lane): Promise<void>;
  /** The closing handshake is under way: nothing more can be sent, and nothing more needs closing. */
  readonly isClosing?: boolean;
}

export interface Connections {
  readonly client: ClientConnection;
  readonly server: ServerConnection<undefined>;
  /** Resolves when an end's ping has been answered: the other end has seen it, and the rest of its chunk. */
  answered(end: End): Promise<void>;
}

/** Payload of the long message in which frames are cut. */
export const LONG = 'x'.repeat(100_000);

/** What one end reports. */
class Report {
  readonly events: string[] = [];
  readonly messages = new Inbox<string>();
  readonly pongs = new Inbox<unknown>();
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  /** Messages handed to `send`, and those that were told what became of them. */
  #accepted = 0;
  #told = 0;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get hasEnded(): boolean {
    return this.events.some((event) => event.startsWith('close') || event.startsWith('rejected'));
  }

  readonly handlers = {
    message: (_: unknown, data: string | Uint8Array): void => {
      const text = String(data);
      // Messages sent around the fault may or may not arrive; those that it cuts or holds are asserted.
      if (text.length > 10) this.events.push(`message of ${text.length}`);
      this.messages.push(text);
    },
    pong: this.pongs.push,
    error: (_: unknown, error: { code: string }): void => void this.events.push(`error ${error.code}`),
    close: (_: unknown, event: { code: number; wasClean: boolean; error?: { code: string } }): void => {
      this.events.push(`close ${event.code} ${event.wasClean ? 'clean' : event.error?.code}`);
      this.#end();
    },
  };

  rejected(error: { code: string }): void {
    this.events.push(`rejected ${error.code}`);
    this.#end();
  }

  send(connection: { send(data: string, sent: () => void): boolean }, data: string): void {
    this.#accepted++;
    connection.send(data, () => this.#told++);
  }

  async allTold(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) await turn();
    assert.equal(this.#told, this.#accepted, 'sent callbacks, each exactly once');
  }
}

/** Moves the clock on, a turn of the event loop for each timer. */
async function elapse(clock: VirtualClock, until: number): Promise<void> {
  while (clock.step(until)) await turn();
}

/** Runs one cell and asserts its outcome. */
export async function assertOutcome(situation: Situation, outcome: Outcome, secure = false): Promise<void> {
  await leavingNothing((scope) => run(scope, situation, outcome, secure))();
}

async function run(scope: Scope, situation: Situation, outcome: Outcome, secure: boolean): Promise<void> {
  const clock = new VirtualClock();
  scope.defer(replaceNetwork({ ...network(), clock }));
  const atClient = new Report();
  const atServer = new Report();
  const listening = await listen(scope, atServer.handlers, secure ? { tls: serverCertificate() } : {});
  const { handshakeBytes } = situation;
  const proxy = await faultProxy(scope, listening.port, (proxied) => {
    if (handshakeBytes !== undefined) proxied[situation.held].hold(outcome.fault === 'corrupt' ? 0 : handshakeBytes);
  });
  const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:${proxy.port}/`;
  const connecting = connect(url, { handlers: atClient.handlers, ...(secure ? { tls: trust() } : {}) });
  connecting.catch((error) => atClient.rejected(error));
  const proxied = await proxy.connections.next();
  const lane = proxied[situation.held];
  const other = proxied[situation.held === 'toServer' ? 'toClient' : 'toServer'];
  const apply = (): void => faults[outcome.fault]({ proxied, lane, other }, situation.mask);

  let connections: Connections | undefined;
  const opened = async (): Promise<Connections> => {
    connections = {
      client: await connecting,
      server: await listening.opened.next(),
      answered: async (end) => void (await (end === 'client' ? atClient : atServer).pongs.next()),
    };
    return connections;
  };
  const survives = outcome.fault === 'delay' || outcome.fault === 'throttle';
  if (handshakeBytes !== undefined) {
    await lane.held();
    apply();
    if (survives) await opened();
    else if (outcome.server !== '') await listening.opened.next();
  } else {
    const both = await opened();
    const { client, server } = both;
    atClient.send(client, 'before');
    atServer.send(server, 'before');
    await Promise.all([atClient.messages.next(), atServer.messages.next()]);
    await situation.arrange?.(both, lane);
    apply();
    atClient.send(client, 'after');
    atServer.send(server, 'after');
  }

  if (survives && connections !== undefined && situation.isClosing !== true) {
    const { client, server } = connections;
    if (handshakeBytes !== undefined) {
      client.send('after');
      server.send('after');
    }
    for (const { messages } of [atClient, atServer]) while ((await messages.next()) !== 'after');
    void client.close(1000);
  }
  const { after, of } = outcome;
  if (after !== undefined) {
    await elapse(clock, after - 1);
    const bounded = [atClient, atServer].filter((_, index) => of !== (['server', 'client'] as const)[index]);
    for (const report of bounded) assert.equal(report.hasEnded, false, `ended before ${after} ms`);
    while (clock.step(after)); // all that is due at this millisecond, before either end can hear from the other
    // An end that was not reached by the handshake reports nothing.
    if (of !== 'server') await atClient.ended;
    if (of !== 'client' && outcome.server !== '') await atServer.ended;
    proxied.destroy();
  }
  await atClient.ended;
  if (outcome.server !== '') await atServer.ended;
  await proxied.gone();
  await Promise.all([atClient.allTold(), atServer.allTold()]);
  assert.deepEqual(
    { client: atClient.events.join(', '), server: atServer.events.join(', ') },
    { client: outcome.client, server: outcome.server },
  );
}
