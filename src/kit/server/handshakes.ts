// What the kit's server decides on a handshake (kit specification §4.2 and §4.3), and why it refused one.

import type { IncomingMessage } from 'node:http';
import type { WebSocketError } from '../../core/errors.ts';
import { hostAndPort, peerAddress } from '../../node/address.ts';
import type { Accepted, Refused } from '../../server/decision.ts';
import type { UpgradeRequest } from '../../server/options.ts';
import { accept, refuse } from '../../server/upgrade-decision.ts';
import type { Policy } from '../policy.ts';
import { type AdmissionLimits, admits, BanList, excess } from './admission.ts';
import { Client, type ConnectionTable } from './connection-table.ts';

/** One for all servers of the process, as on a device. A ban survives `stop`. */
const banList = new BanList();

/** The kit's own reason for each request that it refused. */
const reasons = new WeakMap<IncomingMessage, string>();

/** What a handshake is judged by. */
export interface HandshakeRules {
  readonly limits: AdmissionLimits;
  readonly clients: ConnectionTable;
  /** Subprotocols that the server speaks. */
  readonly subprotocols: readonly string[];
  /** The policy when the listener started. */
  readonly settings: Policy;
}

/** Accepts a client with the first of its subprotocols that the server speaks, or refuses it with 503 or 429. */
export function decideHandshake(request: UpgradeRequest, rules: HandshakeRules): Accepted<Client> | Refused {
  const { remoteAddress, remotePort, message } = request;
  const refusal = refusalOf(remoteAddress, rules);
  if (refusal === undefined) {
    // RFC 6455 §4.2.2: a client whose offers do not match is accepted without a subprotocol.
    const subprotocol = request.subprotocols.find((name) => rules.subprotocols.includes(name)) ?? '';
    return accept({ context: new Client(remoteAddress, remotePort), subprotocol });
  }
  const reason = refusal.status === 503 ? excess(rules.limits, rules.clients, remoteAddress) : 'its address is banned';
  reasons.set(message, `client ${hostAndPort(remoteAddress, remotePort)} was refused: ${reason}`);
  // A device ends TCP without a response. What the engine writes after this reaches nobody.
  if (rules.settings.profile === 'device') message.socket.destroy();
  return refusal;
}

function refusalOf(ip: string, { limits, clients, settings }: HandshakeRules): Refused | undefined {
  if (!admits(limits, clients, ip)) return refuse(503, 'too many connections');
  if (limits.hasBans && !banList.admits(ip, settings.wallClock())) {
    return refuse(429, 'too many connections within a minute');
  }
  return undefined;
}

/** Why a request was refused, by the kit or by the engine: a sentence that names the client. */
export function refusalReason(request: IncomingMessage, error: WebSocketError): string {
  const { address, port } = peerAddress(request.socket);
  // The system forgets the address of a socket that has ended.
  const client = address === '' ? 'a client that has left' : `client ${hostAndPort(address, port)}`;
  return reasons.get(request) ?? `${client} was refused: ${error.message}`;
}
