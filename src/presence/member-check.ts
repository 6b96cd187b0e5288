// What may be a member: checked when it enters, before anything happens.

import { webSocketError, webSocketErrorFrom } from '../core/errors.ts';
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
    throw webSocketErrorFrom(error, 'ERR_WS_PRESENCE', 'data of a member', data, 'what JSON can write');
  }
  if (json === undefined && data !== undefined) {
    throw webSocketError('ERR_WS_PRESENCE', 'data of a member', data, 'what JSON can write');
  }
  const length = json?.length ?? 0;
  if (length > maxData) {
    throw webSocketError('ERR_WS_PRESENCE', 'length of the JSON of a member', length, `at most maxData (${maxData})`);
  }
  return json;
}

/** @throws WebSocketError ERR_WS_OPTION where it is not what createServer() returns, nor has its three methods */
export function checkServer(server: unknown): void {
  const isServer =
    typeof server === 'object' &&
    server !== null &&
    ['hear', 'tell', 'nodes'].every((name) => typeof Reflect.get(server, name) === 'function');
  if (isServer) return;
  const expected = 'a server of createServer(): its connections are what is present';
  throw webSocketError('ERR_WS_OPTION', 'first argument of createPresence', server, expected);
}

/** @throws WebSocketError ERR_WS_PRESENCE */
export function tooMany(what: 'topics' | 'members', name: string, bound: number): never {
  throw webSocketError('ERR_WS_PRESENCE', `number of ${what}`, bound + 1, `at most ${name} (${bound})`);
}
