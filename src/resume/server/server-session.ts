// One session of a server: what its application holds (a linked connection) over what the protocol does (a ServerEnd), while
// connections come and go below.
//
// ```
//  live ── close, terminate, B of the client, time, overflow ──▶ over ── its connection is gone ──▶ `close` is told
//    └── the server drains, another process wants it ──▶ leaving ─────────▲
// ```
//
// Where other nodes share the bus and the store, a session that leaves goes on to take what is published to its topics, without
// a connection, until another node claims it.

import type { Following, SessionMoves } from '../../bus/seam.ts';
import type { CloseEvent } from '../../core/connection/close-event.ts';
import { Deferred } from '../../core/connection/deferred.ts';
import type { ConnectionLink } from '../../core/connection/link.ts';
import type { OpenLinkStream } from '../../core/connection/link-stream.ts';
import type { LinkedMachine } from '../../core/connection/linked-machine.ts';
import { sendControl } from '../../core/connection/sending.ts';
import { CloseCode, Opcode } from '../../core/constants.ts';
import { webSocketError } from '../../core/errors.ts';
import type { Close } from '../../core/frame/close-payload.ts';
import type { MessageData } from '../../core/message/message-data.ts';
import type { PreparedMessage } from '../../core/message/prepared-message.ts';
import type { FragmentOptions, SendOptions } from '../../core/message/send-options.ts';
import type { SentCallback } from '../../core/message/sent-callbacks.ts';
import type { Timer } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import type { Session } from '../../server/session.ts';
import { MessagePace } from '../message-pace.ts';
import { ResumeCloseCode } from '../protocol/close-codes.ts';
import type { Delivery, Payload, Returned, SendOutcome } from '../protocol/ports.ts';
import type { ServerEnd } from '../protocol/server-end.ts';
import type { ServerEvents } from '../protocol/server-events.ts';
import { IncomingMessages } from '../streams/incoming-messages.ts';
import { OutgoingMessages } from '../streams/outgoing-messages.ts';
import { ArrivedSession } from './arrived-session.ts';
import type { Attachment, Carrier } from './carrier.ts';
import { FragmentedMessage } from './fragmented-message.ts';
import type { Expiry, SessionHandlers, UnacknowledgedMessage } from './options.ts';
import { payloadOf, preparedPayload } from './payload.ts';
import type { SessionCounts } from './session-counts.ts';
import { SessionData } from './session-data.ts';
import type { Terms } from './terms.ts';

type Machine<Context> = LinkedMachine<ServerConnection<Context>>;

/** All sessions of a server, as one of them sees them. */
export interface SessionOwner<Context> {
  readonly handlers: SessionHandlers<Context>;
  readonly counts: SessionCounts;
  /** Whether a message counts as handled when it has arrived. */
  readonly acknowledgesReceipt: boolean;
  readonly deliversBytes: boolean;
  /** For a drain: milliseconds after which its client comes back. */
  comeBackAfter(): number;
  /** Passes sessions on to other nodes. Absent: no other node could have one of these. */
  readonly moves: SessionMoves | undefined;
  /** Another connection carries it. */
  carried(session: ServerSession<Context>, carrier: Carrier<Context>): void;
  /** None does any more. */
  detached(session: ServerSession<Context>): void;
  /** What it holds may have changed. */
  weigh(session: ServerSession<Context>): void;
  /** Gives it to the store. */
  release(session: ServerSession<Context>, code: number, reason: string): Promise<void>;
  /** It is over here. @param isTold  whether its application has ever been told of it */
  over(session: ServerSession<Context>, isTold: boolean): void;
}

