// Negotiation of permessage-deflate (RFC 7692 §7.1): the four parameters, what a client offers, which offer a server
// accepts and with what, and whether a response fits its offer. How messages are compressed is in message-compression.

import type { WebSocketError } from '../errors.ts';
import { type CompressionOptions, type DeflateAgreement, MAX_WINDOW_BITS } from './compression-settings.ts';
import type { Extension, ExtensionParameter } from './negotiation.ts';

export const EXTENSION_NAME = 'permessage-deflate';

/**
 * What a client offers: one offer that holds for everything it was asked to insist on. `client_max_window_bits` is
 * always in it, which lets the server choose our window (RFC 7692 §7.1.2.2).
 *
 * @param canKeepContext  of the host's `Compression`; without it neither side may take its context over
 */
export function deflateOffer(options: CompressionOptions, canKeepContext: boolean): Extension {
  const parameters: ExtensionParameter[] = [];
  if (options.serverNoContextTakeover || !canKeepContext) parameters.push(['server_no_context_takeover', true]);
  if (options.clientNoContextTakeover || !canKeepContext) parameters.push(['client_no_context_takeover', true]);
  if (options.serverMaxWindowBits < MAX_WINDOW_BITS) {
    parameters.push(['server_max_window_bits', String(options.serverMaxWindowBits)]);
  }
  const clientBits = options.clientMaxWindowBits;
  parameters.push(['client_max_window_bits', clientBits < MAX_WINDOW_BITS ? String(clientBits) : true]);
  return { name: EXTENSION_NAME, parameters };
}

/** The server's answer, and the parameters that an end goes by after it. */
export interface AcceptedDeflate {
  readonly extension: Extension;
  readonly agreement: DeflateAgreement;
}

/**
 * A server's choice: the first of the client's offers that is valid and can be met (RFC 7692 §5.1: they are in its
 * order of preference). An offer with an unknown, repeated or invalid parameter is declined (§7.1), the next one is
 * looked at.
 *
 * @returns `undefined`: none; the connection goes without compression
 */
