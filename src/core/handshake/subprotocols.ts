// The subprotocols that a client offers and a server speaks, as users name them (RFC 6455 §4.1 item 10, §4.2.2).

import { webSocketError } from '../errors.ts';
import type { Check } from '../option-check.ts';
import { check, listOf } from '../option-kinds.ts';
import { findRepeated, isToken } from './token.ts';

const list = listOf(
  check<string>('a token such as chat.v1 (RFC 7230 §3.2.6)', (value) => typeof value === 'string' && isToken(value)),
  'a token such as chat.v1, or an array of them',
);

/** The option `subprotocols`: one token, or an array of different ones. */
export const subprotocolsCheck: Check<readonly string[]> = {
  expected: list.expected,
  read(value, path, owner) {
    const tokens = list.read(typeof value === 'string' ? [value] : value, path, owner);
    const repeated = findRepeated(tokens);
    if (repeated === undefined) return tokens;
    const at = `${path}[${tokens.lastIndexOf(repeated)}]`;
    throw webSocketError('ERR_WS_OPTION', at, repeated, 'each subprotocol only once (RFC 6455 §4.1)');
  },
};
