// What both ends do while a session is live on a connection: number and cut messages, count and acknowledge those of the
// peer, ask when it is silent (docs/resume.md, "Numbers", "Acknowledgements" and "Silence"). The handshake before it, and what
// becomes of the session, is with the two ends.

import type { Timer } from '../../core/ports.ts';
import { ResumeCloseCode } from './close-codes.ts';
import {
  type AnnouncedLimits,
  type ControlMessage,
  formatAcknowledgement,
  isControl,
  MORE,
  parseControl,
  QUERY,
  stuff,
  unstuff,
  VOID,
} from './control.ts';
import { ControlBudget } from './control-budget.ts';
import { Inbound, type Taking } from './inbound.ts';
import { MAX_UNACKNOWLEDGED, Outbound } from './outbound.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import type { Delivery, EndHost, LinkPort, Payload, SendOutcome } from './ports.ts';

/** Messages after which an acknowledgement is sent at once. */
const ACKNOWLEDGE_MESSAGES = 64;

/** What the end does for the conversation. */
export interface ConversationOwner {
  /** A message for the application, in order. */
  deliver(delivery: Delivery): void;
  /** A control message that is not of the conversation itself: `B`, `h`, or one that has no place in it. */
  control(message: ControlMessage): void;
  /** The peer has acknowledged. `upTo`: everything that it never needs again. */
  acknowledged(upTo: number): void;
  /** There is room again, after {@link Conversation.send} has answered `full` or {@link Conversation.isFull} was set. */
  writable(): void;
  /** The connection must be closed with this code: the peer broke a rule. */
  fail(code: number, reason: string): void;
  /** The peer did not answer in time. */
  silent(): void;
}

export interface ConversationSettings {
  /** What this end announces. */
  readonly limits: AnnouncedLimits;
  /** Bytes that may wait and be held, of the application's messages. */
  readonly maxQueued: number;
  /** Bytes of these from which the end counts as full, if it is less than the window. Absent: the window. */
  readonly highWaterMark?: number | undefined;
  /** Milliseconds from the first handled message to its acknowledgement. */
  readonly acknowledgeDelay: number;
  /** Milliseconds without an answer after which the peer counts as silent. */
  readonly answerTimeout: number;
  /** Any message of the peer counts as its answer; or only an `A` does, as for a page that is not run any more. */
  readonly anythingAnswers: boolean;
  readonly deliversPieces: boolean;
  /** Whether the number of the peer's control messages is bounded. */
  readonly limitsControl: boolean;
}

export class Conversation {
  readonly outbound: Outbound = new Outbound();
  readonly inbound: Inbound;
  /** Milliseconds of silence after which this end asks; 0: never. */
  heartbeat = 0;
  /** Times the answer timeout: more for a page that is hidden. */
  patience = 1;
  /** Data stays where it is: the peer drains. */
  isHeld = false;
  readonly #owner: ConversationOwner;
  readonly #settings: ConversationSettings;
  readonly #host: EndHost;
  readonly #acknowledgeTimer: Timer;
  readonly #watchTimer: Timer;
  readonly #budget: ControlBudget;
  #maxQueued: number;
  #port: LinkPort | undefined;
  #peer: AnnouncedLimits;
  #window: number;
  #part: number;
  #isAcknowledgementDue = false;
  /** An `A` is awaited, since this time. */
  #askedAt: number | undefined;
  #heardAt = 0;
  /** Number of the last piece when the peer was asked because much is unacknowledged: once for each new piece. */
  #askedFor = 0;
  #isWatching = false;
  #isFull = false;
  #isPumping = false;

  constructor(owner: ConversationOwner, settings: ConversationSettings, host: EndHost) {
    this.#owner = owner;
    this.#settings = settings;
    this.#host = host;
    const { limits, deliversPieces } = settings;
    this.inbound = new Inbound({ max: limits.max, deliversPieces }, (text) => host.textSize(text));
    this.#maxQueued = settings.maxQueued;
    this.#acknowledgeTimer = host.clock.timer({ expired: () => this.acknowledge() });
    this.#watchTimer = host.clock.timer({ expired: () => this.#watch() });
    this.#budget = new ControlBudget(host.clock);
    this.#peer = limits;
    this.#window = limits.buffer;
    this.#part = partSize(limits.buffer, limits.part);
  }

  /** Whether it has a connection. */
  get isLive(): boolean {
    return this.#port !== undefined;
  }

  /** Bytes of the application's messages that are held for replay, or wait. */
  get queuedBytes(): number {
    return this.outbound.heldBytes + this.outbound.waitingBytes;
  }

