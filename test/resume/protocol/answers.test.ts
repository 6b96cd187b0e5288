// Answers of a store that are not what a reception hopes for: another process has the session meanwhile, the store has lost it, fails,
// or answers too late. Nothing is made up, and nothing is left behind.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import type { ServerEnd } from '../../../src/resume/protocol/server-end.ts';
import type { SessionStore } from '../../../src/resume/protocol/store.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { PlainStore } from './plain-store.ts';
import { hostOf, serverSettings, Wire } from './wires.ts';

type Call = keyof SessionStore;

/** Two processes on one store; the calls of the first one may be answered by the test. */
function setUp() {
  const clock = new ManualClock(new ManualTurn());
  const host = hostOf(clock);
  const plain = new PlainStore(() => clock.now());
  const events: string[] = [];
  const failures: string[] = [];
  const instead = new Map<Call, (make: () => unknown) => unknown>();
  const asked: string[] = [];
  const watched = new Proxy(plain, {
    get(store, name: Call) {
      const value = Reflect.get(store, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        asked.push(name);
        const make = (): unknown => Reflect.apply(value, store, given);
        return (instead.get(name) ?? ((plainly) => plainly()))(make);
      };
    },
  });
  const reception = (store: SessionStore, node: string) =>
    new Reception<undefined>(store, node, serverSettings, host, {
      session(end, _context, isNew) {
        events.push(isNew ? `${node}: new` : `${node}: stored`);
        return {
          message: (delivery) => end.handled(delivery),
          live: () => events.push(`${node}: live`),
          detached: () => events.push(`${node}: detached`),
          writable: () => {},
          flushed: () => {},
          ended: ({ why }) => events.push(`${node}: ended ${why}`),
          released: () => events.push(`${node}: released`),
        };
      },
      mayResume: () => true,
      busyFor: () => undefined,
      refused: (why) => events.push(`${node}: refused ${why}`),
      storeFailed: (error) => failures.push((error as Error).message),
    });
  const one = reception(watched as SessionStore, 'one');
  const two = reception(plain, 'two');
  /** A connection whose client has said this. */
  const begin = (of: typeof one, rest: object): Wire => {
    const wire = new Wire();
    wire.serverLink = of.accept(wire.server, 'ann', undefined);
    wire.serverLink.received(`\u0010S${JSON.stringify({ v: 1, buf: 1024, part: 256, max: 1024, ...rest })}`);
    return wire;
  };
  const answered = (wire: Wire): { id: string; tok: string } => {
    const ready = wire.server.log.find((text) => `${text}`.startsWith('\u0010R'));
    return JSON.parse(`${ready ?? assert.fail('no R')}`.slice(2));
  };
  return { clock, plain, events, failures, instead, asked, one, two, begin, answered };
}

const NONCE = 'q83vEjRWeJCrze8SNFZ4kA';
const settle = async (): Promise<void> => {
  for (let count = 0; count < 40; count++) await Promise.resolve();
};
const kinds = ({ server }: Wire): string => server.log.map((text) => `${text}`[1]).join('');

/** A session of the second process that its client does not know yet, and that it gave to the store. */
async function released({ two, begin, plain }: ReturnType<typeof setUp>): Promise<void> {
  begin(two, { n: 1, new: NONCE });
  await settle();
  const [end] = two.ends.values();
  await two.release(end as ServerEnd, 1012, 'after=0');
  assert.equal([...plain.rows.values()][0]?.state, 'current');
}

