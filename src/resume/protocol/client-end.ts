// The client's end of one session (docs/resume.md, "The client"): the handshake on each connection, what survives it, and what
// the application is told. It does not dial: the host brings connections, one at a time, and decides when.

import type { Timer } from '../../core/ports.ts';
import type { ClientEvents, ClientOptions, Expired } from './client-events.ts';
import { ClientLink, type LinkEvents } from './client-link.ts';
import { afterHint, isFinal, ResumeCloseCode } from './close-codes.ts';
import {
  type ControlMessage,
  formatGoodbye,
  type Gone,
  type GoneReason,
  type Hello,
  isControl,
  parseControl,
  type Range,
  type Ready,
  VERSION,
} from './control.ts';
import { Conversation } from './conversation.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import type { Delivery, EndHost, Link, LinkPort, Payload, SendOutcome } from './ports.ts';
import { differenceOf, SessionClaim } from './session-claim.ts';

type State =
  /** No connection. */
  | { readonly kind: 'waiting' }
  /** A connection, on which the session is not live yet. `hello`: `H` has come. */
  | { readonly kind: 'starting'; readonly link: ClientLink; hello: Hello | undefined; hasStarted: boolean }
  | { readonly kind: 'live'; readonly link: ClientLink }
  | { readonly kind: 'plain'; readonly link: ClientLink }
  | { readonly kind: 'closed' };

export class ClientEnd {
  readonly #options: ClientOptions;
  readonly #events: ClientEvents;
  readonly #conversation: Conversation;
  readonly #startTimer: Timer;
  #state: State = { kind: 'waiting' };
  readonly #claim: SessionClaim;
  #drain: { readonly after: number; readonly url?: string | undefined } | undefined;
  /** The application has closed it; some messages have not left yet. */
  #ending: { readonly code: number; readonly reason: string } | undefined;

  constructor(options: ClientOptions, host: EndHost, events: ClientEvents) {
    this.#options = options;
    this.#events = events;
    this.#claim = new SessionClaim(options, host.random);
    this.#startTimer = host.clock.timer({ expired: () => this.#abandon('no session in time') });
    this.#conversation = new Conversation(
      {
        deliver: (delivery) => this.#events.message(delivery),
        control: (message) => this.#liveControl(message),
        acknowledged: () => this.#acknowledged(),
        writable: () => this.#events.writable(),
        fail: (code, reason) => this.#fail(code, reason),
        silent: () => this.#abandon('no answer'),
      },
      { ...options, anythingAnswers: true, limitsControl: false },
      host,
    );
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  /** The id of the session: not secret. `undefined` before the first one. */
  get id(): string | undefined {
    return this.#claim.id;
  }

  /** Bytes of messages that wait or are not acknowledged. */
  get bufferedAmount(): number {
    return this.#conversation.queuedBytes;
  }

  /** Bytes that may be unacknowledged each way. */
  get window(): number {
    return this.#conversation.window;
  }

  /** Whether sent messages wait for acknowledgements. */
  get isFull(): boolean {
    return this.#conversation.isFull;
  }

