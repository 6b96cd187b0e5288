// The books of the soak test. Each end of each connection reports what it sent and got; here the two reports are held
// against each other. Order and content have been checked by the receivers, message by message, so counts suffice.
//
//   at the end of the run   got  =  sent
//   a clean end             got  =  sent − told an error        (nobody is told of broadcasts: at most the last are missing)
//   … of the receiver's     got  ≤  sent − told an error        (after its own close() nothing is delivered to it)
//   any other end           got  ≤  sent                        and somebody must have wanted it

/** What was done to a connection to end it. */
export type Intent =
  /** Nothing: the other end did it. */
  | 'none'
  | 'close'
  /** The same, at the end of the run, when nobody was sending any more: all must have arrived. */
  | 'done'
  | 'terminate'
  | 'reset'
  /** Stopped reading, until the heartbeat of the other end found out. */
  | 'freeze'
  /** Did not read while the other end sent more than may wait. */
  | 'overflow'
  /** It got no answer to its handshake in time, or was refused; the server may have known it, or not. */
  | 'attempt';

/** One end of one connection, at its end. */
export interface EndReport {
  readonly id: number;
  readonly side: 'client' | 'server';
  readonly intent: Intent;
  /** Messages given to `send`. */
  readonly sent: number;
  /** Of those: dropped, and the sender was told. */
  readonly failed: number;
  readonly received: number;
  /** Broadcasts sent, by the server; received, by the client. */
  readonly broadcasts: number;
  /** Number of the first broadcast; -1: there was none. */
  readonly firstBroadcast: number;
  readonly code: number;
  readonly wasClean: boolean;
  /** Code of the error; `''`: none. */
  readonly error: string;
}

export interface Totals {
  /** Connections whose both ends have reported. */
  connections: number;
  clean: number;
  /** Messages sent, both ways. */
  sent: number;
  received: number;
  /** Dropped at an end, and the sender was told. */
  toldFailed: number;
  /** The same, of what was sent to a client that did not read. */
  overflowed: number;
  /** Sent on a connection that was cut, or to an end that had closed, and not received. */
  lostWithConnection: number;
  broadcastsSent: number;
  broadcastsReceived: number;
  /** Frozen peers that the server's heartbeat found. */
  foundByHeartbeat: number;
  /** Peers that did not read, given up with 1013. */
  overflows: number;
  /** Of those: they saw the Close frame with 1013 once they read again. */
  overflowsTold: number;
}

/** How many violations are kept in words. */
const KEPT = 50;

export class Ledger {
  readonly totals: Totals = {
    connections: 0,
    clean: 0,
    sent: 0,
    received: 0,
    toldFailed: 0,
    overflowed: 0,
    lostWithConnection: 0,
    broadcastsSent: 0,
    broadcastsReceived: 0,
    foundByHeartbeat: 0,
    overflows: 0,
    overflowsTold: 0,
  };
  /** How connections ended: intent of the client and the server, code and error at both. */
  readonly endings = new Map<string, number>();
  readonly violations: string[] = [];
  #violationCount = 0;
  readonly #unmatched = new Map<number, EndReport>();

  get violationCount(): number {
    return this.#violationCount;
  }

  /** Connections of which only one end has reported. */
  get unmatched(): number {
    return this.#unmatched.size;
  }

  violate(text: string): void {
    this.#violationCount++;
    if (this.violations.length < KEPT) this.violations.push(text);
  }

  add(report: EndReport): void {
    const other = this.#unmatched.get(report.id);
    if (other === undefined) {
      this.#unmatched.set(report.id, report);
      return;
    }
    this.#unmatched.delete(report.id);
    if (other.side === report.side) {
      this.violate(`connection ${report.id}: the ${report.side} reported its end twice`);
      return;
    }
    if (report.side === 'client') this.#judge(report, other);
    else this.#judge(other, report);
  }

  /** All connections have ended: each must have been known at both ends. */
  finish(): void {
    for (const { id, side, intent } of this.#unmatched.values()) {
      if (intent !== 'attempt') this.violate(`connection ${id}: only the ${side} has seen its end`);
    }
    this.#unmatched.clear();
  }

