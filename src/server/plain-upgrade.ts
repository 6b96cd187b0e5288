// An upgrade about which nothing is unusual, on a connection without a stream: a valid handshake that the server takes without
// asking the application. It does what `upgrade.ts` does with such a request. For any other one it does nothing, so that
// the request goes there.

import { WebSocketError } from '../core/errors.ts';
import { MessageCompression } from '../core/extension/message-compression.ts';
import { checkRequest, type HandshakeOffer, type HandshakeRequest } from '../core/handshake/server.ts';
import { equalsIgnoringCase } from '../core/handshake/token.ts';
import { nodeDigest } from '../node/environment.ts';
import { HandleTransport } from '../node/transport/handle-transport.ts';
import { nodeCompression } from '../node/zlib/compression.ts';
import type { ArrivedConnection } from './arrivals.ts';
import { checkDecision } from './checked-decision.ts';
import { acceptanceHead } from './http1-response.ts';
import type { UpgradePolicy } from './upgrade.ts';

/**
 * Accepts a handshake and begins its connection.
 *
 * @param rest  bytes after the head
 * @returns `false` if the request is for `upgrade`: it is invalid, or is to be refused or decided on. Nothing has been done
 */
export function acceptPlain<Context>(
  head: HandshakeRequest,
  { handle, peer, slot }: ArrivedConnection,
  rest: Uint8Array,
  policy: UpgradePolicy<Context>,
): boolean {
  if (policy.decide !== undefined || policy.refusal() !== undefined) return false;
  const offer = offerOf(head, policy);
  if (offer === undefined || slot.reserve() !== undefined) return false;
  const checked = checkDecision<Context>(undefined, offer, policy);
  if (checked.kind === 'refuse') return false;
  const { fields, subprotocol, deflate, context } = checked;
  const { compression: settings } = policy;
  slot.opened();
  const transport = HandleTransport.ofAccepted(handle);
  transport.writeHead(acceptanceHead(fields));
  const stream = { transport, start: (events: Parameters<typeof transport.start>[0]) => transport.start(events, rest) };
  policy.accepted(stream, {
    url: head.target,
    subprotocol,
    compression: deflate && settings && new MessageCompression('server', deflate, settings, nodeCompression()),
    remoteAddress: peer.address,
    remotePort: peer.port,
    encrypted: false,
    context,
    slot,
  });
  return true;
}

function offerOf(
  head: HandshakeRequest,
  policy: Pick<UpgradePolicy<never>, 'maxHeaderCount' | 'origins'>,
): HandshakeOffer | undefined {
  if (head.rawHeaders.length > 2 * policy.maxHeaderCount) return undefined;
  if (policy.origins !== undefined && !policy.origins.allows(originOf(head.rawHeaders))) return undefined;
  try {
    return checkRequest(head, nodeDigest);
  } catch (error) {
    if (error instanceof WebSocketError) return undefined;
    throw error;
  }
}

/** The field Origin. Several are one list, as Node gives it: a list is no origin, so it is not allowed. */
function originOf(rawHeaders: readonly string[]): string | undefined {
  let origin: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (!equalsIgnoringCase(rawHeaders[index] as string, 'origin')) continue;
    const value = rawHeaders[index + 1] as string;
    origin = origin === undefined ? value : `${origin}, ${value}`;
  }
  return origin;
}