export function acceptDeflate(
  offers: readonly Extension[],
  options: CompressionOptions,
  canKeepContext: boolean,
): AcceptedDeflate | undefined {
  for (const { name, parameters } of offers) {
    if (name !== EXTENSION_NAME) continue;
    const offer = readParameters(parameters);
    if (typeof offer === 'string') continue;
    const accepted = acceptOffer(offer, options, canKeepContext);
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

function acceptOffer(
  offer: Parameters,
  options: CompressionOptions,
  canKeepContext: boolean,
): AcceptedDeflate | undefined {
  const { client_max_window_bits: clientBits, server_max_window_bits: serverBits } = offer;
  // RFC 7692 §7.1.2.2: only a client that names the parameter can be told a window; one that does not may use all of 32
  // KiB.
  if (clientBits === undefined && options.clientMaxWindowBits < MAX_WINDOW_BITS) return undefined;
  const agreement = {
    serverNoContextTakeover:
      offer.server_no_context_takeover === true || options.serverNoContextTakeover || !canKeepContext,
    // RFC 7692 §7.1.1.2: the client's own hint saves us its context; otherwise we may ask for it unasked.
    clientNoContextTakeover:
      offer.client_no_context_takeover === true || options.clientNoContextTakeover || !canKeepContext,
    serverMaxWindowBits: Math.min(bits(serverBits), options.serverMaxWindowBits),
    clientMaxWindowBits: Math.min(bits(clientBits), options.clientMaxWindowBits),
  };
  const parameters: ExtensionParameter[] = [];
  if (agreement.serverNoContextTakeover) parameters.push(['server_no_context_takeover', true]);
  if (agreement.clientNoContextTakeover) parameters.push(['client_no_context_takeover', true]);
  // RFC 7692 §7.1.2.1: the same or a smaller value answers an offered one; unasked it tells the client what it may save.
  if (serverBits !== undefined || agreement.serverMaxWindowBits < MAX_WINDOW_BITS) {
    parameters.push(['server_max_window_bits', String(agreement.serverMaxWindowBits)]);
  }
  if (agreement.clientMaxWindowBits < MAX_WINDOW_BITS) {
    parameters.push(['client_max_window_bits', String(agreement.clientMaxWindowBits)]);
  }
  return { extension: { name: EXTENSION_NAME, parameters }, agreement };
}

/**
 * A client's check of what a server accepted (RFC 7692 §7.1): with anything that its offer does not allow, the client
 * fails the connection.
 *
 * @param accepted  the extensions of the response, all of them offered
 * @param failure   builds the error to throw from what is wrong
 * @returns `undefined` when the server declined
 */
export function confirmDeflate(
  accepted: readonly Extension[],
  options: CompressionOptions,
  canKeepContext: boolean,
  failure: (problem: string) => WebSocketError,
): AcceptedDeflate | undefined {
  const answers = accepted.filter(({ name }) => name === EXTENSION_NAME);
  const [answer] = answers;
  if (answer === undefined) return undefined;
  if (answers.length > 1) throw failure(`accepted ${answers.length} times; once is possible`);
  const parameters = readParameters(answer.parameters);
  if (typeof parameters === 'string') throw failure(parameters);
  const { server_max_window_bits: serverBits, client_max_window_bits: clientBits } = parameters;
  if (clientBits === true) throw failure('client_max_window_bits has no value; expected 8–15');
  const agreement = {
    serverNoContextTakeover: parameters.server_no_context_takeover === true,
    // RFC 7692 §7.1.1.2: the server's wish binds us; so does ours.
    clientNoContextTakeover:
      parameters.client_no_context_takeover === true || options.clientNoContextTakeover || !canKeepContext,
    serverMaxWindowBits: bits(serverBits),
    clientMaxWindowBits: Math.min(bits(clientBits), options.clientMaxWindowBits),
  };
  // RFC 7692 §7.1.1.1, §7.1.2.1: what was offered must be in the answer, or the offer should have been declined.
  if (!agreement.serverNoContextTakeover && (options.serverNoContextTakeover || !canKeepContext)) {
    throw failure('server_no_context_takeover was offered and is missing');
  }
  if (agreement.serverMaxWindowBits > options.serverMaxWindowBits) {
    throw failure(
      serverBits === undefined
        ? `server_max_window_bits=${options.serverMaxWindowBits} was offered and is missing`
        : `server_max_window_bits=${serverBits}; offered was ${options.serverMaxWindowBits}`,
    );
  }
  if (bits(clientBits) > options.clientMaxWindowBits && clientBits !== undefined) {
    throw failure(`client_max_window_bits=${clientBits}; offered was ${options.clientMaxWindowBits}`);
  }
  return { extension: answer, agreement };
}

interface Parameters {
  server_no_context_takeover?: true;
  client_no_context_takeover?: true;
  server_max_window_bits?: number;
  /** `true`: without a value, which is only possible in an offer (RFC 7692 §7.1.2.2). */
  client_max_window_bits?: number | true;
}

/** @returns what is wrong, in words, when a parameter is unknown, repeated, or has no valid value (RFC 7692 §7.1) */
function readParameters(list: readonly ExtensionParameter[]): Parameters | string {
  const parameters: Parameters = {};
  for (const [name, value] of list) {
    if (Object.hasOwn(parameters, name)) return `${name} is repeated`;
    switch (name) {
      case 'server_no_context_takeover':
      case 'client_no_context_takeover':
        if (value !== true) return `${name} has the value ${value}; it takes none`;
        parameters[name] = true;
        break;
      case 'server_max_window_bits':
      case 'client_max_window_bits':
        if (value === true) {
          if (name === 'server_max_window_bits') return `${name} has no value; expected 8–15`;
          parameters[name] = true;
          break;
        }
        // RFC 7692 §7.1.2: "a decimal integer value without leading zeroes between 8 to 15 inclusive".
        if (!/^([89]|1[0-5])$/.test(value)) return `${name}=${value}; expected 8–15`;
        parameters[name] = Number(value);
        break;
      default:
        return `unknown parameter ${name}`;
    }
  }
  return parameters;
}

function bits(value: number | true | undefined): number {
  return typeof value === 'number' ? value : MAX_WINDOW_BITS;
}
