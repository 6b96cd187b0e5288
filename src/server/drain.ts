// Draining: the server takes nothing new, closes each connection after the messages that were sent to it, all at once or
// spread over some time, and cuts those that are still open at the deadline.
//
// ```
//  0                                        spread          spread + deadline
//  │ upgrades are refused, ports are free   │               │
//  ├── Close ──── Close ──── Close ─────────┤               │
//  │   one connection after the other       │ peers answer  │ what is still open is cut
// ```

import type { CloseEvent } from '../core/connection/close-event.ts';
import { machineOf } from '../core/connection/connection.ts';
import { MAX_CLOSE_REASON_SIZE } from '../core/constants.ts';
import { webSocketError } from '../core/errors.ts';
import { closePayload } from '../core/frame/close-payload.ts';
import { readOptions } from '../core/option-check.ts';
import { clusterWorker } from '../node/cluster-worker.ts';
import { nodeHost } from '../node/environment.ts';
import { Vigil } from '../node/vigil.ts';
import type { Connections } from './connections.ts';
import { type ClosingOrder, inClosingOrder } from './drain-order.ts';
import type { Listeners, Retirement } from './listeners.ts';
import { drainSchema } from './option-rows.ts';
import type { DrainOptions, DrainResult } from './options.ts';
import type { RefusedSockets } from './refused-sockets.ts';
import type { Member, ServerConnection } from './server-connection.ts';
import type { Upgrades } from './upgrades.ts';

/** In Close frames, where the application gives no reason. */
const DRAIN_REASON = 'server is going away';
/** The longest delay of a timer. */
const MAX_DELAY = 2 ** 31 - 1;

/** The parts of a server that a drain ends. */
export interface DrainedServer<Context> {
  readonly upgrades: Upgrades<Context>;
  readonly listeners: Listeners;
  readonly connections: Connections<Context>;
  readonly refusedSockets: RefusedSockets;
  /** Functions that end an attachment each. */
  readonly detachments: Iterable<() => void>;
}

/** Gives the reason for one connection, as `DrainOptions.reason` may. */
type ReasonOf<Context> = (
  connection: ServerConnection<Context>,
) => string | undefined | PromiseLike<string | undefined>;

/** How to close. All of it has been checked. */
export interface DrainSettings<Context> {
  readonly code: number;
  readonly reason: string | ReasonOf<Context>;
  /** Milliseconds over which the Close frames are spread. */
  readonly spread: number;
  readonly order: ClosingOrder;
  /** Milliseconds from the end of the spread until connections that are still open are cut. 0: at once. */
  readonly deadline: number;
}

/**
 * Reads the options of `drain`.
 *
 * @throws WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG, ERR_WS_OPTION
 */
export function drainSettings<Context>(given: DrainOptions<Context> | undefined): DrainSettings<Context> {
  const options = readOptions(drainSchema, given) as DrainOptions<Context>;
  const { code = 1001, reason = DRAIN_REASON, spread = 0, order = 'oldest', deadline = 10_000 } = options;
  closePayload({ code, reason: typeof reason === 'string' ? reason : '' }, nodeHost.text); // only to be checked
  return { code, reason, spread, order, deadline };
}

/** One call of `drain` or `close`. */
export class Drain<Context> {
  readonly #settings: DrainSettings<Context>;
  readonly #connections: Connections<Context>;
  readonly #refusedSockets: RefusedSockets;
  readonly #begun = nodeHost.clock.now();
  /** The connections that were there when it began, in the order in which they are closed. */
  readonly #members: readonly Member<Context>[];
  /** How many of them have had their turn. */
  #turns = 0;
  readonly #timer = nodeHost.clock.timer({ expired: () => this.#go() });
  /** Resolves when all of it has ended. */
  readonly result: Promise<DrainResult>;

