// A history in Redis: a stream for each room. A script takes the next number and adds the message under it, as one step, and the
// stream forgets what is older than the last ones.

import { createClient } from 'redis';
import { KEPT, result } from './memory.js';

/** Rooms that nobody speaks in are forgotten after a week. */
const SECONDS = 7 * 24 * 60 * 60;

const APPEND = `
local number = redis.call('INCR', KEYS[1])
redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[2], number .. '-0', 'message', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return number`;

/**
 * @param {string} url  `redis://…`
 * @returns {Promise<import('./memory.js').History>}
 */
export async function redisHistory(url) {
  // Without the queue of the client, what is said while Redis is away is refused at once, and the page says so.
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', () => {}); // it connects again by itself; calls tell meanwhile
  try {
    // By itself it would go on trying.
    await Promise.race([client.connect(), new Promise((_, reject) => client.once('error', reject))]);
  } catch (error) {
    client.destroy();
    throw new Error(`Redis at ${new URL(url).host} cannot be reached: ${error.message}; start it: redis-server`);
  }
  const keysOf = (room) => [`chat:{${room}}:last`, `chat:{${room}}`];

  return {
    async append(room, message) {
      return Number(
        await client.eval(APPEND, {
          keys: keysOf(room),
          arguments: [JSON.stringify(message), `${KEPT}`, `${SECONDS}`],
        }),
      );
    },
    async after(room, number) {
      const [lastKey, stream] = keysOf(room);
      const [last, entries] = await Promise.all([client.get(lastKey), client.xRange(stream, `${number + 1}-0`, '+')]);
      const messages = entries.map(({ id, message }) => ({
        number: Number.parseInt(id, 10),
        ...JSON.parse(message.message),
      }));
      // What was added between the two answers is not counted by the first one.
      return result(number, Math.max(Number(last ?? 0), messages.at(-1)?.number ?? 0), messages);
    },
    async close() {
      client.destroy();
    },
  };
}
