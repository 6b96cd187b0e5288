// Decisions of an `upgrade` handler, checked before anything is sent. A decision is an object of the application's, which
// may be made by hand, so nothing in it is trusted.

import type { Limits } from '../core/connection/limits.ts';
import { limitsSchema } from '../core/connection/option-rows.ts';
import type { Some } from '../core/connection/settings.ts';
import { responseError, type WebSocketError, webSocketError } from '../core/errors.ts';
import type { CompressionOptions } from '../core/extension/compression-settings.ts';
import { type AcceptedDeflate, acceptDeflate } from '../core/extension/permessage-deflate.ts';
import type { HeaderFields } from '../core/handshake/header-fields.ts';
import {
  acceptanceFields,
  furtherFields,
  type HandshakeOffer,
  refusalFields,
  selectSubprotocol,
} from '../core/handshake/server.ts';
import { readOptions } from '../core/option-check.ts';
import { size } from '../core/option-kinds.ts';
import { nodeCompression } from '../node/zlib/compression.ts';
import type { Accepted, Decision, Refused, Released } from './decision.ts';
import { applicationOffers, resumableName } from './resumable-offer.ts';

/** What a server speaks beyond the basic protocol. */
export interface Spoken {
  readonly subprotocols: readonly string[];
  /** Absent: no compression. */
  readonly compression: CompressionOptions | undefined;
  /** Whether the socket may be kept by who decides. */
  readonly mayRelease: boolean;
  /** Whether clients may resume. */
  readonly hasSessions: boolean;
  /** Whether a decision may have messages of a session read in parts. */
  readonly mayStreamSessions: boolean;
}

/** An acceptance that can be sent. */
export interface Acceptance<Context> {
  readonly kind: 'accept';
  /** Name, value, name, value … */
  readonly fields: readonly string[];
  /** As the application sees it. `''`: none. */
  readonly subprotocol: string;
  /** Whether a session was agreed on. */
  readonly isResumable: boolean;
  /** Absent: no compression. */
  readonly deflate: AcceptedDeflate | undefined;
  readonly context: Context;
  /** Checked bounds that differ from the server's. */
  readonly limits: Some<Limits> | undefined;
  /** Checked, if it differs from the server's. */
  readonly streamAbove: number | undefined;
}

/** A refusal that can be sent. */
export interface Refusal {
  readonly kind: 'refuse';
  readonly status: number;
  /** Name, value, name, value … */
  readonly fields: readonly string[];
  /** In the body of the response. */
  readonly reason: string;
  /** The error that the application's `refused` gets. */
  readonly error: WebSocketError;
}

/**
 * Checks a decision.
 *
 * @throws for what is not a decision, cannot be sent, or was not offered by the client
 */
export function checkDecision<Context>(
  decision: Decision<Context> | Released | undefined,
  offer: HandshakeOffer,
  spoken: Spoken,
): Acceptance<Context> | Refusal | Released {
  switch (decision?.kind) {
    case 'release':
      if (spoken.mayRelease) return decision;
      break;
    case 'refuse':
      return checkRefusal(decision);
    case 'accept':
      return checkAcceptance(decision, offer, spoken);
  }
  if (decision === undefined) return checkAcceptance<Context>(PLAIN, offer, spoken);
  throw webSocketError('ERR_WS_OPTION', 'answer of upgrade', decision, 'accept(…), refuse(…) or undefined');
}

/** The acceptance without options. */
const PLAIN: Partial<Accepted<never>> = {};

/** @throws for what cannot be sent */
export function checkRefusal({ status, reason, headers }: Refused): Refusal {
  const error = responseError(status, 'ERR_WS_UPGRADE_REFUSED', status, reason);
  return { kind: 'refuse', status, fields: refusalFields(status, headers), reason: `${reason}`, error };
}

function checkAcceptance<Context>(
  { subprotocol: chosen, headers, context, limits: given, streamAbove: above }: Partial<Accepted<Context>>,
  offer: HandshakeOffer,
  spoken: Spoken,
): Acceptance<Context> {
  const { compression } = spoken;
  const deflate = compression && acceptDeflate(offer.extensions, compression, nodeCompression().canKeepContext);
  const offered = spoken.hasSessions ? applicationOffers(offer.subprotocols) : offer.subprotocols;
  const subprotocol = checkSubprotocol(chosen, offered, spoken.subprotocols);
  const resumable = spoken.hasSessions ? resumableName(subprotocol, offer.subprotocols) : undefined;
  const extensions = deflate && [deflate.extension];
  const fields = acceptanceFields(offer.accept, { subprotocol: resumable ?? subprotocol, extensions, headers });
  const limits = given && readOptions(limitsSchema, given, 'limits of accept');
  const streamAbove = above === undefined ? undefined : size.read(above, 'streamAbove of accept', {});
  const isResumable = resumable !== undefined;
  if (isResumable && streamAbove !== undefined && streamAbove !== Infinity && !spoken.mayStreamSessions) {
    const expected = "left out for a session with resume.mode 'ahead', or with 'spill': streams are not in the store";
    throw webSocketError('ERR_WS_OPTION', 'streamAbove of accept', streamAbove, expected);
  }
  return {
    kind: 'accept',
    fields,
    subprotocol,
    isResumable,
    deflate,
    context: context as Context,
    limits,
    streamAbove,
  };
}

/**
 * An acceptance with the fields that its owner adds at the end. If no subprotocol was selected, Sec-WebSocket-Protocol
 * among them selects one.
 *
 * @throws for fields that cannot be sent, and for a subprotocol that the client does not offer
 */
export function withFurtherFields<Context>(
  acceptance: Acceptance<Context>,
  headers: HeaderFields,
  { subprotocols }: HandshakeOffer,
): Acceptance<Context> {
  const further = furtherFields(headers, acceptance.subprotocol === '');
  const fields = [...acceptance.fields, ...further];
  const chosen = further.filter(
    (_, at) => at % 2 === 1 && /^sec-websocket-protocol$/iu.test(further[at - 1] as string),
  );
  if (chosen.length === 0) return { ...acceptance, fields };
  // RFC 6455 §11.3.4: the field must not appear more than once in a response.
  return { ...acceptance, fields, subprotocol: checkSubprotocol(chosen.join(', '), subprotocols, []) };
}

/** RFC 6455 §4.2.2: one of the client's offers, or none. */
function checkSubprotocol(chosen: string | undefined, offered: readonly string[], spoken: readonly string[]): string {
  if (chosen === undefined) return selectSubprotocol(offered, spoken);
  if (chosen === '' || offered.includes(chosen)) return chosen;
  const expected = `one of the client's offers: ${offered.join(', ') || 'none'}`;
  throw webSocketError('ERR_WS_OPTION', 'accept({ subprotocol })', chosen, expected);
}