  #judge(client: EndReport, server: EndReport): void {
    const { totals } = this;
    const isClean = client.wasClean && server.wasClean;
    totals.connections++;
    if (isClean) totals.clean++;
    this.#judgeDirection('to the server', client, server, isClean);
    this.#judgeDirection('to the client', server, client, isClean);
    this.#judgeBroadcasts(client, server, isClean);
    this.#judgeEnd(client, server, isClean);
    const ending = `${endOf(client)} · ${endOf(server)}`;
    this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
  }

  #judgeDirection(name: string, sender: EndReport, receiver: EndReport, isClean: boolean): void {
    const { totals } = this;
    const missing = sender.sent - sender.failed - receiver.received;
    totals.sent += sender.sent;
    totals.received += receiver.received;
    if (receiver.intent === 'overflow') totals.overflowed += sender.failed;
    else totals.toldFailed += sender.failed;
    const counts = `${sender.sent} sent, ${sender.failed} of them failed, ${receiver.received} received`;
    const isDone = isClean && (sender.intent === 'done' || receiver.intent === 'done');
    if (isDone && receiver.received !== sender.sent) {
      this.violate(`connection ${sender.id}, ${name}: ${counts}, at the end of the run`);
    } else if (isClean && (missing < 0 || (missing > 0 && receiver.intent !== 'close'))) {
      this.violate(`connection ${sender.id}, ${name}: ${counts}, though it ended cleanly`);
    } else if (receiver.received > sender.sent) {
      this.violate(`connection ${sender.id}, ${name}: ${counts}`);
    } else {
      totals.lostWithConnection += Math.max(0, missing);
    }
  }

  #judgeBroadcasts(client: EndReport, server: EndReport, isClean: boolean): void {
    const { totals } = this;
    totals.broadcastsSent += server.broadcasts;
    totals.broadcastsReceived += client.broadcasts;
    // RFC 6455 §7.1.2: before its own Close the server sends what was queued; a Close of the client makes it drop
    // the rest.
    const mustBeAll = client.intent === 'done' || (client.intent === 'none' && server.intent === 'close');
    if (client.broadcasts > server.broadcasts || (isClean && mustBeAll && client.broadcasts < server.broadcasts)) {
      this.violate(
        `connection ${client.id}: ${server.broadcasts} broadcasts sent, ${client.broadcasts} received (${endOf(client)})`,
      );
    } else if (client.broadcasts > 0 && client.firstBroadcast !== server.firstBroadcast) {
      this.violate(
        `connection ${client.id}: the first broadcast was ${client.firstBroadcast}, not ${server.firstBroadcast}`,
      );
    }
  }

  #judgeEnd(client: EndReport, server: EndReport, isClean: boolean): void {
    const { totals } = this;
    const mustBeClean = client.intent === 'none' || client.intent === 'close' || client.intent === 'done';
    if (mustBeClean && !isClean) {
      this.violate(`connection ${client.id} was cut, though nobody meant to: ${endOf(client)} · ${endOf(server)}`);
    }
    if (client.intent === 'none' && server.intent === 'none') {
      this.violate(`connection ${client.id} ended, though neither end wanted it: ${endOf(client)} · ${endOf(server)}`);
    }
    if (client.intent === 'freeze' && server.error === 'ERR_WS_HEARTBEAT') totals.foundByHeartbeat++;
    if (client.intent === 'overflow') {
      totals.overflows++;
      if (client.code === 1013) totals.overflowsTold++;
      if (server.error !== 'ERR_WS_SLOW_CONSUMER') {
        this.violate(`connection ${client.id} did not read, and the server reported ${server.error || 'no error'}`);
      }
    }
  }
}

function endOf({ side, intent, code, error }: EndReport): string {
  const kind = code >= 3000 ? 'private code' : String(code);
  return `${side}: ${intent}, ${kind}${error === '' ? '' : ` ${error}`}`;
}
