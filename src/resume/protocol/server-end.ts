// The server's end of one session (docs/resume.md, "The server"): what it sends and gets on one connection after the other, and
// what survives them. Which connection may have it, the reception decides (reception.ts).

import type { Timer } from '../../core/ports.ts';
import { ResumeCloseCode } from './close-codes.ts';
import { type ControlMessage, formatGoodbye, formatReady, type Range, type Start } from './control.ts';
import { Conversation } from './conversation.ts';
import type { Taking } from './inbound.ts';
import type { Keeping, KeptConversation } from './keeping.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import type { Delivery, LinkPort, Payload, SendOutcome, ServerHost } from './ports.ts';
import type { Grant, ServerEvents, ServerLink, ServerSettings } from './server-events.ts';
import { restoreState, stateOf } from './session-state.ts';
import type { SessionState, Tombstone } from './store.ts';

/** What the reception is told, to tell the store. */
export interface SessionKeeper {
  /** What writes it to the store while it is here; `undefined`: nothing does. */
  keeping(end: ServerEnd, conversation: KeptConversation, state: SessionState): Keeping | undefined;
  /** The client has the token of this claim. */
  confirmed(end: ServerEnd, generation: number): void;
  detached(end: ServerEnd, keep: number): void;
  ended(end: ServerEnd, tombstone: Tombstone): void;
}

type State =
  | {
      readonly kind: 'attached';
      readonly link: ServerLink;
      /** Of the link, or the gate that waits for the store. */
      readonly port: LinkPort;
      readonly generation: number;
      isConfirmed: boolean;
    }
  | { readonly kind: 'detached' }
  | { readonly kind: 'ended' };

export class ServerEnd {
  /** Not secret. */
  readonly id: string;
  /** Of the current claim. */
  generation: number;
  /** What writes it to the store. */
  readonly keeping: Keeping | undefined;
  #data: string;
  readonly #settings: ServerSettings;
  readonly #host: ServerHost;
  readonly #keeper: SessionKeeper;
  readonly #events: ServerEvents;
  readonly #conversation: Conversation;
  readonly #keepTimer: Timer;
  #state: State = { kind: 'detached' };
  #isDraining = false;
  /** Of a message that another process had joined so far, where this one does not join. */
  #beginning: Delivery | undefined;

  /** @param events  makes what the application is told, for this end */
  constructor(
    id: string,
    generation: number,
    state: SessionState,
    settings: ServerSettings,
    host: ServerHost,
    keeper: SessionKeeper,
    events: (end: ServerEnd) => ServerEvents,
  ) {
    this.id = id;
    this.generation = generation;
    this.#data = state.data;
    this.#settings = settings;
    this.#host = host;
    this.#keeper = keeper;
    this.#keepTimer = host.clock.timer({ expired: () => this.expire() });
    this.#conversation = new Conversation(
      {
        deliver: (delivery) => this.#events.message(delivery),
        control: (message) => this.#control(message),
        acknowledged: () => this.#acknowledged(),
        writable: () => this.#events.writable(),
        fail: (code, reason) => this.#fail(code, reason),
        silent: () => this.#letGo(ResumeCloseCode.SILENT, 'no acknowledgement'),
      },
      { ...settings, anythingAnswers: false, limitsControl: true },
      host,
    );
    this.#conversation.heartbeat = settings.heartbeat;
    this.#beginning = restoreState(this.#conversation, state, host);
    this.keeping = keeper.keeping(this, this.#conversation, state);
    this.#events = events(this);
  }

  /** The application's own, which goes with the session from process to process: 16 KiB at most. */
  get data(): string {
    return this.#data;
  }

