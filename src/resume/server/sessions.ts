// The sessions of one server, or of one of its paths: the connections below them, and which of these gets which session
// (protocol/reception.ts). Bounds and counts are those of all paths (session-pool.ts).

import type { SessionMoves } from '../../bus/seam.ts';
import { isError } from '../../core/brands.ts';
import type { CloseEvent } from '../../core/connection/close-event.ts';
import { withLimits } from '../../core/connection/complete-settings.ts';
import type { ConnectionHandlers } from '../../core/connection/handlers.ts';
import { LinkedMachine } from '../../core/connection/linked-machine.ts';
import type { ConnectionMachine } from '../../core/connection/machine.ts';
import { webSocketError } from '../../core/errors.ts';
import type { SessionMetrics } from '../../core/meter.ts';
import { nodeHost, nodeWorkspace } from '../../node/environment.ts';
import { networkOf } from '../../node/ip-address.ts';
import { lateCrypto } from '../../node/late-modules.ts';
import { uncountedSlot } from '../../server/admission.ts';
import type { UpgradedStream } from '../../server/handshake-answer.ts';
import { adoptAddress, type ServerConnection } from '../../server/server-connection.ts';
import type { SessionHandshake, SessionHost, SessionServer } from '../../server/session-seam.ts';
import { ResumeCloseCode } from '../protocol/close-codes.ts';
import type { Start } from '../protocol/control.ts';
import { randomName } from '../protocol/names.ts';
import { Reception, type ReceptionHost } from '../protocol/reception.ts';
import type { ServerEnd } from '../protocol/server-end.ts';
import type { ServerEvents, ServerSettings } from '../protocol/server-events.ts';
import { Carrier, type CarrierOwner, carrierHandlers } from './carrier.ts';
import type { CompleteResumeSettings, SessionHandlers } from './options.ts';
import { ServerSession, type SessionOwner } from './server-session.ts';
import type { SessionCounts } from './session-counts.ts';
import type { SessionPool } from './session-pool.ts';
import { type Terms, termsOf } from './terms.ts';

const KEEP_AWAY = 30_000;
const KEEP_TOMBSTONE = 60_000;
const ANSWER_TIMEOUT = 30_000;
const HEARTBEAT = 25_000;
const ACKNOWLEDGE_DELAY = 250;