describe('what the store answers', () => {
  for (const [answer, code] of [
    ['fenced', 4703],
    ['lost', 4707],
  ] as const)
    test(`a session that is found by its nonce and is ${answer} while it is read is not begun anew: ${code}`, async () => {
      const world = setUp();
      const { instead, one, begin, events } = world;
      await released(world);
      instead.set('since', () => answer);
      const wire = begin(one, { n: 2, new: NONCE });
      await settle();
      assert.deepEqual([kinds(wire), wire.server.closed?.code, one.ends.size], ['H', code, 0]);
      assert.ok(!events.some((event) => event.startsWith('one')), `${events}`);
    });

  test('a session of which the store has no state, and that another process takes while that is looked for, is refused', async () => {
    const { one, two, begin, instead, plain, events } = setUp();
    begin(two, { n: 1, new: NONCE });
    await settle();
    plain.forgetNode('two');
    instead.set('load', (make) => {
      instead.clear();
      const head = make();
      plain.forgetNode('one'); // it does not answer in time
      begin(two, { n: 3, new: NONCE });
      return head;
    });
    const wire = begin(one, { n: 2, new: NONCE });
    await settle();
    assert.deepEqual([kinds(wire), wire.server.closed?.code, one.ends.size], ['H', 4703, 0]);
    assert.ok(!events.some((event) => event.startsWith('one')), `${events}`);
  });

  test('a dead owner has left no state: the session begins anew under its nonce', async () => {
    const { one, two, begin, plain, answered } = setUp();
    const before = begin(two, { n: 1, new: NONCE });
    await settle();
    plain.forgetNode('two');
    const wire = begin(one, { n: 2, new: NONCE });
    await settle();
    assert.equal(kinds(wire), 'HRA');
    assert.equal(answered(wire).id, answered(before).id);
  });

  test('an end that the store does not take is not tried again and again for a client that asks by the nonce: 4707', async () => {
    const { one, begin, instead, asked, failures } = setUp();
    begin(one, { n: 1, new: NONCE });
    await settle();
    instead.set('end', () => Promise.reject(new Error('full')));
    const [end] = one.ends.values();
    end?.end(4001, 'over');
    const calls = asked.length;
    const wire = begin(one, { n: 2, new: NONCE });
    await settle();
    assert.deepEqual([kinds(wire), wire.server.closed?.code], ['H', 4707]);
    assert.ok(asked.length - calls < 6, `${asked}`);
    assert.deepEqual(failures, ['full']);
  });

  test('a session that cannot be ended is not told as ended: 4707, and the next attempt is told', async () => {
    const world = setUp();
    const { one, two, begin, instead, plain, answered } = world;
    const before = begin(two, { n: 1, new: NONCE });
    await settle();
    plain.forgetNode('two');
    const { id, tok } = answered(before);
    instead.set('end', () => Promise.reject(new Error('full')));
    const wire = begin(one, { n: 2, id, tok, rx: 0, new: NONCE });
    await settle();
    assert.deepEqual([kinds(wire), wire.server.closed?.code], ['H', 4707]);
    instead.clear();
    const next = begin(one, { n: 3, id, tok, rx: 0, new: `${NONCE}2` });
    await settle();
    assert.equal(kinds(next), 'HXR');
  });

  for (const call of ['create', 'claim'] as const)
    test(`an answer to \`${call}\` that comes too late begins the time of its session, which nobody may ask for again`, async () => {
      const world = setUp();
      const { clock, plain, one, two, begin, instead, answered } = world;
      let rest: object = { n: 2, new: NONCE };
      if (call === 'claim') {
        const before = begin(two, { n: 1, new: NONCE });
        await settle();
        rest = { n: 2, rx: 0, ...answered(before) };
      }
      let answer = (): void => {};
      instead.set(call, async (make) => {
        const made = make();
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return made;
      });
      const wire = begin(one, rest);
      await settle();
      clock.advance(serverSettings.storeTimeout);
      await settle();
      assert.equal(wire.server.closed?.code, 4707);
      answer();
      await settle();
      const [row] = plain.rows.values();
      assert.deepEqual([row?.node, row?.expiresAt], ['one', clock.now() + serverSettings.keep]);
    });

  test('a session that the store did not take is held for its own claims as long as any other, and not longer', async () => {
    const { clock, one, begin, instead, answered } = setUp();
    const before = begin(one, { n: 1, new: NONCE });
    await settle();
    const { id, tok } = answered(before);
    before.serverLink?.received('\u0010A0 0');
    for (const call of ['append', 'commit', 'release'] as const)
      instead.set(call, () => Promise.reject(new Error('full')));
    const [end] = one.ends.values();
    end?.send('kept');
    await one.release(end as ServerEnd, 1012, 'after=0');
    assert.ok(clock.timers.size > 0);
    const back = begin(one, { n: 2, id, tok, rx: 0 });
    await settle();
    assert.deepEqual([kinds(back).slice(0, 2), back.server.log.includes('kept')], ['HR', true]);
    await one.release([...one.ends.values()][0] as ServerEnd, 1012, 'after=0');
    clock.advance(serverSettings.keep);
    await settle();
    const late = begin(one, { n: 3, id, tok: answered(back).tok, rx: 0 });
    await settle();
    assert.equal(kinds(late), 'HX');
    assert.equal(clock.timers.size, 0);
  });
});
