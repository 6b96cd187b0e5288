// Presence over several nodes whose bus and clock the test holds: the members, the events, and what becomes of a node that
// dies, of messages that are lost, and of bounds.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPresence } from '../../src/presence/index.ts';
import { isError } from '../support/expect.ts';
import { FakeConnection, System } from './nodes.ts';

describe('one node', () => {
  test('a member joins at once, and leaves after the debounce', async () => {
    const system = new System();
    const a = system.node('a');
    const ann = a.enter('ann');
    a.enter('ben');
    assert.deepEqual(a.takeEvents(), ['+ann', '+ben']);
    assert.deepEqual(a.presence.members('tea'), [
      { key: 'ann', data: { name: 'ann' } },
      { key: 'ben', data: { name: 'ben' } },
    ]);
    await ann.end();
    system.clock.advance(1_999);
    assert.deepEqual([a.takeEvents(), a.there()], [[], 'ann ben']);
    system.clock.advance(1);
    assert.deepEqual([a.takeEvents(), a.there()], [['-ann'], 'ben']);
  });

  test('a member that comes back within the debounce has never left', async () => {
    const system = new System();
    const a = system.node('a');
    await a.enter('ann').end();
    system.clock.advance(1_500);
    a.enter('ann');
    system.clock.advance(60_000);
    assert.deepEqual([a.takeEvents(), a.there()], [['+ann'], 'ann']);
  });

  test('two connections of one key are one member, until the second has gone', async () => {
    const system = new System();
    const a = system.node('a', { debounce: 0 });
    const [first, second] = [a.enter('ann'), a.enter('ann')];
    await first.end();
    assert.equal(a.there(), 'ann');
    await second.end();
    assert.deepEqual([a.takeEvents(), a.there()], [['+ann', '-ann'], '']);
  });

  test('leave() does not wait; it ends one topic of the connection', () => {
    const system = new System();
    const a = system.node('a');
    const ann = a.enter('ann');
    a.presence.enter(ann, 'milk', 'ann', { name: 'ann' });
    a.presence.leave(ann, 'tea');
    a.presence.leave(ann, 'tea');
    assert.deepEqual([a.takeEvents(), a.there('tea'), a.there('milk')], [['+ann', '+ann', '-ann'], '', 'ann']);
  });

  test('other data is a change; the same data is not', () => {
    const system = new System();
    const a = system.node('a');
    const ann = a.enter('ann');
    a.presence.enter(ann, 'tea', 'ann', { name: 'Ann' });
    a.presence.enter(ann, 'tea', 'ann', { name: 'Ann' });
    assert.deepEqual(a.takeEvents(), ['+ann', '~ann']);
    a.presence.leave(ann, 'tea');
    assert.deepEqual(a.takeEvents(), ['-ann'], 'it was entered once');
  });

  test('another key of the same connection is another member', () => {
    const system = new System();
    const a = system.node('a');
    const ann = a.enter('ann');
    a.presence.enter(ann, 'tea', 'anna', { name: 'Anna' });
    assert.deepEqual([a.takeEvents(), a.there()], [['+ann', '-ann', '+anna'], 'anna']);
  });

  test('away and back: a session that waits for its client', async () => {
    const system = new System();
    const a = system.node('a');
    const ann = a.enter('ann');
    a.presence.away(ann);
    system.clock.advance(1_000);
    a.presence.back(ann);
    system.clock.advance(10_000);
    assert.deepEqual(a.takeEvents(), ['+ann']);
    a.presence.away(ann);
    a.presence.away(ann);
    system.clock.advance(2_000);
    assert.deepEqual(a.takeEvents(), ['-ann']);
    a.presence.enter(ann, 'milk', 'ann', { name: 'ann' });
    assert.equal(a.there('milk'), '', 'entered while away');
    a.presence.back(ann);
    assert.deepEqual([a.takeEvents(), a.there('milk')], [['+ann', '+ann'], 'ann']);
    await ann.end();
    system.clock.advance(2_000);
    assert.deepEqual(a.there(), '');
  });

  test('a connection that has ended does not enter', async () => {
    const a = new System().node('a');
    const connection = new FakeConnection();
    await connection.end();
    assert.equal(a.presence.enter(connection, 'tea', 'ann', { name: 'ann' }), false);
    assert.deepEqual(a.takeEvents(), []);
  });

  test('a handler that throws is told as uncaught, and disturbs nobody', () => {
    const system = new System();
    const problem = new Error('mine');
    const a = system.node('a', {
      joined() {
        throw problem;
      },
    });
    a.enter('ann');
    assert.deepEqual([system.turn.uncaught, a.there()], [[problem], 'ann']);
  });

  test('a topic that nobody is in is forgotten, and timers with it', async () => {
    const system = new System();
    const a = system.node('a');
    const ann = a.enter('ann');
    assert.deepEqual([a.presence.topics, a.hears], [['tea'], ['tea']]);
    await ann.end();
    system.clock.advance(2_100);
    assert.deepEqual([a.presence.topics, a.hears, system.clock.timers.size], [[], [], 0]);
  });
});