  /**
   * A connection has opened. One that is still there is let go of first: nothing that comes from it counts any more.
   *
   * @param port  how to reach it
   * @param speaks  `resumable`: the server has selected wsr1. `plain`: it has not. `unknown`: the host cannot see what it
   *                selected, so the end waits for `H`; a first message that is not `H` makes it plain.
   * @returns what the host tells of it
   */
  opened(port: LinkPort, speaks: 'resumable' | 'plain' | 'unknown'): Link {
    const link = new ClientLink(port, this.#links);
    if (this.#state.kind === 'closed' || this.#state.kind === 'plain') {
      port.abandon();
      return link;
    }
    this.#dropLink((old) => old.abandon());
    const state: State = { kind: 'starting', link, hello: undefined, hasStarted: false };
    this.#state = state;
    this.#startTimer.set(this.#options.answerTimeout);
    if (speaks === 'resumable') this.#start(state);
    if (speaks === 'plain') this.#becomePlain(link, undefined);
    return link;
  }

  /**
   * Sends a message, or keeps it until there is a connection and room.
   *
   * @param data        text, or bytes that nobody changes any more
   * @param attachment  handed back to the port with a message that goes whole, and with a message that returns
   */
  send(data: Payload, attachment?: unknown): SendOutcome {
    if (this.#state.kind === 'closed' || this.#state.kind === 'plain' || this.#ending) return 'ended';
    return this.#conversation.send(data, attachment);
  }

  /** Begins a message whose content comes piece by piece. Messages that are sent meanwhile wait for its end. */
  stream(isBinary: boolean | undefined): OutgoingStream {
    return this.#conversation.stream(isBinary);
  }

  /** The application has handled this. In any order; each once. */
  handled(delivery: Delivery): void {
    this.#conversation.handled(delivery);
  }

  /** The page was hidden, or is seen again: its timers are slow while it is hidden. */
  hidden(isHidden: boolean): void {
    if (this.#state.kind === 'live') this.#state.link.port.control(`\u0010h${isHidden ? 1 : 0}`);
  }

  /** Asks whether the connection lives: when a page is seen again or the network is back. */
  check(): void {
    if (this.#state.kind === 'live') this.#conversation.ask();
  }

  /** Lets the connection go, and keeps the session: the page is put aside. */
  suspend(): void {
    if (this.#state.kind === 'live') this.#conversation.acknowledge();
    this.#letGo(1000, 'suspended', (port) => port.close(1000, 'suspended'));
  }

  /**
   * Ends the session once everything sent has left; if the connection breaks before that, on the next one. While it has none,
   * the session ends here at once, and the server learns it by time.
   *
   * @param code    close code of the last connection
   * @param reason  its reason
   */
  close(code: number, reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.#ending ??= { code, reason };
    if (this.#state.kind === 'live') this.#endIfSent();
    else this.#finish(code, reason, (port) => port.close(code, reason));
  }

  /** Ends it at once. `closed` follows during the call. */
  terminate(): void {
    this.#finish(1006, '', (port) => port.abandon());
  }

  readonly #links: LinkEvents = {
    received: (link, data) => {
      if (this.#isCurrent(link)) this.#received(data);
    },
    alive: (link) => {
      if (this.#isCurrent(link)) this.#conversation.alive();
    },
    closed: (link, code, reason) => {
      if (this.#isCurrent(link)) this.#closed(code, reason);
    },
  };

  /** What an old connection still says must not count: it would be taken for the new one's. */
  #isCurrent(link: ClientLink): boolean {
    return 'link' in this.#state && this.#state.link === link;
  }

  #received(data: Payload): void {
    const state = this.#state;
    if (state.kind === 'live') this.#conversation.receive(data);
    else if (state.kind === 'starting') this.#handshake(state, data);
  }

  #start(state: Extract<State, { kind: 'starting' }>): void {
    state.hasStarted = true;
    state.link.port.control(this.#claim.start(this.#conversation.inbound.received));
  }

  #handshake(state: Extract<State, { kind: 'starting' }>, data: Payload): void {
    const message = typeof data === 'string' && isControl(data) ? parseControl(data) : undefined;
    if (!state.hello) {
      if (message?.kind === 'H') {
        this.#hello(state, message);
        return;
      }
      if (state.hasStarted || message) {
        this.#fail(ResumeCloseCode.PROTOCOL, 'the first message is not H');
        return;
      }
      this.#becomePlain(state.link, data);
      return;
    }
    if (message?.kind === 'R') this.#ready(state, state.hello, message);
    else if (message?.kind === 'X') this.#gone(message);
    else if (message?.kind === 'B') this.#liveControl(message);
    else if (message?.kind !== 'ignored') this.#fail(ResumeCloseCode.PROTOCOL, 'neither R nor X');
  }

  #hello(state: Extract<State, { kind: 'starting' }>, hello: Hello): void {
    if (hello.version !== VERSION) {
      this.#fail(ResumeCloseCode.VERSION, `version ${hello.version}`);
      return;
    }
    state.hello = hello;
    if (!state.hasStarted) this.#start(state);
  }

  #becomePlain(link: ClientLink, first: Payload | undefined): void {
    this.#startTimer.clear();
    const { expired, queued } = {
      expired: this.#claim.id !== undefined,
      queued: this.#conversation.outbound.takeBack(0),
    };
    this.#state = { kind: 'plain', link };
    // What belonged to a session is not sent again in silence.
    if (expired) this.#events.expired({ why: 'unknown', lost: undefined, returned: queued });
    this.#events.plain(first, expired ? [] : queued);
  }

  #ready(state: Extract<State, { kind: 'starting' }>, hello: Hello, ready: Ready): void {
    const conversation = this.#conversation;
    const { inbound } = conversation;
    const isKnown = this.#claim.id !== undefined;
    if (isKnown && ready.id !== this.#claim.id) {
      this.#fail(ResumeCloseCode.PROTOCOL, 'another session, without X');
      return;
    }
    const difference = differenceOf(ready, conversation);
    if (difference !== undefined) {
      this.#regress(difference);
      return;
    }
    this.#startTimer.clear();
    this.#claim.granted(ready);
    const end = ready.lost && inbound.skip(ready.lost[1]);
    if (end) this.#events.message(end);
    this.#state = { kind: 'live', link: state.link };
    this.#drain = undefined;
    conversation.meet(hello.limits);
    conversation.heartbeat = hello.heartbeat;
    conversation.start(state.link.port, ready.received);
    // Before anything else: it makes the token valid that came with R.
    conversation.acknowledge();
    const { id, keep, lost, isOrphan } = ready;
    this.#events.live({ id, isResumed: isKnown, keep, lost, isOrphan });
    conversation.pump();
    this.#endIfSent();
  }

  #gone(gone: Gone): void {
    if (this.#claim.id === undefined) {
      this.#fail(ResumeCloseCode.PROTOCOL, 'X without a session');
      return;
    }
    const expired = this.#forget(gone.received, gone.why, gone.lost);
    // The server's application has ended it: a new session is not what it wants.
    const isOver = gone.why === 'ended' || !this.#options.startsAnew;
    this.#events.expired(expired);
    if (!isOver || this.#state.kind === 'closed') return;
    const code = gone.code ?? ResumeCloseCode.NOT_RESUMABLE;
    this.#finish(code, gone.reason ?? gone.why, (port) => port.close(1000, ''));
  }

  /** The counts of the two ends differ. */
  #regress(reason: string): void {
    const expired = this.#forget(undefined, 'regressed', undefined);
    this.#events.expired(expired);
    if (!('link' in this.#state)) return;
    const code = ResumeCloseCode.COUNTS;
    if (this.#options.startsAnew) this.#letGo(code, reason, (port) => port.close(code, reason));
    else this.#fail(code, reason);
  }

  #forget(handled: number | undefined, why: GoneReason, lost: Range | undefined): Expired {
    const { outbound, inbound } = this.#conversation;
    const returned = outbound.takeBack(handled ?? outbound.acknowledged);
    const end = inbound.reset();
    if (end) this.#events.message(end);
    this.#claim.forget();
    return { why, lost, returned };
  }

  #liveControl(message: ControlMessage): void {
    if (message.kind !== 'B') {
      this.#fail(ResumeCloseCode.PROTOCOL, `${message.kind} in a live session`);
      return;
    }
    if (message.drain) {
      this.#drain = message.drain;
      this.#conversation.isHeld = true;
      return;
    }
    // The server closes the connection; the closing handshake is the host's.
    this.#finish(message.code, message.reason);
  }

  #acknowledged(): void {
    this.#events.roomMade?.();
    if (this.#conversation.outbound.isEmpty) this.#events.flushed();
    this.#endIfSent();
  }

  #endIfSent(): void {
    const ending = this.#ending;
    if (this.#state.kind !== 'live' || !ending || this.#conversation.outbound.waitingMessages > 0) return;
    this.#conversation.acknowledge();
    this.#finish(ending.code, ending.reason, (port) => {
      port.control(formatGoodbye(ending));
      port.close(ending.code, ending.reason);
    });
  }

