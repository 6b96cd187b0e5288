// What was said in each room, numbered from 1 without a gap: the numbers are what tells a client that it has missed something.
// This one is for a single process, and is gone with it. The others in this folder keep the same promises for several nodes.

/** Messages that a room keeps, and rooms that are kept. */
export const KEPT = 200;
const ROOMS = 1_000;

/**
 * @typedef {object} History
 * @property {(room: string, message: object) => Promise<number>} append
 *   Keeps a message. Its number is given to no other message of the room, on whatever node.
 * @property {(room: string, number: number) => Promise<{ first: number, last: number, messages: object[] }>} after
 *   The messages after a number, oldest first, each with its `number`. `first`: the number from which on all are there, `last`: of the
 *   newest one of the room; 0: it has none.
 * @property {() => Promise<void>} close
 */

/** @returns {History} */
export function memoryHistory() {
  /** By room, the one used least recently first. */
  const rooms = new Map();
  return {
    async append(room, message) {
      const log = rooms.get(room) ?? { last: 0, messages: [] };
      rooms.delete(room);
      rooms.set(room, log);
      if (rooms.size > ROOMS) rooms.delete(rooms.keys().next().value);
      log.last++;
      log.messages.push({ number: log.last, ...message });
      if (log.messages.length > KEPT) log.messages.shift();
      return log.last;
    },
    async after(room, number) {
      const { last, messages } = rooms.get(room) ?? { last: 0, messages: [] };
      return result(number, last, messages);
    },
    async close() {},
  };
}

/**
 * @param {number} number     what was asked for
 * @param {number} last
 * @param {object[]} messages  oldest first, perhaps with some that were not asked for
 */
export function result(number, last, messages) {
  const wanted = messages.filter((message) => message.number > number);
  return { first: wanted[0]?.number ?? last + 1, last, messages: wanted };
}