  /** Whether messages wait because the peer has not acknowledged enough. `writable` of the owner tells the end of it. */
  get isFull(): boolean {
    this.#isFull ||= this.outbound.waitingBytes > 0 || this.queuedBytes >= this.#fullAt;
    return this.#isFull;
  }

  get #fullAt(): number {
    return Math.max(1, Math.min(this.#window, this.#settings.highWaterMark ?? Infinity));
  }

  /** The size of a part that is sent now. */
  get part(): number {
    return this.#part;
  }

  /** The current connection has other bounds than the one before. @param maxQueued  as of the settings */
  adapt(taking: Taking, maxQueued: number): void {
    this.inbound.taking = taking;
    this.#maxQueued = maxQueued;
  }

  /** What the peer announced on the current connection. Before `start`. */
  meet(peer: AnnouncedLimits): void {
    this.#peer = peer;
    this.#window = Math.min(this.#settings.limits.buffer, peer.buffer);
    this.#part = partSize(this.#window, peer.part);
  }

  /**
   * The session is live on this connection.
   *
   * @param peerHas  number of the last message that the peer holds or has handled
   */
  start(port: LinkPort, peerHas: number): void {
    this.#port = port;
    this.isHeld = false;
    this.patience = 1;
    this.#askedAt = undefined;
    this.#askedFor = -1; // the answer may have been lost with the connection
    this.#heardAt = this.#host.clock.now();
    this.outbound.rewind(peerHas);
    this.#armWatch();
  }

  /** The connection is gone, or let go of. */
  stop(): void {
    this.#port = undefined;
    this.inbound.disconnected();
    this.#acknowledgeTimer.clear();
    this.#isAcknowledgementDue = false;
    this.#watchTimer.clear();
    this.#isWatching = false;
    this.#askedAt = undefined;
  }

  send(data: Payload, attachment: unknown): SendOutcome {
    const size = typeof data === 'string' ? this.#host.textSize(data) : data.length;
    if (size > this.#peer.max) return 'tooLarge';
    // If nothing is queued, a message larger than `maxQueued` is taken too: it could not be sent otherwise.
    if (this.queuedBytes > 0 && this.queuedBytes + size > this.#maxQueued) {
      this.#isFull = true;
      return 'full';
    }
    this.outbound.add(data, size, attachment);
    this.pump();
    return 'taken';
  }

  /** Begins a message whose content comes piece by piece. @param isBinary  absent: by what is written first */
  stream(isBinary: boolean | undefined): OutgoingStream {
    return new OutgoingStream(isBinary, this, this.#host);
  }

  /** Bytes that may be unacknowledged each way, by both ends. */
  get window(): number {
    return this.#window;
  }

  /** Bytes of the largest message that the peer takes. */
  get max(): number {
    return this.#peer.max;
  }

  /** Sends what there is room for. */
  pump(): void {
    // What `data` of the port calls back into must not send before what is being sent.
    if (this.#isPumping || this.isHeld) return;
    this.#isPumping = true;
    try {
      while (this.#port) {
        const piece = this.outbound.next(this.#window, this.#part);
        if (!piece) break;
        this.#budget.earn();
        if (piece.end !== 'last') this.#port.control(piece.end === 'more' ? MORE : VOID);
        const { data, item } = piece;
        const onWire = typeof data === 'string' ? stuff(data) : data;
        this.#port?.data(onWire, onWire === item.whole ? item.attachment : undefined);
      }
    } finally {
      this.#isPumping = false;
    }
    if (!this.#port) return;
    if (this.#askedAt === undefined && this.#askedFor !== this.outbound.cursor && this.#isHalfFull()) this.ask();
    else if (!this.#isWatching) this.#armWatch();
  }

  /** The application has handled this. A delivery of another session is ignored. */
  handled(delivery: Delivery): void {
    this.inbound.settle(delivery);
    this.#considerAcknowledging();
  }

  /** Acknowledges now what was handled, whether it is anything new or not. */
  acknowledge(): void {
    this.#acknowledgeTimer.clear();
    this.#isAcknowledgementDue = false;
    if (!this.#port) return;
    this.inbound.acknowledged();
    this.#port.control(formatAcknowledgement(this.inbound.handled, this.outbound.cursor));
  }

  /** Asks for an acknowledgement. */
  ask(): void {
    this.#askedAt ??= this.#host.clock.now();
    this.#askedFor = this.outbound.cursor;
    this.#port?.control(QUERY);
    this.#armWatch();
  }

  /** Something came from the peer, though no whole message yet. */
  alive(): void {
    this.#heardAt = this.#host.clock.now();
  }

  /** One message of the peer. */
  receive(data: Payload): void {
    this.alive();
    if (typeof data === 'string' && isControl(data)) this.#control(parseControl(data));
    else this.#data(typeof data === 'string' ? unstuff(data) : data);
  }

  #data(data: Payload): void {
    const size = typeof data === 'string' ? this.#host.textSize(data) : data.length;
    this.#budget.earn();
    const { inbound } = this;
    const delivery = inbound.take(data, size);
    if (typeof delivery === 'string') {
      this.#owner.fail(ResumeCloseCode.PROTOCOL, delivery);
      return;
    }
    const bound = Math.max(this.#settings.limits.buffer, size);
    if (inbound.unacknowledgedBytes > bound || inbound.unacknowledgedMessages > MAX_UNACKNOWLEDGED) {
      this.#owner.fail(ResumeCloseCode.PROTOCOL, `more than ${bound} bytes are unacknowledged`);
      return;
    }
    if (delivery) this.#owner.deliver(delivery);
    this.#considerAcknowledging();
  }

  #control(message: ControlMessage): void {
    if (this.#settings.limitsControl && !this.#budget.spend()) {
      this.#owner.fail(ResumeCloseCode.PROTOCOL, 'too many control messages');
      return;
    }
    switch (message.kind) {
      case 'A':
        this.#acknowledgement(message.handled, message.sent);
        return;
      case 'Q':
        this.acknowledge();
        return;
      case '+':
      case '!':
        if (!this.inbound.mark(message.kind))
          this.#owner.fail(ResumeCloseCode.PROTOCOL, `${message.kind} in a wrong place`);
        return;
      case 'ignored':
        return;
      case 'invalid':
        this.#owner.fail(ResumeCloseCode.PROTOCOL, message.problem);
        return;
      default:
        this.#owner.control(message);
        return;
    }
  }

  #acknowledgement(handled: number, sent: number): void {
    const { outbound, inbound } = this;
    if (sent !== inbound.received) {
      this.#owner.fail(ResumeCloseCode.COUNTS, `peer sent ${sent}, received ${inbound.received}`);
      return;
    }
    if (handled > outbound.cursor) {
      this.#owner.fail(ResumeCloseCode.COUNTS, `peer handled ${handled}, sent ${outbound.cursor}`);
      return;
    }
    this.#askedAt = undefined;
    const isNew = handled > outbound.acknowledged;
    if (isNew) outbound.acknowledge(handled);
    if (isNew) this.pump();
    this.#owner.acknowledged(handled);
    if (this.#isFull && outbound.waitingBytes === 0 && this.queuedBytes <= this.#fullAt / 2) {
      this.#isFull = false;
      this.#owner.writable();
    }
  }

  #considerAcknowledging(): void {
    const { owedMessages, owedBytes } = this.inbound;
    if (owedMessages === 0 || !this.#port) return;
    if (owedMessages >= ACKNOWLEDGE_MESSAGES || owedBytes >= this.#window / 4) {
      this.acknowledge();
      return;
    }
    if (this.#isAcknowledgementDue) return;
    this.#isAcknowledgementDue = true;
    this.#acknowledgeTimer.set(this.#settings.acknowledgeDelay);
  }

  #isHalfFull(): boolean {
    const { sent, acknowledged, heldBytes } = this.outbound;
    return heldBytes * 2 >= this.#window || (sent - acknowledged) * 2 >= MAX_UNACKNOWLEDGED;
  }

  /** Sets the one timer for the next time that the peer's silence means something. */
  #armWatch(): void {
    const delay = this.#untilNextLook();
    this.#isWatching = delay !== undefined && this.#port !== undefined;
    if (this.#isWatching) this.#watchTimer.set(Math.max(1, delay ?? 0));
    else this.#watchTimer.clear();
  }

  #untilNextLook(): number | undefined {
    const now = this.#host.clock.now();
    if (this.#askedAt !== undefined) return this.#answerDueAt(this.#askedAt) - now;
    if (this.heartbeat === 0 || !this.#wantsToAsk()) return undefined;
    return this.#heardAt + this.heartbeat - now;
  }

  #answerDueAt(askedAt: number): number {
    const since = this.#settings.anythingAnswers ? Math.max(askedAt, this.#heardAt) : askedAt;
    return since + this.#settings.answerTimeout * this.patience;
  }

  /** An end that only looks for `A` asks where one is missing; another one whenever it hears nothing. */
  #wantsToAsk(): boolean {
    return this.#settings.anythingAnswers || this.outbound.cursor > this.outbound.acknowledged;
  }

  #watch(): void {
    const delay = this.#untilNextLook();
    if (delay === undefined || delay > 0) {
      this.#armWatch();
      return;
    }
    if (this.#askedAt === undefined) this.ask();
    else this.#owner.silent();
  }
}

function partSize(window: number, part: number): number {
  return Math.max(16, Math.min(part, Math.floor(window / 4)));
}
