// permessage-deflate's parameters (RFC 7692 §7.1), any offers and any answers, held against a plain reading of the
// clauses: which offer is taken, what the answer may say, and that both ends go by the same afterwards.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WebSocketError, webSocketError } from '../../../src/core/errors.ts';
import type { CompressionOptions } from '../../../src/core/extension/compression-settings.ts';
import { type Extension, formatExtensions, parseExtensions } from '../../../src/core/extension/negotiation.ts';
import { acceptDeflate, confirmDeflate, deflateOffer } from '../../../src/core/extension/permessage-deflate.ts';
import { compressionOptions } from '../../support/compression-options.ts';
import { type PlainOffer, plainOffer } from '../plain-fields.ts';
import { Choices } from '../random.ts';
import type { FuzzTarget } from '../target.ts';

const NAMES = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
  'unknown',
];
const VALUES = ['8', '9', '10', '11', '12', '13', '14', '15', '7', '16', '08', '+9', '1e1', '', ' 9', '9.0', '0xa'];

/** Input: choices. */
export const negotiationTarget: FuzzTarget = {
  name: 'negotiation',
  arbitrary: fc.uint8Array({ maxLength: 40 }),
  run(input) {
    const choices = new Choices(input);
    const server = options(choices);
    const client = options(choices);
    const canKeep = choices.below(4) !== 0;
    if (choices.isTrue()) return anyOffers(choices, server, canKeep);
    return choices.isTrue() ? anyAnswer(choices, client, canKeep) : ownOffer(client, server, canKeep, choices.isTrue());
  },
};

function options(choices: Choices): CompressionOptions {
  const bits = () => (choices.isTrue() ? 15 : 8 + choices.below(8));
  return compressionOptions({
    serverNoContextTakeover: choices.isTrue(),
    clientNoContextTakeover: choices.isTrue(),
    serverMaxWindowBits: bits(),
    clientMaxWindowBits: bits(),
  }) as CompressionOptions;
}

function extension(choices: Choices): Extension {
  const name = choices.below(8) === 0 ? 'x-other' : 'permessage-deflate';
  const parameters = Array.from({ length: choices.below(5) }, () => {
    const parameter = choices.pick(NAMES);
    const isFlag = parameter.endsWith('takeover');
    const hasValue = choices.below(4) === 0 ? isFlag : !isFlag;
    return [parameter, hasValue ? choices.pick(VALUES) : true] as const;
  });
  return { name, parameters };
}

/** A server and whatever a client offers. */
function anyOffers(choices: Choices, server: CompressionOptions, canKeep: boolean): string {
  const offers = Array.from({ length: 1 + choices.below(3) }, () => extension(choices));
  const accepted = acceptDeflate(offers, server, canKeep);
  // RFC 7692 §5.1, §7.1: the first one that is valid; and, where the client's window is to be smaller, that lets it be
  // set.
  const plain = offers
    .filter(({ name }) => name === 'permessage-deflate')
    .map(({ parameters }) => plainOffer(parameters))
    .find(
      (offer) => offer !== undefined && (offer.clientMaxWindowBits !== undefined || server.clientMaxWindowBits === 15),
    );
  assert.equal(accepted === undefined, plain === undefined, formatExtensions(offers));
  if (accepted === undefined || plain === undefined) return 'declined';
  const { agreement, extension: answer } = accepted;
  checkAnswer(plain, plainOffer(answer.parameters), formatExtensions([answer]));
  assert.ok(agreement.serverMaxWindowBits <= server.serverMaxWindowBits);
  assert.ok(agreement.clientMaxWindowBits <= server.clientMaxWindowBits);
  assert.ok(canKeep || (agreement.serverNoContextTakeover && agreement.clientNoContextTakeover));
  return answer.parameters.map(([name]) => name).join();
}

/** What RFC 7692 §7.1 lets an answer say to an offer. */
function checkAnswer(offer: PlainOffer, answer: PlainOffer | undefined, text: string): void {
  assert.ok(answer !== undefined, `valid: ${text}`);
  // RFC 7692 §7.1.1.1: "MUST include … in the response"; §7.1.2.1: "the same or smaller value".
  assert.ok(!offer.serverNoContextTakeover || answer.serverNoContextTakeover, text);
  if (offer.serverMaxWindowBits !== undefined) {
    assert.ok((answer.serverMaxWindowBits ?? 99) <= offer.serverMaxWindowBits, text);
  }
  // RFC 7692 §7.1.2.2: only when offered, with a value, and no larger than the offered one.
  assert.ok(answer.clientMaxWindowBits !== true, text);
  if (offer.clientMaxWindowBits === undefined) assert.equal(answer.clientMaxWindowBits, undefined, text);
  if (typeof offer.clientMaxWindowBits === 'number') {
    assert.ok(
      (answer.clientMaxWindowBits ?? 15) <= offer.clientMaxWindowBits || answer.clientMaxWindowBits === undefined,
      text,
    );
  }
}

/** Our client and whatever a server answers. */
function anyAnswer(choices: Choices, client: CompressionOptions, canKeep: boolean): string {
  const answers = Array.from({ length: 1 + choices.below(2) }, () => extension(choices));
  const ours = answers.filter(({ name }) => name === 'permessage-deflate');
  const offer = plainOffer(deflateOffer(client, canKeep).parameters) as PlainOffer;
  const [first] = ours;
  const answer = first && plainOffer(first.parameters);
  let isRight = ours.length <= 1;
  if (isRight && first !== undefined) {
    try {
      checkAnswer(offer, answer, '');
    } catch {
      isRight = false;
    }
  }
  let code = 'agreed';
  try {
    const confirmed = confirmDeflate(answers, client, canKeep, (problem) =>
      webSocketError('ERR_WS_RESPONSE_DEFLATE', problem),
    );
    if (confirmed === undefined) code = 'declined';
  } catch (error) {
    assert.ok(error instanceof WebSocketError && error.code === 'ERR_WS_RESPONSE_DEFLATE');
    code = `${error.code} ${error.message.replace(/.*: /s, '').replace(/[=\d].*/, '')}`;
  }
  assert.equal(!code.startsWith('ERR'), isRight, formatExtensions(answers));
  return code;
}

/** Our client and our server: over the wire both go by the same, or the server declines. */
function ownOffer(client: CompressionOptions, server: CompressionOptions, canKeep: boolean, other: boolean): string {
  const malformed = (problem: string) => webSocketError('ERR_WS_RESPONSE_DEFLATE', problem);
  const offered = parseExtensions(formatExtensions([deflateOffer(client, canKeep)]), malformed);
  const accepted = acceptDeflate(offered, server, other);
  assert.ok(accepted !== undefined, 'what one end offers the other can meet');
  const answer = parseExtensions(formatExtensions([accepted.extension]), malformed);
  const confirmed = confirmDeflate(answer, client, canKeep, malformed);
  assert.ok(confirmed !== undefined);
  const { agreement } = confirmed;
  assert.equal(agreement.serverMaxWindowBits, accepted.agreement.serverMaxWindowBits);
  assert.equal(agreement.serverNoContextTakeover, accepted.agreement.serverNoContextTakeover);
  // The client may use less than the server must be ready for.
  assert.ok(agreement.clientMaxWindowBits <= accepted.agreement.clientMaxWindowBits);
  assert.ok(agreement.clientNoContextTakeover || !accepted.agreement.clientNoContextTakeover);
  return 'own';
}
