// A history in NATS: a bucket of JetStream with a key for each room, which holds its last messages. `update` fails if somebody else was
// faster, so two nodes never give the same number. Each message writes the room anew, some 40 KiB where it is full: for rooms in which
// hundreds speak at once, a stream of JetStream with a number beside it costs less.

import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { KEPT, result } from './memory.js';

const DAY = 24 * 60 * 60 * 1_000;
/** The API error of JetStream for an update that comes second. */
const WRONG_LAST_SEQUENCE = 10_071;

/**
 * @param {string} url  `nats://…`, of a server with JetStream (`nats-server -js`)
 * @returns {Promise<import('./memory.js').History>}
 */
export async function natsHistory(url) {
  const { host, username, password } = new URL(url);
  const login = username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  const client = await connect({ servers: host, maxReconnectAttempts: -1, ...login }).catch((error) => {
    throw new Error(`NATS at ${host} cannot be reached: ${error.message}; start it: nats-server -js`);
  });
  const bucket = await new Kvm(client).create('chat', { ttl: 7 * DAY }).catch(async (error) => {
    await client.close();
    throw new Error(`NATS at ${host}: ${error.message}; start it with JetStream: nats-server -js`);
  });

  async function read(room) {
    const entry = await bucket.get(room);
    return entry?.operation === 'PUT' ? { revision: entry.revision, ...entry.json() } : { last: 0, messages: [] };
  }

  return {
    async append(room, message) {
      for (;;) {
        const { revision, last, messages } = await read(room);
        const number = last + 1;
        const value = JSON.stringify({ last: number, messages: [...messages, { number, ...message }].slice(-KEPT) });
        try {
          if (revision === undefined) await bucket.create(room, value);
          else await bucket.update(room, value, revision);
          return number;
        } catch (error) {
          if (error.code !== WRONG_LAST_SEQUENCE) throw error; // else another node was faster
        }
      }
    },
    async after(room, number) {
      const { last, messages } = await read(room);
      return result(number, last, messages);
    },
    async close() {
      await client.close();
    },
  };
}