export class ServerSession<Context> implements ConnectionLink, Session, ServerEvents {
  readonly end: ServerEnd;
  readonly bind: string;
  readonly #owner: SessionOwner<Context>;
  readonly #isRestored: boolean;
  readonly #data: SessionData;
  /** Set before anything happens. */
  machine!: Machine<Context>;
  /** What carries it at present, or carried it last and has not gone. */
  #carrier: Carrier<Context> | undefined;
  #phase: 'live' | 'leaving' | 'over' = 'live';
  /** Of the connections before the present one. */
  #past: ConnectionLink['traffic'] = { received: 0, sent: 0, heardAt: Date.now() };
  #isOpened = false;
  #isAwaited = false;
  #drained: Deferred<void> | undefined;
  #isPaused = false;
  #messageNumber = 0;
  readonly #held: Delivery[] = [];
  readonly #outgoing = new OutgoingMessages();
  /** Present where large messages are streams, or were. */
  #incoming: IncomingMessages | undefined;
  /** Of the current connection. */
  #streaming: Terms['streaming'];
  /** Absent: as many messages as come. */
  #pace: MessagePace | undefined;
  /** Called when no message is being read any more. */
  #unread: (() => void) | undefined;
  #fragmented: FragmentedMessage | undefined;
  /** How its application's connection ends once the last connection below is gone. */
  #finale: Close | undefined;
  /** The client has said its goodbye; it has as long to close its connection as a closing handshake may take. */
  #farewell: Timer | undefined;
  /** Called when no handler runs any more. */
  #idle: (() => void) | undefined;
  /** Listens for it while it has no connection here. */
  #following: Following | undefined;
  /** Present from its arrival from another node until it has what was published meanwhile. */
  #arrival: ArrivedSession | undefined;
  /** Settles when the store has it. */
  #released: Promise<void> | undefined;
  /** Whether a part of a message of the client was here when it was weighed last. */
  #hasPart = false;
  #isGone = false;

  /** @param isRestored  it was in the store: another process began it */
  constructor(end: ServerEnd, bind: string, owner: SessionOwner<Context>, isRestored: boolean) {
    this.end = end;
    this.bind = bind;
    this.#owner = owner;
    this.#isRestored = isRestored;
    this.#data = new SessionData(end);
  }

