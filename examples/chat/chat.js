// The chat itself: rooms, who is in them, and what was said. The same code runs in one process, in the workers of one machine, and
// on many nodes. What differs is given to it: a bus, a place for sessions, and a history.
//
// Nothing that was said is lost, for three reasons, and each covers what the one before cannot:
//
// 1. A client that comes back resumes its session: what was sent to it meanwhile has waited (`resume`).
// 2. A message is in the history, with a number, before anybody is told of it. A client that sees number 9 after number 7 asks
//    for what is after 7 (`more`). So a message that the bus lost is late, not missing.
// 3. A node that was killed takes its sessions along. The client begins a new one, and asks in the same way for what is after the
//    last number that it has seen (`join` with `after`).

import { createServer, shareMessage } from 'harmony-websocket/engine';
import { createPresence } from 'harmony-websocket/presence';

/** What clients may ask for is bounded. */
export const bounds = { rooms: 20, name: 40, text: 2_000, perTenSeconds: 30, firstMessages: 50 };

/** Rooms are parts of topics, file names and keys: letters, digits and "-". */
const ROOM = /^[a-z0-9-]{1,32}$/;
const WHO = /^[\w-]{8,64}$/;
const ID = /^[\w-]{8,64}$/;

/**
 * @param {object} options
 * @param {string} options.node  shown in the page
 * @param {import('./history/memory.js').History} options.history
 * @param {import('harmony-websocket/engine').SessionStore} [options.store]  where sessions go, so that they move between nodes
 * @param {import('harmony-websocket/bus').Bus} [options.bus]  to the other nodes
 */
export function createChat({ node, history, store, bus }) {
  /** Of each connection: who it is, the rooms, and how fast it talks. */
  const people = new WeakMap();

  const server = createServer({
    ...(bus && { bus }),
    resume: { ...(store && { store }), keep: 60_000 },
    limits: { maxMessageSize: 16_384 },
    open(connection) {
      people.set(connection, { who: '', name: '', rooms: [] });
      send(connection, { node });
    },
    async message(connection, data) {
      let request;
      try {
        request = JSON.parse(String(data));
        const call = Object.hasOwn(calls, request?.call) ? calls[request.call] : fail('no such call');
        // The message counts as handled when this has settled. If this process dies before, the client has it still.
        await call(connection, request);
      } catch (error) {
        send(connection, { error: error.message, id: request?.id, room: request?.room });
      }
    },
    interrupted: (connection) => presence.away(connection),
    async resumed(connection, { isRestored }) {
      if (isRestored) await restore(connection);
      else presence.back(connection);
      send(connection, { node });
    },
    error: () => {}, // `close` follows, and presence follows that
  });

  const presence = createPresence(server, {
    joined: (topic, joined) => tellRoom(topic, { joined }),
    left: (topic, left) => tellRoom(topic, { left }),
    changed: (topic, joined) => tellRoom(topic, { joined }),
  });

  const calls = {
    /** Enters a room. `after`: the number of the last message that the client has; absent: it is new there. */
    async join(connection, { room, who, name, after }) {
      check(ROOM.test(room), 'a room has 1 to 32 letters, digits and "-"');
      check(WHO.test(who), 'no identity');
      check(
        typeof name === 'string' && name.trim() !== '' && name.length <= bounds.name,
        'a name of 1 to 40 characters',
      );
      const person = people.get(connection);
      check(person.rooms.includes(room) || person.rooms.length < bounds.rooms, `at most ${bounds.rooms} rooms`);
      const rooms = [...new Set([...person.rooms, room])];
      Object.assign(person, { who, name: name.trim(), rooms });
      remember(connection, person);
      // First the subscription, then the history: in the other order, what is said in between would be in neither.
      connection.subscribe(topicOf(room));
      await bus?.settled();
      await sendHistory(connection, room, after);
      presence.enter(connection, topicOf(room), who, { name: person.name });
      send(connection, { room, members: presence.members(topicOf(room)) });
    },

    leave(connection, { room }) {
      const person = people.get(connection);
      person.rooms = person.rooms.filter((one) => one !== room);
      remember(connection, person);
      connection.unsubscribe(topicOf(room));
      presence.leave(connection, topicOf(room));
    },

    async say(connection, { room, id, text }) {
      const person = people.get(connection);
      check(person.rooms.includes(room), `join ${room} first`);
      check(ID.test(id), 'a message needs an id');
      check(
        typeof text === 'string' && text.trim() !== '' && text.length <= bounds.text,
        'a text of 1 to 2,000 characters',
      );
      check(isSlowEnough(person), 'too fast: wait a few seconds');
      const message = { id, who: person.who, name: person.name, text: text.trim(), at: Date.now() };
      const number = await history.append(room, message);
      server.publish(topicOf(room), JSON.stringify({ room, message: { number, ...message } }));
    },

    /** What is after a number: asked for where one is missing. */
    async more(connection, { room, after }) {
      check(people.get(connection).rooms.includes(room), `join ${room} first`);
      await sendHistory(connection, room, after);
    },
  };

  async function sendHistory(connection, room, after) {
    const isNew = !Number.isSafeInteger(after);
    const { first, last, messages } = await history.after(room, isNew ? 0 : after);
    const shown = isNew ? messages.slice(-bounds.firstMessages) : messages;
    send(connection, { room, history: shown, first: isNew ? (shown[0]?.number ?? last + 1) : first, last });
  }

  /** Another node began this session. Its subscriptions are gone with that node, but what was remembered is here. */
  async function restore(connection) {
    const person = { who: '', name: '', rooms: [], ...connection.session.data };
    people.set(connection, person);
    for (const room of person.rooms) {
      connection.subscribe(topicOf(room));
      presence.enter(connection, topicOf(room), person.who, { name: person.name });
    }
    await bus?.settled();
    // What was said while no node had the session. The page leaves out what it has.
    send(connection, { check: true });
    for (const room of person.rooms) send(connection, { room, members: presence.members(topicOf(room)) });
  }

  /** To the connections of this node: each node tells its own. */
  function tellRoom(topic, event) {
    const message = shareMessage(JSON.stringify({ room: topic.slice('room:'.length), ...event }));
    for (const connection of server.members(topic)) connection.sendShared(message);
  }

  return {
    server,
    /** The bus was lost for a while, and is back: what was published meanwhile did not come. The clients ask. */
    caughtUp() {
      presence.refresh();
      for (const connection of server.connections) send(connection, { check: true });
    },
    async close() {
      presence.close();
      await server.drain({ code: 1012, reason: 'restart' });
    },
  };
}

const topicOf = (room) => `room:${room}`;

function send(connection, value) {
  if (connection.isOpen) connection.send(JSON.stringify(value));
}

/** A store keeps it with the session, for the node that goes on with it. */
function remember(connection, { who, name, rooms }) {
  if (connection.session) connection.session.data = { who, name, rooms };
}

function isSlowEnough(person) {
  const now = performance.now();
  if (!(now - person.since < 10_000)) Object.assign(person, { since: now, said: 0 });
  return ++person.said <= bounds.perTenSeconds;
}

function check(isRight, problem) {
  if (!isRight) fail(problem);
}

function fail(problem) {
  throw new Error(problem);
}
