// The subprotocols that a constructor is given, by themselves or in its options.

import { isToken } from '../core/handshake/token.ts';
import { readOptions, type Schema } from '../core/option-check.ts';
import { isObject, isSequence } from './conversions.ts';

/** Subprotocols to offer, and the other options. */
export interface Request<Options> {
  readonly protocols: readonly string[];
  readonly options: Options;
}

/**
 * Reads the second argument of a constructor. What has no iterator is an object with options, where the standard would
 * make a string of it.
 *
 * @param takesList  whether it may be the subprotocols themselves, and one of them may stand for a list
 * @throws DOMException SyntaxError for a subprotocol. TypeError for options that are not an object. WebSocketError ERR_WS_OPTION for an
 *         option
 */
export function readRequest<Options extends { readonly protocols?: unknown }>(
  given: unknown,
  schema: Schema<Options>,
  takesList: boolean,
): Request<Omit<Options, 'protocols'>> {
  if (takesList && !(isObject(given) && !isSequence(given))) {
    return { protocols: offered(given), options: {} as Omit<Options, 'protocols'> };
  }
  if (given !== undefined && !isObject(given)) {
    throw new TypeError(`the options are ${String(given)}; expected an object such as ${schema.example}`);
  }
  const { protocols, ...options } = readOptions(schema, given);
  if (!takesList && protocols !== undefined && !isSequence(protocols)) {
    throw new TypeError(`option protocols is ${String(protocols)}; expected an array of subprotocols`);
  }
  return { protocols: offered(protocols), options };
}

/** As WebIDL converts `(DOMString or sequence<DOMString>)`. */
function offered(given: unknown): readonly string[] {
  if (given === undefined) return [];
  const protocols = isSequence(given) ? Array.from(given, (one) => `${one as string}`) : [`${given as string}`];
  const seen = new Set<string>();
  for (const protocol of protocols) {
    if (!isToken(protocol)) {
      throw new DOMException(
        `the subprotocol ${JSON.stringify(protocol)} cannot be offered: it must be a token such as chat.v1 (RFC 7230 §3.2.6)`,
        'SyntaxError',
      );
    }
    // Servers compare them in any case.
    const name = protocol.toLowerCase();
    if (seen.has(name)) {
      throw new DOMException(
        `the subprotocol ${JSON.stringify(protocol)} is given twice: offer each once`,
        'SyntaxError',
      );
    }
    seen.add(name);
  }
  return protocols;
}