  #streams(): IncomingMessages {
    const { end } = this;
    const streaming = (): Terms['streaming'] => this.#streaming;
    return new IncomingMessages(
      {
        whole: (data, isBinary, deliveries) => this.#give(data, isBinary, deliveries),
        stream: (message) => {
          const running = this.machine.deliverStream(message);
          return this.#owner.acknowledgesReceipt ? undefined : running;
        },
        handled: (delivery) => this.#handled(delivery),
      },
      {
        get above() {
          return Math.max(0, (streaming()?.from ?? Infinity) - 1);
        },
        get most() {
          return end.window / 2;
        },
        givesStrings: !this.#owner.deliversBytes,
        get limit() {
          return streaming()?.limit ?? Infinity;
        },
      },
    );
  }

  // ── What the application sees as `connection.session` ──────────────────────────────────────────────────────────

  get session(): Session {
    return this;
  }

  get id(): string {
    return this.end.id;
  }

  get isAttached(): boolean {
    return this.end.state === 'attached';
  }

  get generation(): number {
    return this.end.generation;
  }

  get sent(): number {
    return this.end.counts.sent;
  }

  get acknowledged(): number {
    return this.end.counts.acknowledged;
  }

  get received(): number {
    return this.end.counts.received;
  }

  get handled(): number {
    return this.end.counts.handled;
  }

  get messageNumber(): number {
    return this.#messageNumber;
  }

  get heldBytes(): number {
    return this.end.heldBytes;
  }

  get data(): unknown {
    return this.#data.value;
  }

  set data(value: unknown) {
    this.#data.value = value;
  }

  // ── What the application does ──────────────────────────────────────────────────────────────────────────────────

  get bufferedAmount(): number {
    return this.end.bufferedAmount;
  }

  get traffic(): ConnectionLink['traffic'] {
    const now = this.#carrier?.machine;
    if (now === undefined) return this.#past;
    const { received, sent } = this.#past;
    return { received: received + now.receivedSize, sent: sent + now.sentSize, heardAt: now.heardAt };
  }

  get extensions(): string {
    return this.#carrier?.machine.compression?.description ?? '';
  }

  send(data: MessageData, options: SendOptions | undefined, sent: SentCallback | undefined): boolean {
    if (this.#fragmented !== undefined) throw webSocketError('ERR_WS_FRAGMENT_OPEN');
    const payload = payloadOf(data, options);
    const attachment = options?.compress === undefined ? undefined : { compress: options.compress };
    return this.#send(payload, attachment, sent);
  }

  sendFragment(data: MessageData, options: FragmentOptions, sent: SentCallback | undefined): boolean {
    this.#fragmented ??= new FragmentedMessage(data, options);
    this.#fragmented.add(data, options);
    if (!options.fin) {
      this.#tell(sent, undefined);
      return this.#mayGoOn();
    }
    const { payload, compress } = this.#fragmented;
    this.#fragmented = undefined;
    return this.#send(payload, { compress }, sent);
  }

  readonly openStream: OpenLinkStream = (isBinary, gone) => {
    if (this.#fragmented !== undefined) throw webSocketError('ERR_WS_FRAGMENT_OPEN');
    if (this.#phase === 'over' || !this.machine.isOpen) return undefined;
    this.machine.deadlines.active();
    this.machine.messagesSent++;
    return this.#outgoing.begin(this.end, isBinary, gone);
  };

  sendShared(message: PreparedMessage, mayCompress: boolean, sent: SentCallback | undefined): boolean {
    return this.#send(preparedPayload(message), mayCompress ? message : { compress: false }, sent);
  }

  publish(message: PreparedMessage): boolean {
    if (this.#arrival !== undefined) {
      this.#arrival.hold(message);
      return true;
    }
    return this.#keep(preparedPayload(message), message) === 'taken';
  }

  sendControl(opcode: number, payload: Uint8Array, sent: SentCallback | undefined): boolean {
    if (this.isAttached && this.#carrier !== undefined)
      return sendControl(this.#carrier.machine, opcode, payload, sent);
    this.#tell(sent, 'no connection carries the session');
    return false;
  }

  whenDrained(): Promise<void> {
    if (!this.#isAwaited) return Promise.resolve();
    this.#drained ??= new Deferred();
    return this.#drained.promise;
  }

  /** Messages wait here; the client stops when it has as many unacknowledged ones as it may. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#goOn();
  }

  #goOn(): void {
    let next = this.#held[0];
    for (; !this.#isPaused && next !== undefined && !this.#mustWait(next); next = this.#held[0]) {
      this.#held.shift();
      this.#deliver(next);
    }
  }

  /** Whether more messages have come in this second than the application takes. */
  #mustWait({ position }: Delivery): boolean {
    return (position === 'whole' || position === 'first') && this.#pace?.mustWait() === true;
  }

  close(code: number | undefined, reason: string): void {
    if (this.#phase !== 'live') return;
    this.#phase = 'over';
    this.end.end(code ?? CloseCode.normal, reason);
    this.#concludeIfAlone();
  }

  /** The client is asked to come back later, elsewhere. What runs is finished first, and acknowledged. */
  goAway(code: number, reason: string): void {
    if (this.#phase !== 'live') return;
    this.#phase = 'leaving';
    this.#incoming?.stop();
    // The client sends nothing more of a message once it is told.
    if (this.#incoming?.isReading === true) this.#unread = () => this.#drain(code, reason);
    else this.#drain(code, reason);
  }

  #drain(code: number, reason: string): void {
    this.end.drain(this.#owner.comeBackAfter(), undefined);
    const waits = this.isAttached && this.#owner.moves?.hasOtherServers === true;
    const leave = (): void => (waits ? this.#depart(code, reason) : void this.#leave(code, reason));
    if (this.#unhandled === 0 || this.#held.length > 0) leave();
    else this.#idle = leave;
  }

  /** Messages that the application is at. */
  get #unhandled(): number {
    return this.end.unhandledMessages - (this.#incoming?.left ?? 0);
  }

  destroy(): void {
    if (this.#phase === 'leaving') void this.#leave(CloseCode.goingAway, 'server is going away');
    else if (this.#phase === 'live') {
      this.#phase = 'over';
      this.end.end(CloseCode.normal, 'terminated');
    }
    this.#carrier?.machine.terminate();
    this.#disconnect();
  }

  // ── What the protocol tells ────────────────────────────────────────────────────────────────────────────────────

  message(delivery: Delivery): void {
    // The rest of a message that will not come: its reader is told why the session is over.
    if (delivery.position === 'void' && this.end.state === 'ended') return;
    if (this.#owner.acknowledgesReceipt && this.#incoming === undefined) this.end.handled(delivery);
    if (this.#isPaused || this.#held.length > 0 || this.#mustWait(delivery)) this.#held.push(delivery);
    else this.#deliver(delivery);
  }

  /** Another process had it. What is published to it here waits from now on for what was published there. */
  arrive(): void {
    const { moves } = this.#owner;
    if (moves === undefined) return;
    this.#arrival = new ArrivedSession(moves, this.end.id, {
      isSubscribed: (topic) => this.machine.peer.topics.has(topic),
      take: (message) => void this.#keep(preparedPayload(message), message),
      done: () => {
        this.#arrival = undefined;
      },
    });
  }

  /** @param node  of the bus; `''`: nobody knows */
  cameFrom(node: string): void {
    if (this.#arrival !== undefined) this.#arrival.node = node;
  }

  live({ port, lost }: Parameters<ServerEvents['live']>[0]): void {
    this.#past = this.traffic;
    this.#following?.end();
    this.#following = undefined;
    this.#carrier = port as Carrier<Context>;
    this.#adapt(this.#carrier.terms);
    this.#owner.carried(this, this.#carrier);
    this.#outgoing.roomMade();
    this.#goOn(); // perhaps at another pace
    const isFirst = !this.#isOpened;
    this.#isOpened = true;
    if (isFirst && !this.#isRestored) {
      this.machine.reports.open();
      return;
    }
    if (!isFirst) this.#owner.counts.resumed++;
    const { resumed } = this.#owner.handlers;
    if (resumed !== undefined)
      this.machine.reports.tell((connection) => resumed(connection, { lost, isRestored: isFirst }));
    // The application has subscribed it to its topics.
    if (isFirst) void this.#arrival?.catchUp();
  }

  #adapt({ taking, maxQueued, streaming, messagesPerSecond }: Terms): void {
    this.end.adapt(taking, maxQueued);
    this.#pace?.stop();
    this.#pace = messagesPerSecond === Infinity ? undefined : this.#newPace(messagesPerSecond);
    this.#streaming = streaming;
    if (streaming !== undefined) this.#incoming ??= this.#streams();
  }

  #newPace(messagesPerSecond: number): MessagePace {
    return new MessagePace(messagesPerSecond, nodeHost.clock, () => this.#goOn());
  }

  detached(): void {
    this.#past = this.traffic;
    this.#carrier = undefined;
    const { interrupted } = this.#owner.handlers;
    if (this.#isOpened && interrupted !== undefined && this.#phase === 'live') {
      this.machine.reports.tell((connection) => interrupted(connection));
    }
    this.#owner.detached(this);
    const { moves } = this.#owner;
    if (moves?.hasOtherServers === true) this.#following ??= this.#follow(moves);
  }

  #follow(moves: SessionMoves): Following {
    const { id, topics } = this.machine.peer;
    return moves.follow(this.end.id, id, topics);
  }

  writable(): void {
    if (!this.#isAwaited) return;
    this.#isAwaited = false;
    this.#drained?.resolve();
    this.#drained = undefined;
    this.machine.drained();
  }

  roomMade(): void {
    this.#outgoing.roomMade();
    this.#owner.weigh(this);
  }

  flushed(): void {}

  /** Bytes that it holds now. */
  weigh(): number {
    const { heldBytes, bufferedAmount } = this.end;
    this.#hasPart = heldBytes > bufferedAmount;
    return heldBytes;
  }

  ended({ why, code, reason, isByClient, returned }: Parameters<ServerEvents['ended']>[0]): void {
    const isOurs = this.#phase === 'over';
    this.#phase = 'over';
    this.#owner.over(this, this.#isOpened);
    this.#giveUp('the session is over');
    if (isOurs || !this.#isOpened) return; // close() or terminate() goes on
    if (isByClient) {
      this.#finale = { code, reason };
      this.#farewell = nodeHost.clock.timer({ expired: () => this.#carrier?.machine.terminate() });
      this.#farewell.set(this.machine.options.closeTimeout);
      this.#concludeIfAlone();
      return;
    }
    const cause = causeOf(why, code);
    this.#owner.counts.expired(cause);
    this.#expired(cause, returned);
    this.#carrier = undefined;
    this.machine.timeIsUp({ kind: 'lost', error: webSocketError('ERR_WS_SESSION_OVER', causes[cause] ?? reason) });
  }

  released(): void {
    this.#phase = 'over';
    const { moves } = this.#owner;
    // Another node has claimed it: the messages of its topics are kept for that one from now on.
    if (this.#released === undefined && moves?.hasOtherServers === true) {
      this.#following ??= this.#follow(moves);
      this.#following.moved(this.machine.peer.topics);
      this.#following = undefined;
    }
    this.#owner.counts.released++;
    this.#owner.over(this, this.#isOpened);
    this.#giveUp('the session has moved');
    if (!this.#isOpened) return;
    this.#finale ??= { code: ResumeCloseCode.REPLACED, reason: 'another process has the session' };
    this.machine.leave(this.#finale.code ?? CloseCode.normal, this.#finale.reason);
    this.#concludeIfAlone();
  }

  // ── What its connection tells ──────────────────────────────────────────────────────────────────────────────────

  pinged(opcode: number, payload: Uint8Array): void {
    const { machine } = this;
    if (opcode === Opcode.ping) {
      machine.reports.pingReceived(payload);
      return;
    }
    const time = this.#carrier?.machine.peer.roundTripTime;
    if (time !== undefined) machine.accounts.roundTrip(machine.account, time);
    machine.reports.pongReceived(payload);
  }

  /** The connection below is gone. */
  carrierGone(carrier: Carrier<Context>, event: CloseEvent): void {
    if (this.#carrier !== carrier) return;
    this.#past = this.traffic;
    this.#carrier = undefined;
    if (this.#phase === 'over') this.#conclude(event);
  }

  // ── What they do ───────────────────────────────────────────────────────────────────────────────────────────────

  #send(payload: Payload, attachment: Attachment, sent: SentCallback | undefined): boolean {
    const outcome = this.#keep(payload, attachment);
    if (outcome === 'taken') this.#tell(sent, undefined);
    else this.#tell(sent, reasons[outcome]);
    return outcome === 'taken' && this.#mayGoOn();
  }

  #keep(payload: Payload, attachment: Attachment): SendOutcome {
    if (this.#phase === 'over' || !this.machine.isOpen) return 'ended';
    this.machine.deadlines.active();
    const outcome = this.end.send(payload, attachment);
    // While its client is here, slowConsumer decides as for any slow client.
    if (outcome === 'full' && this.machine.options.slowConsumer !== 'drop-newest') this.end.overflow();
    if (outcome === 'taken') this.machine.messagesSent++;
    this.#owner.weigh(this);
    return outcome;
  }

  #mayGoOn(): boolean {
    if (!this.end.isFull) return true;
    this.#isAwaited = true;
    return false;
  }

  #tell(sent: SentCallback | undefined, problem: string | undefined): void {
    if (sent === undefined) return;
    const callback = this.machine.reports.bind(sent);
    const error = problem === undefined ? undefined : webSocketError('ERR_WS_DROPPED', problem);
    nodeHost.scheduler.afterTurn({ endOfTurn: () => callback(error) });
  }

  #deliver(delivery: Delivery): void {
    this.#messageNumber = delivery.sequence;
    // A message that another process has begun may go on in pieces.
    if (delivery.position !== 'whole') this.#incoming ??= this.#streams();
    if (this.#incoming !== undefined) this.#incoming.take(delivery);
    else this.#give(delivery.data, delivery.isBinary, [delivery]);
  }

  #give(data: Payload, isBinary: boolean, deliveries: readonly Delivery[]): void {
    const given = typeof data === 'string' && this.#owner.deliversBytes ? encode(data) : data;
    const handled = (): void => {
      for (const delivery of deliveries) this.#handled(delivery);
    };
    const isReceipt = this.#owner.acknowledgesReceipt;
    if (isReceipt && this.#incoming !== undefined) handled();
    const running = this.machine.deliver(given, isBinary);
    if (isReceipt) return;
    if (running === undefined) handled();
    else void running.then(handled);
  }

  #handled(delivery: Delivery): void {
    this.end.handled(delivery);
    if (this.#unread !== undefined && this.#incoming?.isReading === false) {
      const unread = this.#unread;
      this.#unread = undefined;
      unread();
    }
    if (this.#idle === undefined || this.#unhandled > 0) return;
    const idle = this.#idle;
    this.#idle = undefined;
    idle();
  }

  /** Waits for another node to claim it. Where none does, `destroy` at the drain's deadline gives it to the store. */
  #depart(code: number, reason: string): void {
    if (this.#phase !== 'leaving') return;
    this.#finale = { code, reason };
    this.end.depart(code, reason);
  }

  async #leave(code: number, reason: string): Promise<void> {
    if (this.#phase !== 'leaving') return;
    this.#finale = { code, reason };
    this.#released = this.#owner.release(this, code, reason);
    await this.#released;
  }

  #expired(why: Expiry['why'], returned: readonly Returned[]): void {
    const { expired } = this.#owner.handlers;
    if (expired === undefined) return;
    const unacknowledged = returned.map(given);
    const expiry: Expiry = { why, lost: unacknowledged.length, incomplete: this.#hasPart, unacknowledged };
    this.machine.reports.tell((connection) => expired(connection, expiry));
  }

  #giveUp(why: string): void {
    this.#following?.end();
    this.#arrival?.giveUp();
    this.#isAwaited = false;
    this.#drained?.reject(webSocketError('ERR_WS_DROPPED', why));
    this.#drained = undefined;
    this.#outgoing.giveUp(why);
    this.#incoming?.end(() => webSocketError('ERR_WS_MESSAGE_CUT', why));
    this.#unread = undefined;
    this.#held.length = 0;
    this.#pace?.stop();
    this.#idle = undefined;
  }

  #concludeIfAlone(): void {
    if (this.#carrier === undefined) this.#conclude(undefined);
  }

  /** No connection is left: the application's one ends. @param event  how the last one ended */
  #conclude(event: CloseEvent | undefined): void {
    const finale = this.#finale;
    // What the client said by `B` holds, even if its Close frame is lost.
    if (finale !== undefined && (event === undefined || event.wasClean || this.#farewell !== undefined)) {
      this.machine.endedByPeer(finale);
    } else if (event?.wasClean === true) {
      const { code, reason } = event;
      this.machine.endedByPeer({ code: code === CloseCode.noStatusReceived ? undefined : code, reason });
    }
    this.#disconnect();
  }

  #disconnect(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#farewell?.clear();
    const disconnected = (): void => this.machine.disconnected();
    if (this.#released === undefined) nodeHost.scheduler.afterTurn({ endOfTurn: disconnected });
    else void this.#released.then(disconnected);
  }
}

const reasons: Readonly<Record<Exclude<SendOutcome, 'taken'>, string>> = {
  full: 'too much waits for the client',
  tooLarge: 'it is larger than the client takes',
  ended: 'the session is over',
};

const causes: Readonly<Partial<Record<Expiry['why'], string>>> = {
  expired: 'nobody came back in time',
  overflow: 'more waited for it than is kept',
  regressed: 'the counts of both ends differ',
  refused: 'its user may not resume it',
};

function causeOf(why: string, code: number): Expiry['why'] {
  if (why === 'expired' || why === 'overflow' || why === 'regressed') return why;
  return code === ResumeCloseCode.NOT_ALLOWED ? 'refused' : 'failed';
}

function given({ data, wasSent, isIncomplete }: Returned): UnacknowledgedMessage {
  return { data, wasSent, isIncomplete };
}

function encode(data: string): Uint8Array {
  const bytes = nodeHost.memory.allocate(nodeHost.text.byteLength(data));
  nodeHost.text.encodeInto(data, bytes, 0);
  return bytes;
}
