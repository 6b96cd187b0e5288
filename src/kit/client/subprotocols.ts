// The subprotocols that a client offers (kit specification §3.4).

import { endOfToken, isToken } from '../../core/handshake/token.ts';
import { utf8Size } from '../../core/utf8-text.ts';
import { businessError } from '../business-error.ts';
import { described, quoted } from '../described.ts';
import { subprotocolsOf } from '../subprotocol-list.ts';

/** Bytes of UTF-8. A longer list overruns the buffer of a device. */
const MAX_PROTOCOL_SIZE = 1023;

/**
 * What a client offers: the `protocol` option, or if that is empty the value of a `Sec-WebSocket-Protocol` header.
 *
 * @throws BusinessError 401 for a given option that is not a list of subprotocols
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
  const wrong = offered.find((name) => !isToken(name));
  if (wrong !== undefined) {
    // The name itself is not shown: some applications put tokens there.
    const [character = ''] = wrong.slice(endOfToken(wrong, 0));
    throw businessError(
      'parameter',
      `option protocol has the character ${quoted(character)} in a name; expected names of letters, digits and !#$%&'*+.^_\`|~-, separated by commas`,
    );
  }
  if (offered.length > 0) return offered;
  // A header that cannot be sent is left out; an option that cannot be sent is an error.
  const custom = subprotocolsOf(fromHeader);
  return custom.every(isToken) ? custom : [];
}
