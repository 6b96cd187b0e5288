// A store that hangs, rejects, throws or is full, below a server with real sockets: nothing is thrown into the application, sessions
// go on, the failure is told once, and all that waits leaves when the store is back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, memoryStore, type ServerConnection } from '../../../src/engine/index.ts';
import type { SessionStore } from '../../../src/resume/protocol/store.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { TcpGate } from '../../support/tcp-gate.ts';
import { until } from '../../support/until.ts';

/** `mute`: what it was asked for is done, and no answer comes. */
type Mood = 'well' | 'hangs' | 'mute' | 'rejects' | 'throws';
const BAD: readonly Mood[] = ['hangs', 'mute', 'rejects', 'throws'];

/** A store in memory that does not always do what it is asked for. */
class MoodyStore {
  mood: Mood = 'well';
  readonly store: SessionStore;
  readonly #memory: SessionStore = memoryStore();

  constructor() {
    this.store = new Proxy(this.#memory, {
      get: (memory, name) => {
        const value: unknown = Reflect.get(memory, name);
        if (typeof value !== 'function') return value;
        const isAlways = name === 'onFenced' || name === 'close';
        return (...given: unknown[]) => {
          const make = (): unknown => Reflect.apply(value, memory, given);
          return isAlways ? make() : this.#call(make);
        };
      },
    });
  }

  #call(make: () => unknown): unknown {
    if (this.mood === 'well') return make();
    if (this.mood === 'hangs') return new Promise(() => {});
    const failure = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    if (this.mood === 'throws') throw failure;
    if (this.mood === 'rejects') return Promise.reject(failure);
    make();
    return new Promise(() => {});
  }
}

async function serve(scope: Scope, mode: 'spill' | 'ahead') {
  const moody = new MoodyStore();
  const told: string[] = [];
  const events: string[] = [];
  const opened = new Inbox<ServerConnection>();
  const server = createServer({
    resume: {
      store: moody.store,
      mode,
      storeTimeout: 30,
      storeFailed: ({ message }) => told.push(message),
      maxResumesPerMinute: 1000,
      maxFailuresPerMinute: 1000,
    },
    open: (connection) => opened.push(connection),
    message: (connection, data) => void connection.send(`echo ${data}`),
    interrupted: () => events.push('interrupted'),
    resumed: (_, { lost }) => events.push(`resumed ${lost}`),
    expired: (_, { why }) => events.push(`expired ${why}`),
    error: (_, { code }) => events.push(`error ${code}`),
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  const gate = await TcpGate.start(port);
  scope.defer(() => gate.close());
  const books = () => server.metrics().sessions?.store ?? assert.fail();
  return { moody, told, events, opened, server, gate, books };
}

function begin(scope: Scope, port: number) {
  const messages = new Inbox<string | Uint8Array>();
  const events: string[] = [];
  const client = connect(`ws://127.0.0.1:${port}`, {
    resume: true,
    reconnect: { initial: 5, max: 50 },
    handlers: {
      open: () => events.push('open'),
      message: (_, data) => messages.push(data),
      interrupted: () => events.push('interrupted'),
      resumed: (_, { lost }) => events.push(`resumed ${lost}`),
      expired: (_, { why }) => events.push(`expired ${why}`),
      close: (_, { code }) => events.push(`close ${code}`),
    },
  });
  scope.defer(() => client.close());
  return { client, messages, events };
}

describe('a store that fails', () => {
  test(
    'ahead: what is sent waits, is told once, and leaves when the store is back',
    leavingNothing(async (scope) => {
      const one = async (mood: Mood): Promise<void> => {
        const { moody, told, events, opened, gate, books } = await serve(scope, 'ahead');
        const { client, messages, events: heard } = begin(scope, gate.port);
        client.send('one');
        assert.equal(await messages.next(), 'echo one');
        const connection = await opened.next();
        for (let outage = 1; outage <= 2; outage++) {
          moody.mood = mood;
          client.send('two');
          assert.equal(connection.send('from the server'), true);
          await until(`the store ${mood} twice`, () => books().failures >= 2 * outage);
          assert.deepEqual([told.length, books().waiting, messages.rest], [outage, 1, []], mood);
          assert.ok(client.bufferedAmount > 0, 'nothing was acknowledged that the store does not have');
          const { failures } = books();
          moody.mood = 'well';
          assert.deepEqual(await messages.take(2), ['from the server', 'echo two'], mood);
          await client.acknowledged();
          await until('nothing waits', () => books().waiting === 0);
          assert.ok(books().failures <= failures + 2);
        }
        assert.deepEqual([events, heard, client.state], [[], ['open'], 'open'], mood);
      };
      await Promise.all(BAD.map(one));
    }),
  );

  test(
    'spill: connected clients notice nothing, others are told to come again, and nothing is lost',
    leavingNothing(async (scope) => {
      const one = async (mood: Mood): Promise<void> => {
        const { moody, told, events, opened, server, gate, books } = await serve(scope, 'spill');
        const { client, messages, events: heard } = begin(scope, gate.port);
        client.send('one');
        assert.equal(await messages.next(), 'echo one');
        const connection = await opened.next();
        moody.mood = mood;
        client.send('two');
        assert.equal(await messages.next(), 'echo two');
        await client.acknowledged();
        assert.deepEqual([told, heard], [[], ['open']], 'nothing is written');
        gate.cut();
        await until('both ends know', () => events.includes('interrupted') && heard.includes('interrupted'));
        connection.send('while away');
        client.send('three');
        gate.mend();
        const other = begin(scope, gate.port);
        await until('the store fails some times', () => books().failures >= 4);
        assert.deepEqual([messages.rest, other.events.includes('open')], [[], false], mood);
        assert.deepEqual([told.length, server.connections.size], [1, 1], mood);
        moody.mood = 'well';
        assert.deepEqual(await messages.take(2), ['while away', 'echo three'], mood);
        await until('the new one is there', () => other.events.includes('open'));
        assert.deepEqual(events, ['interrupted', 'resumed undefined'], mood);
        assert.deepEqual(heard.slice(0, 2), ['open', 'interrupted']);
        assert.ok(!heard.some((event) => event.startsWith('expired')), mood);
      };
      await Promise.all(BAD.map(one));
    }),
  );
});