describe('several nodes', () => {
  test('each is told of all, once', () => {
    const system = new System();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => system.node(id));
    a!.enter('ann');
    b!.enter('ben');
    system.settle();
    c!.enter('cat');
    system.settle();
    for (const node of [a, b, c]) assert.equal(node!.there(), 'ann ben cat');
    assert.deepEqual(a!.takeEvents(), ['+ann', '+ben', '+cat']);
    assert.deepEqual(c!.takeEvents().sort(), ['+ann', '+ben', '+cat']);
  });

  test('a node that enters is told of those who are there in one call', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    for (let count = 0; count < 1_200; count++) a.enter(`m${count}`);
    system.settle();
    b.enter('ben');
    system.settle();
    assert.deepEqual(
      b.takeEvents().map((told) => told.split(' ').length),
      [1, 1_200],
    );
    assert.equal(b.presence.members('tea').length, 1_201);
  });

  test('many who come at once are one message', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    system.settle();
    b.takeEvents();
    system.said.length = 0;
    for (let count = 0; count < 100; count++) a.enter(`m${count}`);
    system.settle();
    assert.equal(system.said.length, 1);
    assert.equal(b.takeEvents().length, 1);
  });

  test('a member that goes to another node within the debounce has never left', async () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    const ann = a.enter('ann');
    a.enter('ben');
    b.enter('cat');
    system.settle();
    await ann.end();
    system.clock.advance(1_000);
    b.enter('ann');
    system.clock.advance(60_000);
    for (const node of [a, b]) {
      assert.equal(node.there(), 'ann ben cat');
      assert.ok(!node.takeEvents().join(' ').includes('-'));
    }
  });

  test('somebody on two nodes leaves with the last one', async () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    const one = a.enter('ann');
    a.enter('ben');
    const other = b.enter('ann');
    system.settle();
    a.takeEvents();
    await one.end();
    system.clock.advance(10_000);
    assert.equal(a.there(), 'ann ben');
    b.presence.leave(other, 'tea');
    system.settle();
    assert.deepEqual([a.takeEvents(), a.there()], [['-ann'], 'ben']);
  });

  test('changed data reaches the others', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    const ann = a.enter('ann');
    b.enter('ben');
    system.settle();
    b.takeEvents();
    a.presence.enter(ann, 'tea', 'ann', { name: 'Ann' });
    system.settle();
    assert.deepEqual(b.takeEvents(), ['~ann']);
    assert.deepEqual(b.presence.members('tea').find(({ key }) => key === 'ann')?.data, { name: 'Ann' });
  });

  test('a node that dies: its members leave when the others know, after the debounce', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    b.enter('cat');
    system.clock.advance(5_000);
    a.takeEvents();
    system.kill('b');
    a.enter('cat');
    system.clock.advance(1_000);
    assert.equal(a.there(), 'ann ben cat');
    system.clock.advance(2_000);
    assert.deepEqual([a.takeEvents(), a.there()], [['-ben'], 'ann cat']);
  });

  test('a node that closes: its members leave at once, but for the debounce', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    system.settle();
    a.takeEvents();
    b.presence.close();
    b.presence.close();
    assert.deepEqual([b.there(), b.hears], ['', []]);
    system.clock.advance(2_000);
    assert.deepEqual([a.takeEvents(), a.there()], [['-ben'], 'ann']);
    assert.equal(b.presence.enter(new FakeConnection(), 'tea', 'ben', { name: 'ben' }), false);
    a.presence.close();
    assert.equal(system.clock.timers.size, 0);
  });

  test('only nodes that are in a topic hear of it', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann', 'tea');
    b.enter('ben', 'milk');
    system.settle();
    assert.deepEqual([a.hears, b.hears, b.there('tea')], [['tea'], ['milk'], '']);
  });
});

