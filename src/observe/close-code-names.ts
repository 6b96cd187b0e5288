// The meanings of close codes (RFC 6455 §7.4.1, and its registry at IANA), for logs.

const NAMES: Readonly<Record<number, string>> = {
  1000: 'OK',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code given',
  1006: 'no Close frame',
  1007: 'invalid data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

/** Returns what a close code means; `undefined` for one that is not registered or has an application's meaning. */
export function closeCodeName(code: number): string | undefined {
  return NAMES[code];
}
