// Grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1) and the rules that hold for every extension: a client takes none
// that it did not offer; a server may ignore what is offered, and one that supports none answers with no field at all.
// What the parameters of an extension mean is left to the extension.

import type { WebSocketError } from '../errors.ts';
import { endOfSpace, endOfToken, isToken } from '../handshake/token.ts';

/** A parameter of an extension; `true` where it was given without a value. Names may repeat; order is kept. */
export type ExtensionParameter = readonly [name: string, value: string | true];

/** One element of the field: an offer in a request, an agreement in a response. */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

/**
 * Reads the value of Sec-WebSocket-Extensions, several fields joined by commas.
 *
 * @param malformed  builds the error to throw from what is wrong, e.g. `expected a token at character 3`
 */
export function parseExtensions(text: string, malformed: (problem: string) => WebSocketError): Extension[] {
  const extensions: Extension[] = [];
  let at = 0;

  function skipSpace(): void {
    at = endOfSpace(text, at);
  }
  function isNext(character: string): boolean {
    return text.charAt(at) === character;
  }
  function readToken(): string {
    const start = at;
    at = endOfToken(text, at);
    if (at === start) throw malformed(`expected a token at character ${start}`);
    return text.slice(start, at);
  }
  /** quoted-string of RFC 7230 §3.2.6, from its opening quote. */
  function readQuoted(): string {
    const start = at++;
    let value = '';
    while (at < text.length && !isNext('"')) {
      if (isNext('\\')) at++;
      value += text.charAt(at++);
    }
    if (at >= text.length) throw malformed(`quoted value from character ${start} has no end`);
    at++;
    // RFC 6455 §9.1: "the value after quoted-string unescaping MUST conform to the 'token' ABNF."
    if (!isToken(value)) throw malformed(`quoted value at character ${start} is not a token`);
    return value;
  }
  function readParameter(): ExtensionParameter {
    skipSpace();
    const name = readToken();
    skipSpace();
    if (!isNext('=')) return [name, true];
    at++;
    skipSpace();
    return [name, isNext('"') ? readQuoted() : readToken()];
  }

  while (at < text.length) {
    skipSpace();
    // RFC 7230 §7: a recipient ignores empty elements.
    if (at < text.length && !isNext(',')) {
      const name = readToken();
      const parameters: ExtensionParameter[] = [];
      skipSpace();
      while (isNext(';')) {
        at++;
        parameters.push(readParameter());
        skipSpace();
      }
      extensions.push({ name, parameters });
      if (at < text.length && !isNext(',')) throw malformed(`expected a comma or a semicolon at character ${at}`);
    }
    at++;
  }
  // RFC 6455 §9.1: extension-list is 1#extension.
  if (extensions.length === 0) throw malformed('expected one extension or more');
  return extensions;
}

/** Value of Sec-WebSocket-Extensions. Names and values are tokens; the caller has made sure. */
export function formatExtensions(extensions: readonly Extension[]): string {
  return extensions
    .map(({ name, parameters }) =>
      [name, ...parameters.map(([key, value]) => (value === true ? key : `${key}=${value}`))].join('; '),
    )
    .join(', ');
}

/**
 * The first extension of a response that the request did not offer (RFC 6455 §4.1 item 5: the client fails the
 * connection), or `undefined`. Names are compared as they are.
 */
export function findUnoffered(accepted: readonly Extension[], offered: readonly Extension[]): Extension | undefined {
  return accepted.find(({ name }) => !offered.some((offer) => offer.name === name));
}
