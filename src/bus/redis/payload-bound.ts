// How large a payload may be. Redis takes 512 MiB, but it closes the connection of every subscriber for whom more waits than
// the hard limit of `client-output-buffer-limit pubsub`: a larger message would cut all of them off.

import type { RedisLink } from './redis-link.ts';

/** Of a Redis that is not set up otherwise: `pubsub 32mb 8mb 60`. */
const USUAL_LIMIT = 32 * 2 ** 20;
/** `proto-max-bulk-len`, where it was not changed. */
const LARGEST = 512 * 2 ** 20;
/** Bytes around a payload: the frame of Redis, the channel, and the memory that Redis allots beyond. */
const AROUND = 64 * 1024;

/** While Redis has not told, or does not tell. */
export const USUAL_BOUND = USUAL_LIMIT - AROUND;

/** Reads the bound. @returns `undefined` if the account may not read the configuration, as with many hosted servers */
export async function readBound(link: RedisLink, key: string): Promise<number | undefined> {
  let limits: unknown;
  let bulk: unknown;
  try {
    [limits, bulk] = await Promise.all([
      link.send(key, ['CONFIG', 'GET', 'client-output-buffer-limit']),
      link.send(key, ['CONFIG', 'GET', 'proto-max-bulk-len']),
    ]);
  } catch {
    return undefined;
  }
  const hard = /\bpubsub (\d+)/.exec(onlyValue(limits))?.[1];
  if (hard === undefined) return undefined;
  const largest = Number(onlyValue(bulk)) || LARGEST;
  const most = Number(hard) === 0 ? largest : Math.min(largest, Number(hard));
  return Math.max(0, most - AROUND);
}

/** The value in an answer with one name: a list, a map or an object, as the protocol and the library have it. */
function onlyValue(answer: unknown): string {
  if (Array.isArray(answer)) return String(answer[1]);
  if (Object.prototype.toString.call(answer) === '[object Map]')
    return String([...(answer as Map<unknown, unknown>).values()][0]);
  return typeof answer === 'object' && answer !== null ? String(Object.values(answer)[0]) : '';
}
