// What one upgrade needs of its server: the rules, the calls of the application, and whom to tell of the outcome.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketError } from '../core/errors.ts';
import type { Excess, Slot } from './admission.ts';
import type { AllowedOrigins } from './allowed-origins.ts';
import type { Spoken } from './checked-decision.ts';
import type { Decision, Refused, Released } from './decision.ts';
import type { UpgradedStream } from './handshake-answer.ts';
import type { HandshakeNotes } from './handshake-notes.ts';
import type { UpgradeRequest } from './options.ts';
import type { ProxyHeader } from './proxy-header.ts';
import type { Handshake, ServerConnection } from './server-connection.ts';
import type { SessionHandshake } from './session-seam.ts';
import type { TrustedProxies } from './trusted-proxies.ts';
import type { UpgradeOwner } from './upgrade-owner.ts';

/** The rules of a server for upgrades, and the calls of its application. */
export interface UpgradePolicy<Context> extends Spoken {
  /** Milliseconds for `decide`. 0: no bound. */
  readonly decisionTimeout: number;
  readonly maxHeaderCount: number;
  /** Absent: all origins. */
  readonly origins: AllowedOrigins | undefined;
  readonly proxies: TrustedProxies;
  /** The server has paths, and this is none of them. */
  readonly notFound?: WebSocketError | undefined;
  /** The parameters of a request target. */
  paramsOf(target: string): Readonly<Record<string, string>>;
  /** The upgrades that wait for their decision. */
  readonly pending: Set<PendingUpgrade>;
  /** Asks the application. Absent: every valid handshake is accepted. */
  readonly decide: Decide<Context> | undefined;
  /** Further rules of an owner's: see `UpgradeOwner`. */
  readonly invalid?: UpgradeOwner<Context>['invalid'];
  readonly accepting?: UpgradeOwner<Context>['accepting'];
  readonly opened?: UpgradeOwner<Context>['opened'];
  /** Ends the body of a refusal. */
  readonly bodyEnd: string;
  /** The slot of the socket that a request came on, or why it is one too many. */
  slotOf(socket: Duplex): Slot | Excess;
  /** What a proxy said in front of the socket that a request came on. */
  proxyHeaderOf(socket: Duplex): ProxyHeader | undefined;
  /** A refusal for all upgrades, e.g. while draining. */
  refusal(): Refused | undefined;
  /** Counts it, and tells observers. */
  readonly notes: HandshakeNotes<Context>;
  /** A handshake has been accepted. @param accepted  to call before the `open` handler */
  accepted(
    stream: UpgradedStream,
    handshake: Handshake<Context>,
    opened: ((connection: ServerConnection<Context>) => unknown) | undefined,
    accepted: ((connection: ServerConnection<Context>) => void) | undefined,
  ): void;
  /** A handshake that agreed on a session has been accepted. */
  sessionAccepted(stream: UpgradedStream, handshake: Omit<SessionHandshake<Context>, 'place'>): void;
  /** A handshake has been refused, or its client has left. */
  refused(request: IncomingMessage, error: WebSocketError): void;
  /**
   * `decide` has failed with `exception`.
   *
   * @param error     the error that `refused` got
   * @param wasTold   whether it got it: it does not, if the client had left or been answered before
   */
  failed(request: IncomingMessage, exception: unknown, error: WebSocketError, wasTold: boolean): void;
}

type Decide<Context> = (
  request: UpgradeRequest,
) => Decision<Context> | Released | PromiseLike<Decision<Context> | Released>;

/** An upgrade whose decision takes time. */
export interface PendingUpgrade {
  /** Refuses it without waiting any longer. */
  refuse(refusal: Refused): void;
}