export class Sessions<Context>
  implements SessionHost<Context>, ReceptionHost<Carrier<Context>>, CarrierOwner<Context>, SessionOwner<Context>
{
  readonly handlers: SessionHandlers<Context>;
  readonly acknowledgesReceipt: boolean;
  readonly deliversBytes: boolean;
  readonly #server: SessionServer<Context>;
  readonly #pool: SessionPool<Context>;
  readonly #settings: CompleteResumeSettings;
  readonly #reception: Reception<Carrier<Context>>;
  /** By the peer of each one's machine. */
  readonly #carriers = new Map<ServerConnection<Context>, Carrier<Context>>();
  readonly #carrierHandlers: ConnectionHandlers<ServerConnection<Context>>;
  /** Of connections for which nothing else was decided. */
  readonly #terms: Terms;
  readonly #byCarrier = new Map<Carrier<Context>, ServerSession<Context>>();
  readonly #byEnd = new WeakMap<ServerEnd, ServerSession<Context>>();

  constructor(server: SessionServer<Context>, pool: SessionPool<Context>, handlers: SessionHandlers<Context>) {
    const { settings, store } = pool;
    const { clock } = nodeHost;
    this.#server = server;
    this.#pool = pool;
    this.#settings = settings;
    this.handlers = handlers;
    this.acknowledgesReceipt = settings.ack === 'receipt';
    this.deliversBytes = server.options.textMessages === 'bytes';
    this.#terms = termsOf(server.options, settings);
    this.#carrierHandlers = carrierHandlers<Context>(this);
    const host = { clock, random: nodeHost.random, textSize: (text: string) => nodeHost.text.byteLength(text), sha256 };
    const node = randomName(nodeHost.random, 12);
    const protocol = { ...protocolSettings(settings, this.#terms), highWaterMark: server.options.highWaterMark };
    this.#reception = new Reception(store, node, protocol, host, this);
  }

  // ── For the server ─────────────────────────────────────────────────────────────────────────────────────────────

  open({ transport, start }: UpgradedStream, handshake: SessionHandshake<Context>): void {
    let bind = '';
    let problem: unknown;
    try {
      bind = bindOf(this.#settings.bind?.(handshake.request));
    } catch (error) {
      problem = error;
    }
    const terms = this.#termsOf(handshake);
    const carrier = new Carrier(transport, terms, this.#carrierHandlers, handshake, bind);
    this.#carriers.set(this.#server.below(carrier.machine, handshake), carrier);
    if (problem !== undefined) carrier.close(ResumeCloseCode.NOT_ALLOWED, 'not allowed');
    else carrier.link = this.#reception.accept(carrier, ownerOf(carrier), carrier, terms.announced);
    start(carrier.machine);
    if (problem !== undefined) this.failed(problem);
  }

  /** Messages of `'ahead'` must be whole in the store before they are handled. */
  get mayStream(): boolean {
    return this.#settings.mode !== 'ahead';
  }

  #termsOf({ limits, streamAbove }: SessionHandshake<Context>): Terms {
    if (limits === undefined && streamAbove === undefined) return this.#terms;
    return termsOf(withLimits(this.#server.options, limits, streamAbove), this.#settings);
  }

  get carriers(): Iterable<ConnectionMachine<unknown>> {
    return Array.from(this.#carriers.values(), ({ machine }) => machine);
  }

  goAway(code: number, reason: string): Promise<CloseEvent>[] {
    const unclaimed = [...this.#carriers.values()].filter((carrier) => !this.#byCarrier.has(carrier));
    return unclaimed.map(({ machine }) => machine.goAway(code, reason));
  }

  get counts(): SessionCounts {
    return this.#pool.counts;
  }

  metrics(): SessionMetrics {
    const { size, detachedSize, held } = this.#pool.bounds;
    const { failures, waiting } = this.#reception.watch;
    const store = { failures, waiting };
    return this.counts.snapshot({ attached: size - detachedSize, detached: detachedSize, heldBytes: held, store });
  }

  terminate(): void {
    for (const carrier of [...this.#carriers.values()]) carrier.abandon();
  }

  // ── For the reception ──────────────────────────────────────────────────────────────────────────────────────────

  session(end: ServerEnd, carrier: Carrier<Context>, isNew: boolean): ServerEvents {
    const { handlers, options } = this.#server;
    const session = new ServerSession<Context>(end, carrier.bind, this, !isNew);
    const machine = new LinkedMachine<ServerConnection<Context>>(nodeWorkspace, session, options, handlers);
    session.machine = machine;
    if (!isNew) session.arrive();
    this.#byEnd.set(end, session);
    this.#pool.bounds.add(session);
    if (isNew) this.counts.begun++;
    else this.counts.restored++;
    this.#server.connection(machine, { ...carrier.handshake, compression: undefined, slot: uncountedSlot });
    return session;
  }

  get tokenTail(): string {
    return this.moves?.id ?? '';
  }

  cameFrom(end: ServerEnd, tail: string): void {
    this.#byEnd.get(end)?.cameFrom(tail);
  }

  mayResume(end: ServerEnd, { handshake }: Carrier<Context>): boolean | Promise<boolean> {
    const { authorize } = this.#settings;
    const session = this.#byEnd.get(end);
    if (authorize === undefined || session === undefined) return true;
    try {
      const answer = authorize(session, handshake.request);
      if (typeof answer === 'boolean') return answer;
      return this.#inTime(answer).then(
        (later) => later === true,
        (error: unknown) => this.#isRefusedBy(error),
      );
    } catch (error) {
      return this.#isRefusedBy(error);
    }
  }

  /** Others wait for the answer of `authorize`: the client, and a drain that hands the session over. */
  #inTime(answer: boolean | PromiseLike<boolean>): Promise<boolean> {
    const { startTimeout } = this.#settings;
    return new Promise((resolve, reject) => {
      const problem = `authorize has not answered in ${startTimeout} ms (resume.startTimeout)`;
      const timer = nodeHost.clock.timer({ expired: () => reject(new Error(problem)) });
      timer.set(startTimeout);
      void Promise.resolve(answer)
        .finally(() => timer.clear())
        .then(resolve, reject);
    });
  }

  busyFor({ resume }: Start, _owner: string, { handshake, bind }: Carrier<Context>): number | undefined {
    const { resumes, failures, bounds } = this.#pool;
    const failed = failures.wait(networkOf(handshake.remoteAddress));
    if (failed !== undefined) return failed;
    if (resume !== undefined) {
      const wait = resumes.wait(resume.id);
      // Only those of sessions that are here: otherwise ids that somebody makes up would be remembered.
      if (wait === undefined && this.#reception.ends.has(resume.id)) resumes.count(resume.id);
      return wait;
    }
    if (this.#settings.bind === undefined || bounds.hasRoomFor(bind)) return undefined;
    return this.#settings.keep;
  }

  refused(why: string, isRetiredToken: boolean, { handshake }: Carrier<Context>): void {
    this.counts.refused(isRetiredToken ? 'retired token' : why);
    this.#pool.failures.count(networkOf(handshake.remoteAddress));
  }

  failed(error: unknown): void {
    const text = isError(error) ? error.message : String(error);
    process.emitWarning(`a session could not be kept or given: ${text}`, 'SessionWarning');
  }

  storeFailed(error: unknown): void {
    const { storeFailed } = this.#settings;
    if (storeFailed === undefined) {
      this.failed(error);
      return;
    }
    try {
      storeFailed(isError(error) ? error : new Error(String(error)));
    } catch (thrown) {
      nodeHost.scheduler.reportUncaught(thrown);
    }
  }

  // ── For carriers ───────────────────────────────────────────────────────────────────────────────────────────────

  carrierOf(connection: ServerConnection<Context>): Carrier<Context> | undefined {
    return this.#carriers.get(connection);
  }

  served(carrier: Carrier<Context>): void {
    const session = this.#byCarrier.get(carrier);
    if (session !== undefined) this.#pool.bounds.weigh(session);
  }

  closed(carrier: Carrier<Context>, event: CloseEvent): void {
    this.#carriers.delete(carrier.machine.peer);
    const session = this.#byCarrier.get(carrier);
    this.#byCarrier.delete(carrier);
    session?.carrierGone(carrier, event);
  }

  pinged(carrier: Carrier<Context>, opcode: number, payload: Uint8Array): void {
    this.#byCarrier.get(carrier)?.pinged(opcode, payload);
  }

  // ── For sessions ───────────────────────────────────────────────────────────────────────────────────────────────

  comeBackAfter(): number {
    return Math.floor(Math.random() * this.#settings.drainSpread);
  }

  get moves(): SessionMoves | undefined {
    // Without a store that others know, too, none of them can have a session of this node.
    return this.#settings.store && this.#server.moves;
  }

  carried(session: ServerSession<Context>, carrier: Carrier<Context>): void {
    this.#byCarrier.set(carrier, session);
    this.#pool.bounds.attached(session);
    adoptAddress(session.machine.peer, carrier.handshake);
  }

  detached(session: ServerSession<Context>): void {
    this.#pool.bounds.detached(session);
  }

  weigh(session: ServerSession<Context>): void {
    this.#pool.bounds.weigh(session);
  }

  release({ end }: ServerSession<Context>, code: number, reason: string): Promise<void> {
    return this.#reception.release(end, code, reason);
  }

  over(session: ServerSession<Context>, isTold: boolean): void {
    this.#pool.bounds.remove(session);
    if (!isTold) this.#server.forget(session.machine.peer);
  }

  #isRefusedBy(error: unknown): false {
    this.failed(error);
    return false;
  }
}

/** @throws WebSocketError ERR_WS_OPTION. The promise of an async function would be the same text for all users */
function bindOf(given: unknown): string {
  if (given === undefined || given === null) return '';
  if (typeof given === 'string' || typeof given === 'number') return `${given}`;
  Promise.resolve(given).catch(() => {});
  throw webSocketError('ERR_WS_OPTION', 'result of resume.bind', given, 'a string, at once and not by a promise');
}

function protocolSettings(settings: CompleteResumeSettings, terms: Terms): ServerSettings {
  const { keep, replayBytes, replayMessages, startTimeout, whileDetached, store, mode, storeTimeout } = settings;
  const { announced, taking, maxQueued, streaming } = terms;
  if (mode === 'ahead' && streaming !== undefined)
    throw webSocketError(
      'ERR_WS_OPTION',
      'resume.mode',
      mode,
      "'spill' with streamAbove: its messages are not in the store",
    );
  return {
    limits: announced,
    maxQueued,
    maxDetached: replayBytes,
    maxDetachedMessages: replayMessages,
    overflow: whileDetached,
    keep,
    keepAway: KEEP_AWAY,
    keepTombstone: KEEP_TOMBSTONE,
    startTimeout,
    heartbeat: HEARTBEAT,
    answerTimeout: ANSWER_TIMEOUT,
    acknowledgeDelay: ACKNOWLEDGE_DELAY,
    deliversPieces: taking.deliversPieces,
    mode: store && mode,
    storeTimeout,
  };
}

/** The owner of a session, for the store: only the same user can resume it, and only at the same place. */
function ownerOf<Context>({ bind, handshake: { place } }: Carrier<Context>): string {
  // A place has no space.
  return place === '' ? bind : `${place} ${bind}`;
}

function sha256(text: string): string {
  return lateCrypto().createHash('sha256').update(text, 'latin1').digest('hex');
}
