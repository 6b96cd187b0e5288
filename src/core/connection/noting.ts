// What is counted of a connection, and what its observers are told: each event of its life goes through here once. What
// the application is told is in reports.ts.

import { plainBytesOf } from '../brands.ts';
import { FIN_BIT, OPCODE_BITS, Opcode, RSV1_BIT } from '../constants.ts';
import type { WebSocketError } from '../errors.ts';
import type { MessageData } from '../message/message-data.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { Meter, SlowConsumerMetrics } from '../meter.ts';
import type { Direction, Observers } from '../observer.ts';
import type { Host } from '../ports.ts';
import type { AccountOf, Accounts } from './accounts.ts';
import type { CloseEvent } from './close-event.ts';

/** The connection. */
export interface Noted {
  readonly peer: unknown;
  readonly host: Host;
  /** Counts all connections of its server, or all clients. */
  readonly meter: Meter;
  readonly observers: Observers<unknown>;
  readonly accounts: Accounts;
  /** Its row in `accounts`. */
  account: AccountOf;
}

/** Milliseconds since the epoch. */
export function wallTime({ clock }: Host): number {
  return clock.wall?.() ?? clock.now();
}

export function noteOpen({ observers, host, peer }: Noted): void {
  if (!observers.isEmpty) observers.tell(host.scheduler, (observer) => observer.open?.(peer));
}

/** A frame has arrived or is queued, and an observer wants it. */
export function noteFrame(
  { observers, host, peer }: Noted,
  direction: Direction,
  first: number,
  size: number,
  payload: Uint8Array,
): void {
  const frame = {
    direction,
    opcode: first & OPCODE_BITS,
    fin: first >= FIN_BIT,
    rsv1: (first & RSV1_BIT) !== 0,
    size,
    payload,
  };
  observers.tell(host.scheduler, (observer) => observer.frame?.(peer, frame));
}

/** A message has arrived, and an observer wants it. */
export function noteReceived(owner: Noted, data: string | Uint8Array, isBinary: boolean): void {
  tellMessage(owner, 'received', data, isBinary);
}

/** A message has been queued, and an observer wants it. @param isBinary  absent: by the type of the data */
export function noteSent(owner: Noted, data: MessageData, isBinary = typeof data !== 'string'): void {
  tellMessage(owner, 'sent', typeof data === 'string' ? data : (plainBytesOf(data) as Uint8Array), isBinary);
}

/** As {@link noteSent}, for a message that other connections send too. */
export function notePrepared(owner: Noted, message: PreparedMessage): void {
  const { opcode, payload } = message;
  const isText = opcode === Opcode.text;
  const data = isText ? owner.host.text.decode(payload, 0, payload.length) : payload;
  tellMessage(owner, 'sent', data, !isText);
}

function tellMessage(
  { observers, host, peer }: Noted,
  direction: Direction,
  data: string | Uint8Array,
  isBinary: boolean,
): void {
  observers.tell(host.scheduler, (observer) => observer.message?.(peer, direction, data, isBinary));
}

/** What waited has left. */
export function noteDrain({ observers, host, peer }: Noted): void {
  if (!observers.isEmpty) observers.tell(host.scheduler, (observer) => observer.drain?.(peer));
}

/** The policy for slow peers has done something. */
export function noteSlow({ meter, observers, host, peer }: Noted, action: keyof SlowConsumerMetrics): void {
  meter.slowConsumers[action]++;
  if (!observers.isEmpty) observers.tell(host.scheduler, (observer) => observer.slowConsumer?.(peer, action));
}

/** A ping of the keep-alive has been answered. @param time  milliseconds */
export function noteRoundTrip(owner: Noted, time: number): void {
  owner.meter.roundTrip.record(time);
  owner.accounts.roundTrip(owner.account, time);
}

/** The connection fails or is lost. It is counted when it has ended. */
export function noteError({ observers, host, peer }: Noted, error: WebSocketError): void {
  if (!observers.isEmpty) observers.tell(host.scheduler, (observer) => observer.error?.(peer, error));
}

/** The connection has ended. */
export function noteClose(owner: Noted, event: CloseEvent): void {
  const { meter, observers, host, peer } = owner;
  const account = owner.accounts.close(owner.account);
  owner.account = account;
  meter.closed(owner.accounts.now - account.openedAt);
  if (event.error !== undefined) meter.error(event.error.code);
  if (!observers.isEmpty) observers.tell(host.scheduler, (observer) => observer.close?.(peer, event));
}
