// Subprotocol lists: the comma-separated text of the kit to the names that the engine takes (§3.4 and §4.2 of the kit
// specification).

import { businessError } from '../business-error.ts';
import { described, quoted } from '../described.ts';
import { utf8Size } from '../utf8-size.ts';

/** Bytes of a subprotocol list. A device writes longer ones beyond its buffer. */
const MAX_PROTOCOL_SIZE = 1023;

// RFC 9110, §5.6.2: token.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The names of a list, each once, in order. */
export function subprotocolsOf(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== '');
}

/** Whether every name may stand in a `Sec-WebSocket-Protocol` header. */
export function areTokens(names: readonly string[]): boolean {
  return names.every((name) => TOKEN.test(name));
}

/**
 * What a client offers: the `protocol` option, or without one what stood in a `Sec-WebSocket-Protocol` header.
 *
 * @throws BusinessError 401 for an option that is there and is no list of subprotocols
 */
export function offeredSubprotocols(options: Readonly<Record<string, unknown>>, fromHeader: string): readonly string[] {
  const protocol = 'protocol' in options ? options.protocol : '';
  if (typeof protocol !== 'string') {
    throw businessError('parameter', `option protocol is ${described(protocol)}; expected a string, or no such key`);
  }
  const size = utf8Size(protocol);
  if (size > MAX_PROTOCOL_SIZE) {
    throw businessError('parameter', `option protocol has ${size} bytes; expected at most ${MAX_PROTOCOL_SIZE}`);
  }
  const offered = subprotocolsOf(protocol);
  if (!areTokens(offered)) {
    // Not the text itself: some put tokens there.
    const wrong = offered.find((name) => !TOKEN.test(name)) ?? '';
    const character = Array.from(wrong).find((one) => !TOKEN.test(one)) ?? '';
    throw businessError(
      'parameter',
      `option protocol has the character ${quoted(character)} in a name; expected names of letters, digits and !#$%&'*+.^_\`|~-, by commas`,
    );
  }
  if (offered.length > 0) return offered;
  // A header that cannot be sent is left out; an option that cannot be sent is an error.
  const custom = subprotocolsOf(fromHeader);
  return areTokens(custom) ? custom : [];
}
