// What a server says about when to come back: `Retry-After` in a refusal (RFC 9110 §10.2.3), and `after=1500` in the reason
// of a Close frame.

import type { RefusedResponse } from '../../core/connect-failure.ts';

/** One number of milliseconds in a reason: `restart; after=1500`. */
const AFTER = /(?:^|[\s;,(])after=(\d+)(?=$|[\s;,)])/;

/** Milliseconds that the reason of a Close frame asks to wait; 0: it does not ask. */
export function afterInReason(reason: string, longest: number): number {
  const found = AFTER.exec(reason)?.[1];
  return found === undefined ? 0 : Math.min(Number(found), longest);
}

/**
 * Milliseconds that a response asks to wait; 0: it does not ask, or asks in a way that cannot be understood.
 *
 * @param now  milliseconds since 1970, for a server that does not tell its own time
 */
export function retryAfter(response: RefusedResponse | undefined, longest: number, now: number): number {
  const value = oneOf(response?.headers['retry-after']);
  if (value === undefined) return 0;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, longest);
  const date = httpDate(value);
  if (Number.isNaN(date)) return 0;
  // Clocks differ; the server's own `Date` was made by the clock that made this date.
  const theirs = httpDate(oneOf(response?.headers.date) ?? '');
  return Math.min(Math.max(0, date - (Number.isNaN(theirs) ? now : theirs)), longest);
}

/** Milliseconds since 1970, or NaN. `Date.parse` also takes `5`, `-1` and local times, which are none. */
function httpDate(value: string): number {
  return /^[A-Za-z]+,? .*(?:GMT|\d{4})$/.test(value) ? Date.parse(value) : Number.NaN;
}

function oneOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
}