  set data(data: string) {
    this.#data = data;
    this.keeping?.touch();
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  /** Bytes of messages that wait or are not acknowledged. */
  get bufferedAmount(): number {
    return this.#conversation.queuedBytes;
  }

  /** Bytes that the session holds: those, and parts of a message that is not complete. For the bound on all sessions. */
  get heldBytes(): number {
    return this.#conversation.queuedBytes + this.#conversation.inbound.partialBytes;
  }

  /** Whether messages wait for acknowledgements of the client. */
  get isFull(): boolean {
    return this.#conversation.isFull;
  }

  /** The connection that it has got has other bounds than the one before. Not later than `live` is told. */
  adapt(taking: Taking, maxQueued: number): void {
    this.#conversation.adapt(taking, maxQueued);
  }

  /** Bytes that may be unacknowledged each way. */
  get window(): number {
    return this.#conversation.window;
  }

  /** Messages of the client that the application has not handled yet. */
  get unhandledMessages(): number {
    return this.#conversation.inbound.unhandledMessages;
  }

  /** Numbers for metrics and tests: sent, acknowledged, received and handled messages. */
  get counts(): {
    readonly sent: number;
    readonly acknowledged: number;
    readonly received: number;
    readonly handled: number;
  } {
    const { outbound, inbound } = this.#conversation;
    const { sent, acknowledged } = outbound;
    return { sent, acknowledged, received: inbound.received, handled: inbound.handled };
  }

  /**
   * Sends a message, or keeps it for the client. A session without a connection for which there is no room ends or loses
   * its oldest messages, by its settings.
   *
   * @param data        text, or bytes that nobody changes any more
   * @param attachment  handed back to the port with a message that goes whole, and with a message that returns
   */
  send(data: Payload, attachment?: unknown): SendOutcome {
    if (this.#state.kind === 'ended') return 'ended';
    if (this.#state.kind === 'attached') return this.#take(data, attachment);
    const size = typeof data === 'string' ? this.#host.textSize(data) : data.length;
    while (!this.#hasRoomFor(size)) {
      if (this.#settings.overflow === 'gap' && this.#conversation.outbound.dropOldest()) continue;
      this.overflow();
      return 'ended';
    }
    return this.#take(data, attachment);
  }

  #take(data: Payload, attachment: unknown): SendOutcome {
    const outcome = this.#conversation.send(data, attachment);
    this.keeping?.touch();
    return outcome;
  }

  /** Whether one more message may wait for the client to come back. */
  #hasRoomFor(size: number): boolean {
    const { maxDetached, maxDetachedMessages } = this.#settings;
    const { queuedBytes, outbound } = this.#conversation;
    const messages = outbound.sent - outbound.acknowledged + outbound.waitingMessages;
    if (messages === 0) return true;
    return queuedBytes + size <= maxDetached && messages < maxDetachedMessages;
  }

  /** Begins a message whose content comes piece by piece. Messages that are sent meanwhile wait for its end. */
  stream(isBinary: boolean | undefined): OutgoingStream {
    const { keeping } = this;
    const conversation = this.#conversation;
    if (keeping === undefined) return conversation.stream(isBinary);
    const carrier = {
      outbound: conversation.outbound,
      get window() {
        return conversation.window;
      },
      get max() {
        return conversation.max;
      },
      pump: () => {
        conversation.pump();
        keeping.touch();
      },
    };
    return new OutgoingStream(isBinary, carrier, this.#host);
  }

  /** The application has handled this. In any order; each once. */
  handled(delivery: Delivery): void {
    this.#conversation.handled(delivery);
    this.keeping?.touch();
  }

  /** How many messages the client can be told of as lost, or cannot be: what it has must lie in what this end knows. */
  isResumable(clientHas: number): boolean {
    const { outbound } = this.#conversation;
    const oldest = outbound.dropped ? outbound.dropped[0] - 1 : outbound.acknowledged;
    return clientHas >= oldest && clientHas <= outbound.sent;
  }

  /**
   * A connection gets the session. The one before it is closed, and nothing more that comes from it counts. `isResumable` was
   * asked before.
   */
  attach(link: ServerLink, start: Start, grant: Grant): void {
    this.#fence();
    const { outbound, inbound } = this.#conversation;
    const clientHas = start.resume?.received ?? 0;
    this.generation = grant.generation;
    this.#keepTimer.clear();
    const port = this.keeping?.attached(link.port) ?? link.port;
    this.#state = { kind: 'attached', link, port, generation: grant.generation, isConfirmed: false };
    const { dropped } = outbound;
    const lost: Range | undefined = dropped && dropped[1] > clientHas ? [clientHas + 1, dropped[1]] : undefined;
    // What is told as lost must be so for the next owner as well: it waits for the store, where that is written ahead.
    (lost ? port : link.port).control(
      formatReady({
        id: this.id,
        token: grant.token,
        keep: this.#settings.keep,
        received: inbound.received,
        isResumed: grant.isResumed,
        lost,
        isOrphan: grant.isOrphan,
      }),
    );
    this.#conversation.meet(start.limits);
    this.#conversation.start(port, Math.max(clientHas, outbound.acknowledged));
    // The last acknowledgement may have been lost with the connection, and a client whose buffer is full of messages that were
    // handled would send nothing that brings another.
    if (grant.isResumed) this.#conversation.acknowledge();
    this.#events.live({ port: link.port, isResumed: grant.isResumed, lost, isOrphan: grant.isOrphan });
    const beginning = this.#beginning;
    this.#beginning = undefined;
    if (beginning) this.#events.message(beginning);
    this.#conversation.pump();
  }

  /** It has no connection from its beginning: the one that it was made for has gone meanwhile. */
  keepWaiting(): void {
    if (this.#state.kind === 'detached') this.#startKeeping(this.#settings.keep);
  }

  /** One message of the client, by the connection that has the session. */
  received(link: ServerLink, data: Payload): void {
    if (!this.#isCurrent(link)) return;
    this.#conversation.receive(data);
    this.keeping?.arrived(data);
  }

  alive(link: ServerLink): void {
    if (this.#isCurrent(link)) this.#conversation.alive();
  }

  closed(link: ServerLink, code: number, reason: string): void {
    this.keeping?.closed(link.port);
    if (!this.#isCurrent(link)) return;
    // The client has found that the counts differ, and will not ask for the session again.
    if (code === ResumeCloseCode.COUNTS) this.regress();
    else this.#detach(code, reason);
  }

  /** The application ends the session. */
  end(code: number, reason: string): void {
    if (this.#state.kind === 'ended') return;
    this.#conversation.acknowledge();
    this.#finish('ended', code, reason, false, (port) => {
      port.control(formatGoodbye({ code, reason }));
      port.close(code, reason);
    });
  }

  /** Its time is over, or its memory is needed. */
  expire(): void {
    this.#finish('expired', ResumeCloseCode.NOT_RESUMABLE, 'expired', false, (port) =>
      port.close(ResumeCloseCode.NOT_RESUMABLE, 'expired'),
    );
  }

  /** More waits for the client than the server keeps. */
  overflow(): void {
    this.#finish('overflow', ResumeCloseCode.OVERFLOW, 'overflow', false, (port) =>
      port.close(ResumeCloseCode.OVERFLOW, 'overflow'),
    );
  }

  /**
   * Whether another process could go on with it. Not while the application reads a message of which the client has forgotten parts:
   * nobody else has them.
   */
  get isMovable(): boolean {
    return !this.#conversation.inbound.isWithinPassedOn;
  }

  /** It cannot move, and this process will not go on with it. The client is told when it asks for it. */
  giveUp(code: number, reason: string): void {
    this.#finish('expired', code, reason, false, (port) => port.close(code, reason));
  }

  /** The client has counts that cannot be right, or this end lost some of its own. */
  regress(): Tombstone {
    return this.#finish('regressed', ResumeCloseCode.COUNTS, 'regressed', false, (port) =>
      port.close(ResumeCloseCode.COUNTS, 'regressed'),
    );
  }

  /** The user is not allowed to have it any more. */
  revoke(): void {
    this.#finish('ended', ResumeCloseCode.NOT_ALLOWED, 'not allowed', false, (port) =>
      port.close(ResumeCloseCode.NOT_ALLOWED, 'not allowed'),
    );
  }

  /** The server will close the connection soon. From now on neither end sends data; what runs is finished. */
  drain(after: number, url: string | undefined): void {
    if (this.#state.kind !== 'attached' || this.#isDraining) return;
    this.#isDraining = true;
    this.#conversation.isHeld = true;
    this.#state.link.port.control(formatGoodbye({ drain: { after, url }, code: 1000, reason: '' }));
  }

  /**
   * Leaves the session as it is, for another process or the store.
   *
   * @param code    4703 if another connection has it, 1012 where the server restarts
   * @param reason  `after=<milliseconds>` tells a client that has not got `B`
   */
  release(code: number, reason: string): SessionState {
    this.#conversation.acknowledge();
    const state = this.snapshot();
    if (this.#state.kind === 'ended') return state;
    this.#leave((port) => port.close(code, reason));
    this.#events.released();
    return state;
  }

  /**
   * Closes the connection, as `release` does, and keeps the session: its client is to go on at another process, and until that claims
   * it, what is sent waits here.
   */
  depart(code: number, reason: string): void {
    if (this.#state.kind !== 'attached') return;
    this.#conversation.acknowledge();
    this.#state.port.close(code, reason);
    this.#detach(code, reason);
  }

  /** What another process would need. Messages that wait get their numbers by it. */
  snapshot(): SessionState {
    return stateOf(this.#conversation, this.data);
  }

  /** An old connection must not have an effect any more: its messages would be counted as the new one's. */
  #isCurrent(link: ServerLink): boolean {
    return this.#state.kind === 'attached' && this.#state.link === link;
  }

  #fence(): void {
    if (this.#state.kind !== 'attached') return;
    this.#conversation.stop();
    this.#state.port.close(ResumeCloseCode.REPLACED, 'replaced');
    this.keeping?.disconnected();
  }

  #acknowledged(): void {
    if (this.#state.kind !== 'attached') return;
    if (!this.#state.isConfirmed) {
      this.#state.isConfirmed = true;
      // R has arrived, and with it what is lost. If it had not, the next R would have to tell it again.
      this.#conversation.outbound.dropped = undefined;
      this.#keeper.confirmed(this, this.#state.generation);
    }
    this.#events.roomMade?.();
    this.keeping?.acknowledged();
    if (this.#conversation.outbound.isEmpty) this.#events.flushed();
  }

  #control(message: ControlMessage): void {
    if (message.kind === 'h') this.#conversation.patience = message.isHidden ? 4 : 1;
    else if (message.kind === 'B' && !message.drain)
      this.#finish('ended', message.code, message.reason, true, () => {});
    else this.#fail(ResumeCloseCode.PROTOCOL, `${message.kind} from a client in a live session`);
  }

  #detach(code: number, reason: string): void {
    this.#conversation.stop();
    this.keeping?.disconnected();
    this.#state = { kind: 'detached' };
    this.#isDraining = false;
    // The page has gone away: it may come back, but seldom does.
    this.#startKeeping(code === 1001 ? Math.min(this.#settings.keep, this.#settings.keepAway) : this.#settings.keep);
    this.#events.detached({ code, reason });
  }

  #startKeeping(keep: number): void {
    this.#keepTimer.set(keep);
    this.#keeper.detached(this, keep);
  }

  #letGo(code: number, reason: string): void {
    if (this.#state.kind !== 'attached') return;
    const { port } = this.#state;
    port.close(code, reason);
    port.abandon();
    this.#detach(code, reason);
  }

  /** The client broke a rule, or counts differ: the session cannot be trusted. */
  #fail(code: number, reason: string): void {
    const why = code === ResumeCloseCode.COUNTS ? 'regressed' : 'ended';
    this.#finish(why, code, reason, false, (port) => port.close(code, reason));
  }

  #finish(
    why: Tombstone['why'],
    code: number,
    reason: string,
    isByClient: boolean,
    farewell: (port: LinkPort) => void,
  ): Tombstone {
    const { outbound, inbound } = this.#conversation;
    outbound.cutAll(this.#conversation.part);
    const isOurs = why === 'ended';
    const tombstone: Tombstone = {
      why,
      handledWhole: inbound.handledWhole,
      sent: outbound.sent,
      ...(isOurs && { code, reason }),
    };
    if (this.#state.kind === 'ended') return tombstone;
    this.#leave(farewell);
    const returned = outbound.takeBack(outbound.acknowledged);
    this.#keeper.ended(this, tombstone);
    const rest = inbound.reset();
    if (rest) this.#events.message(rest);
    this.#events.ended({ why, code, reason, isByClient, returned });
    return tombstone;
  }

  #leave(farewell: (port: LinkPort) => void): void {
    this.#conversation.stop();
    this.#keepTimer.clear();
    const state = this.#state;
    this.#state = { kind: 'ended' };
    if (state.kind === 'attached') farewell(state.port);
  }
}
