// What may be a member: checked when it enters, before anything happens.

import { webSocketError } from '../core/errors.ts';
import { isKey } from './wire.ts';

/**
 * @param maxData  characters of `data` as JSON
 * @returns the data as JSON; `undefined` where there is none
 * @throws WebSocketError ERR_WS_TOPIC, ERR_WS_PRESENCE
 */
export function checkMember(topic: unknown, key: unknown, data: unknown, maxData: number): string | undefined {
  if (typeof topic !== 'string' || topic === '') throw webSocketError('ERR_WS_TOPIC', topic);
  if (!isKey(key)) throw webSocketError('ERR_WS_PRESENCE', 'key of a member', key, 'a text of 1 to 256 characters');
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    throw webSocketError('ERR_WS_PRESENCE', 'data of a member', error, 'what JSON can write');
  }
  if (json === undefined && data !== undefined) {
    throw webSocketError('ERR_WS_PRESENCE', 'data of a member', data, 'what JSON can write');
  }
  const length = json?.length ?? 0;
  if (length > maxData) {
    throw webSocketError('ERR_WS_PRESENCE', 'JSON of a member', `${length} characters`, `at most maxData (${maxData})`);
  }
  return json;
}

/** @throws WebSocketError ERR_WS_PRESENCE */
export function tooMany(what: 'topics' | 'members', name: string, bound: number): never {
  throw webSocketError('ERR_WS_PRESENCE', `number of ${what}`, bound + 1, `at most ${name} (${bound})`);
}
