// The meanings of close codes (RFC 6455 §7.4.1, and its registry at IANA), in words.

import { visible } from './output.ts';

const meanings: Readonly<Record<number, string>> = {
  1000: 'normal',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code given',
  1006: 'no Close frame',
  1007: 'invalid UTF-8',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

/** `1000 (normal) "reason"`. The reason is made safe for the terminal. */
export function describeClose(code: number, reason: string): string {
  const meaning = meanings[code];
  const words = meaning === undefined ? '' : ` (${meaning})`;
  return `${code}${words}${reason === '' ? '' : ` "${visible(reason)}"`}`;
}
