// A client's end and a reception over wires that the test moves: the dialogues of docs/resume.md.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import type { ClientEvents } from '../../../src/resume/protocol/client-events.ts';
import type { Delivery, Payload } from '../../../src/resume/protocol/ports.ts';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import type { ServerEnd } from '../../../src/resume/protocol/server-end.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { PlainStore } from './plain-store.ts';
import { clientOptions, hostOf, KIB, serverSettings, Wire, WireEnd } from './wires.ts';

function setUp(options: Partial<typeof clientOptions> = {}, settings: Partial<typeof serverSettings> = {}) {
  const clock = new ManualClock(new ManualTurn());
  const host = hostOf(clock);
  const events: string[] = [];
  const clientGot: Payload[] = [];
  const serverGot: Payload[] = [];
  const returned: Payload[] = [];
  const store = new PlainStore(() => clock.now());
  const ends: ServerEnd[] = [];
  const reception = new Reception<string>(store, 'one', { ...serverSettings, ...settings }, host, {
    session(end, _context, isNew) {
      ends.push(end);
      events.push(`server session ${isNew ? 'new' : 'stored'}`);
      return {
        message(delivery) {
          serverGot.push(delivery.data);
          end.handled(delivery);
        },
        live: ({ isResumed, lost }) =>
          events.push(`server live ${isResumed ? 'resumed' : 'new'}${lost ? ` lost ${lost}` : ''}`),
        detached: ({ code }) => events.push(`server detached ${code}`),
        writable: () => events.push('server writable'),
        flushed: () => {},
        ended: ({ why, code, isByClient }) =>
          events.push(`server ended ${why} ${code}${isByClient ? ' by client' : ''}`),
        released: () => events.push('server released'),
      };
    },
    mayResume: () => true,
    busyFor: () => undefined,
    refused: (why) => events.push(`refused ${why}`),
    storeFailed(error) {
      throw error;
    },
  });
  const clientEvents: ClientEvents = {
    message(delivery) {
      clientGot.push(delivery.data);
      client.handled(delivery);
    },
    live: ({ isResumed, lost }) =>
      events.push(`client live ${isResumed ? 'resumed' : 'new'}${lost ? ` lost ${lost}` : ''}`),
    interrupted: ({ code, after }) =>
      events.push(`client interrupted ${code}${after === undefined ? '' : ` after ${after}`}`),
    expired(expiry) {
      returned.push(...expiry.returned.map(({ data }) => data));
      events.push(`client expired ${expiry.why}${expiry.lost ? ` lost ${expiry.lost}` : ''}`);
    },
    plain: () => events.push('client plain'),
    writable: () => events.push('client writable'),
    flushed: () => {},
    closed: ({ code, reason }) => events.push(`client closed ${code} ${reason}`),
  };
  const client = new ClientEnd({ ...clientOptions, ...options }, host, clientEvents);
  let wire = new Wire();
  const connect = (bind = 'ann') => {
    const made = new Wire();
    wire = made;
    made.serverLink = reception.accept(made.server, bind, '');
    made.clientLink = client.opened(made.client, 'resumable');
    return made;
  };
  /** Moves everything until nothing is under way. */
  const settle = async () => {
    for (let idle = 0; idle < 8; idle++) {
      while (wire.up() || wire.down()) idle = 0;
      await Promise.resolve();
    }
  };
  return { clock, client, connect, settle, events, clientGot, serverGot, returned, ends, store, reception };
}