  #closed(code: number, reason: string): void {
    const state = this.#state;
    if (state.kind === 'plain') {
      this.#state = { kind: 'closed' };
      return;
    }
    if (isFinal(code)) {
      this.#finish(code, reason);
      return;
    }
    this.#interrupt(code, reason);
  }

  #interrupt(code: number, reason: string): void {
    const drain = this.#drain;
    this.#drain = undefined;
    this.#dropLink(() => {});
    this.#state = { kind: 'waiting' };
    this.#events.interrupted({ code, reason, after: drain?.after ?? afterHint(reason), url: drain?.url });
  }

  /** Leaves the connection at once, without waiting for its close, and keeps the session. */
  #letGo(code: number, reason: string, farewell: (port: LinkPort) => void): void {
    if (!('link' in this.#state) || this.#state.kind === 'plain') return;
    farewell(this.#state.link.port);
    this.#interrupt(code, reason);
  }

  #abandon(reason: string): void {
    this.#letGo(ResumeCloseCode.SILENT, reason, (port) => {
      port.close(ResumeCloseCode.SILENT, reason);
      port.abandon();
    });
  }

  /** The server broke a rule. The session is not used again. */
  #fail(code: number, reason: string): void {
    this.#finish(code, reason, (port) => port.close(code, reason));
  }

  #finish(code: number, reason: string, farewell: (port: LinkPort) => void = () => {}): void {
    if (this.#state.kind === 'closed') return;
    this.#dropLink(farewell);
    this.#state = { kind: 'closed' };
    const { returned } = this.#forget(undefined, 'ended', undefined);
    this.#events.closed({ code, reason, returned });
  }

  #dropLink(farewell: (port: LinkPort) => void): void {
    this.#startTimer.clear();
    this.#conversation.stop();
    if ('link' in this.#state) farewell(this.#state.link.port);
  }
}