describe('a bus that loses messages', () => {
  test('a node that misses a change asks for the list', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    system.settle();
    system.loses = (from) => from === 'a';
    a.enter('cat');
    system.settle();
    assert.equal(b.there(), 'ann ben');
    system.loses = () => false;
    a.enter('dan');
    system.settle();
    assert.equal(b.there(), 'ann ben cat dan');
  });

  test('the last change is found by the number that is repeated', async () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    const cat = a.enter('cat');
    b.enter('ben');
    system.settle();
    system.loses = (from) => from === 'a';
    await cat.end();
    system.settle();
    system.loses = () => false;
    system.clock.advance(33_000);
    assert.equal(b.there(), 'ann ben');
  });

  test('refresh() finds it at once', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    system.settle();
    system.loses = () => true;
    a.enter('cat');
    b.enter('dan');
    system.settle();
    system.loses = () => false;
    b.presence.refresh();
    system.settle();
    for (const node of [a, b]) assert.equal(node.there(), 'ann ben cat dan');
  });

  test('members of a node whose last word was lost are gone after three refreshes', async () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    const ann = a.enter('ann');
    b.enter('ben');
    system.settle();
    system.loses = () => true;
    await ann.end();
    system.settle();
    system.loses = () => false;
    system.clock.advance(80_000);
    assert.equal(b.there(), 'ann ben');
    system.clock.advance(20_000);
    assert.equal(b.there(), 'ben');
    a.enter('ann');
    system.settle();
    assert.equal(b.there(), 'ann ben');
  });

  test('a node that had been lost is heard again', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    system.clock.advance(5_000);
    system.nodes.delete('b');
    system.clock.advance(4_000);
    assert.equal(a.there(), 'ann');
    system.nodes.set('b', b);
    system.clock.advance(40_000);
    for (const node of [a, b]) assert.equal(node.there(), 'ann ben');
  });

  test('whatever is lost, all nodes agree in the end', async () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const system = new System();
    const nodes = ['a', 'b', 'c'].map((id) => system.node(id));
    system.loses = () => random() < 0.3;
    const open: { key: string; connection: FakeConnection }[] = [];
    for (const node of nodes) node.enter(`stays at ${node.nodes().find(({ isSelf }) => isSelf)!.id}`);
    for (let step = 0; step < 400; step++) {
      const key = `m${Math.floor(random() * 20)}`;
      if (random() < 0.5) open.push({ key, connection: nodes[Math.floor(random() * 3)]!.enter(key) });
      else await open.splice(Math.floor(random() * open.length), 1)[0]?.connection.end();
      system.clock.advance(random() * 500);
    }
    system.loses = () => false;
    system.clock.advance(120_000);
    const expected = [...new Set(open.map(({ key }) => key)), 'stays at a', 'stays at b', 'stays at c']
      .sort()
      .join(' ');
    for (const node of nodes) assert.equal(node.there(), expected);
  });

  test('other messages are left out', () => {
    const system = new System();
    const [a, b] = [system.node('a'), system.node('b')];
    a.enter('ann');
    b.enter('ben');
    system.settle();
    for (const text of ['', '{', 'null', '5', '[]', '{"n":5,"v":1}', '{"n":"c","v":-1}', '{"n":"c","v":1,"s":[[5]]}'])
      b.tell('tea', text);
    b.tell('tea', '{"n":"c","p":0,"v":1,"j":[["",1]],"l":[],"g":[]}');
    b.tell('tea', '{"n":"c","v":1,"i":3,"of":9,"s":[["x",1]]}');
    system.settle();
    assert.equal(a.there(), 'ann ben');
  });
});

describe('bounds', () => {
  const refused = (text: RegExp) => (error: unknown) => isError(error, 'ERR_WS_PRESENCE', text).family === 'usage';

  test('members, topics, data and keys', () => {
    const a = new System().node('a', { maxMembers: 1, maxTopics: 1, maxData: 20 });
    a.enter('ann');
    assert.throws(() => a.enter('ben'), refused(/number of members is 2; expected at most maxMembers \(1\)/));
    assert.throws(() => a.enter('ann', 'milk'), refused(/number of topics is 2; expected at most maxTopics \(1\)/));
    assert.throws(() => a.enter('ann', 'tea', 'x'.repeat(20)), refused(/JSON .* 31; expected at most maxData \(20\)/));
    assert.throws(() => a.enter(''), refused(/key of a member is ""; expected a text of 1 to 256 characters/));
    assert.throws(() => a.enter('x'.repeat(257)), refused(/key of a member/));
    assert.throws(
      () => a.enter('ann', ''),
      (error) => isError(error, 'ERR_WS_TOPIC').family === 'usage',
    );
    assert.equal(a.there(), 'ann');
  });

  test('data that JSON cannot write', () => {
    const presence = createPresence<unknown>(new System().node('a'));
    const circle: { self?: object } = {};
    circle.self = circle;
    for (const data of [circle, 1n, Symbol('x'), () => {}])
      assert.throws(() => presence.enter(new FakeConnection(), 'tea', 'ann', data), refused(/data of a member/));
    presence.close();
  });

  test('members of other nodes above the bound are left out', () => {
    const system = new System();
    const a = system.node('a', { maxMembers: 3 });
    const b = system.node('b');
    a.enter('ann');
    for (let count = 0; count < 10; count++) b.enter(`m${count}`);
    system.settle();
    assert.equal(a.presence.members('tea').length, 3);
    b.presence.refresh();
    a.presence.refresh();
    system.settle();
    assert.equal(a.presence.members('tea').length, 3);
  });
});