describe('two ends of wsr1', () => {
  test('a new session: both ends send, and everything is acknowledged', async () => {
    const { client, connect, settle, events, clientGot, serverGot, ends, clock } = setUp();
    client.send('early');
    connect();
    await settle();
    ends[0]?.send('down');
    client.send('\u0010control?');
    client.send(Uint8Array.of(0x10, 1));
    await settle();
    clock.advance(250);
    await settle();
    assert.deepEqual(events, ['server session new', 'server live new', 'client live new']);
    assert.deepEqual(serverGot, ['early', '\u0010control?', Uint8Array.of(0x10, 1)]);
    assert.deepEqual(clientGot, ['down']);
    assert.equal(client.bufferedAmount, 0);
    assert.equal(ends[0]?.bufferedAmount, 0);
  });

  test('acknowledgements that were lost with a connection come with the next one, without waiting for the heartbeat', async () => {
    const { client, connect, settle, ends, serverGot, clock } = setUp();
    const first = connect();
    await settle();
    for (let at = 0; at < 4; at++) client.send('x'.repeat(8 * KIB));
    // The messages go up; nothing comes down any more.
    while (first.up()) await Promise.resolve();
    assert.equal(serverGot.length, 4);
    connect();
    await settle();
    clock.advance(250);
    await settle();
    assert.equal(serverGot.length, 4);
    assert.deepEqual([client.bufferedAmount, ends[0]?.bufferedAmount], [0, 0]);
  });

  test('what was under way when the connection broke arrives on the next, once', async () => {
    const { client, connect, settle, clientGot, serverGot, ends, events } = setUp();
    connect();
    await settle();
    const broken = connect();
    await settle();
    for (let at = 0; at < 5; at++) {
      client.send(`up ${at}`);
      ends[0]?.send(`down ${at}`);
    }
    broken.up();
    broken.down();
    broken.cut();
    client.send('up 5');
    ends[0]?.send('down 5');
    connect();
    await settle();
    assert.deepEqual(
      serverGot,
      [0, 1, 2, 3, 4, 5].map((at) => `up ${at}`),
    );
    assert.deepEqual(
      clientGot,
      [0, 1, 2, 3, 4, 5].map((at) => `down ${at}`),
    );
    assert.ok(events.includes('client live resumed'));
  });

  test('a handler of a session that is gone settles nothing of the next one', () => {
    const clock = new ManualClock(new ManualTurn());
    const deliveries: Delivery[] = [];
    const quiet = () => {};
    const client = new ClientEnd(clientOptions, hostOf(clock), {
      message: (delivery) => deliveries.push(delivery),
      live: quiet,
      interrupted: quiet,
      expired: quiet,
      plain: quiet,
      writable: quiet,
      flushed: quiet,
      closed: quiet,
    });
    const hello = '\u0010H{"v":1,"buf":1024,"part":256,"max":1024,"hb":0}';
    const ready = (id: string) => `\u0010R{"id":"${id}","tok":"t","keep":1000,"rx":0}`;
    const first = new WireEnd();
    const link = client.opened(first, 'resumable');
    for (const message of [hello, ready('one'), 'slow']) link.received(message);
    link.closed(1006, '');
    const second = new WireEnd();
    const next = client.opened(second, 'resumable');
    for (const message of [hello, '\u0010X{"why":"expired","rx":0}', ready('two'), 'next']) next.received(message);
    client.handled(deliveries[0] as Delivery);
    next.received('\u0010Q');
    assert.equal(second.log.at(-1), '\u0010A0 0');
    client.handled(deliveries[1] as Delivery);
    next.received('\u0010Q');
    assert.equal(second.log.at(-1), '\u0010A1 0');
    client.terminate();
  });

  test('handled messages are acknowledged again after a break: the client may wait for nothing else', async () => {
    const { client, connect, settle, clock } = setUp();
    const wire = connect();
    await settle();
    client.send('one');
    await settle();
    clock.advance(250);
    // The acknowledgement is lost.
    wire.cut();
    connect();
    await settle();
    assert.equal(client.bufferedAmount, 0);
  });

  test('messages that were acknowledged are not kept in memory', async () => {
    const { client, connect, settle, clock } = setUp();
    connect();
    await settle();
    const sent: WeakRef<Uint8Array>[] = [];
    const send = () => {
      const data = new Uint8Array(10 * KIB);
      sent.push(new WeakRef(data));
      client.send(data);
    };
    for (let at = 0; at < 10; at++) {
      send();
      await settle();
      clock.advance(250);
      await settle();
    }
    assert.equal(client.bufferedAmount, 0);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // What the last turns hold is let go of later.
    for (let round = 0; round < 50 && sent.some((message) => message.deref() !== undefined); round++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    assert.equal(sent.filter((message) => message.deref() !== undefined).length, 0);
  });

  test('a message larger than the buffer goes in parts, and goes on after a cut', async () => {
    const { client, connect, settle, serverGot, clock } = setUp();
    const wire = connect();
    await settle();
    const large = new Uint8Array(500 * KIB).map((_, at) => at % 251);
    assert.equal(client.send(large), 'taken');
    for (let step = 0; step < 6; step++) wire.up();
    wire.cut();
    connect();
    for (let step = 0; step < 20; step++) {
      await settle();
      clock.advance(250);
    }
    assert.deepEqual(serverGot, [large]);
    assert.equal(client.bufferedAmount, 0);
  });
});