  constructor(server: DrainedServer<Context>, settings: DrainSettings<Context>) {
    this.#settings = settings;
    this.#connections = server.connections;
    this.#refusedSockets = server.refusedSockets;
    server.upgrades.refuse();
    const { code, reason, spread, deadline, order } = settings;
    const retirement = server.listeners.retire(spread + deadline > 0 && clusterWorker()?.isReplaced !== true);
    // Those that come later, by another call of listen or attach, are not a part of this.
    const detachments = [...server.detachments];
    this.#members = inClosingOrder(Array.from(server.connections.all, machineOf<ServerConnection<Context>>), order);
    const unclaimed = server.connections.goAwayUnclaimed(code, typeof reason === 'string' ? reason : DRAIN_REASON);
    const ends = unclaimed.concat(this.#members.map((member) => member.closed));
    this.#go();
    // A handler of a session without a connection may be all that is waited for.
    const vigil = new Vigil(true);
    this.result = this.#end(ends, retirement, detachments).finally(() => vigil.end());
  }

  /** Leaves what is still open to a later call, which has taken over. */
  yield(): void {
    this.#timer.clear();
  }

  async #end(
    ends: readonly Promise<CloseEvent>[],
    retirement: Retirement,
    detachments: readonly (() => void)[],
  ): Promise<DrainResult> {
    const events = await Promise.all(ends);
    this.#timer.clear();
    await retirement.stop();
    for (const detach of detachments) detach();
    const codes: Record<number, number> = {};
    for (const { code } of events) codes[code] = (codes[code] ?? 0) + 1;
    const closed = events.filter((event) => event.wasClean).length;
    return { closed, terminated: events.length - closed, duration: nodeHost.clock.now() - this.#begun, codes };
  }

  /** Closes those whose turn it is, and waits for the next turn; after the last one for the deadline. */
  #go(): void {
    const { spread, deadline } = this.#settings;
    const { length } = this.#members;
    const elapsed = nodeHost.clock.now() - this.#begun;
    const due = elapsed < spread ? Math.min(length, Math.floor((elapsed * length) / spread) + 1) : length;
    while (this.#turns < due) this.#close(this.#members[this.#turns++] as Member<Context>);
    const left = spread + deadline - elapsed;
    if (this.#turns < length) this.#timer.set(Math.max(1, (this.#turns * spread) / length - elapsed));
    else if (left > 0) this.#timer.set(Math.min(MAX_DELAY, left));
    else this.#terminate();
  }

  #close(member: Member<Context>): void {
    const { code, reason } = this.#settings;
    if (typeof reason === 'string') void member.goAway(code, reason);
    else if (member.isOpen) this.#closeWith(reason, member);
  }

  /** Asks the application for the reason of one connection. That is closed all the same if the application fails. */
  #closeWith(reasonOf: ReasonOf<Context>, member: Member<Context>): void {
    const { code } = this.#settings;
    const close = (given: unknown): void => void member.goAway(code, checkedReason(given));
    // What is thrown goes to `failed` behind it, which finds the connection closing.
    const closeAfter = (error: unknown): never => {
      void member.goAway(code, DRAIN_REASON);
      throw error;
    };
    member.reports.tell((connection) => {
      try {
        const given = reasonOf(connection);
        if (typeof given === 'object' && given !== null) return Promise.resolve(given).then(close).catch(closeAfter);
        close(given);
        return undefined;
      } catch (error) {
        return closeAfter(error);
      }
    });
  }

  #terminate(): void {
    for (const member of this.#members) member.terminate();
    this.#connections.terminateCarriers();
    this.#refusedSockets.destroy();
  }
}

/** What a function of the application's gave as a reason. @throws WebSocketError ERR_WS_OPTION */
function checkedReason(given: unknown): string {
  if (given === undefined) return DRAIN_REASON;
  if (typeof given === 'string' && nodeHost.text.byteLength(given) <= MAX_CLOSE_REASON_SIZE) return given;
  const expected = `a string of at most ${MAX_CLOSE_REASON_SIZE} bytes of UTF-8, or undefined`;
  throw webSocketError('ERR_WS_OPTION', 'result of reason', given, expected);
}
