// The parts of the soak test that judge, on cases written out: each kind of fault is found, and nothing else is.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { judge } from './judgement.ts';
import { type EndReport, Ledger } from './ledger.ts';
import {
  broadcastAt,
  type Data,
  IncomingBroadcasts,
  IncomingStream,
  isBroadcast,
  MAX_SIZE,
  messageAt,
  streamKey,
} from './messages.ts';
import type { Moment } from './moment.ts';
import { type Settings, shortRun } from './settings.ts';
import { growsBeyond, trendOf } from './trend.ts';

const key = streamKey(7, 1, 'up');

suite('numbered messages', () => {
  test('a stream that comes in full is accepted, message by message', () => {
    const incoming = new IncomingStream(key);
    for (let number = 0; number < 2_000; number++) {
      assert.equal(incoming.accept(messageAt(key, number).data), undefined);
    }
    assert.equal(incoming.received, 2_000);
  });

  test('they have all sizes from 0 to 1 MiB, both kinds, and come in one to five fragments', () => {
    const sizes: number[] = [];
    const fragments = new Set<number>();
    let texts = 0;
    for (let number = 0; number < 20_000; number++) {
      const message = messageAt(key, number);
      sizes.push(Buffer.byteLength(message.data));
      fragments.add(message.fragments.length);
      if (typeof message.data === 'string') texts++;
      const whole = typeof message.data === 'string' ? message.fragments.join('') : joined(message.fragments);
      assert.ok(typeof whole === 'string' ? whole === message.data : whole.equals(message.data as Buffer));
    }
    assert.equal(Math.min(...sizes), 0);
    assert.ok(Math.max(...sizes) > MAX_SIZE / 2 && Math.max(...sizes) <= MAX_SIZE);
    assert.ok(sizes.some((size) => size > 125 && size < 65_536) && sizes.some((size) => size >= 65_536));
    assert.deepEqual([...fragments].sort(), [1, 2, 3, 4, 5]);
    assert.ok(texts > 8_000 && texts < 12_000);
  });

  test('text is well-formed in whole and in parts, with characters of one to four bytes', () => {
    const bytes = new Set<number>();
    for (let number = 0; number < 2_000; number++) {
      for (const part of messageAt(key, number).fragments) {
        if (typeof part !== 'string') continue;
        assert.equal(Buffer.from(part).toString(), part);
        for (const character of part.slice(0, 2_000)) bytes.add(Buffer.byteLength(character));
      }
    }
    assert.deepEqual([...bytes].sort(), [1, 2, 3, 4]);
  });

  /** Two messages after each other that differ, not near the beginning. */
  const at = [...Array(100).keys()].find(
    (number) => number > 30 && [0, 1, 2].every((next) => messageAt(key, number + next).data.length > 20),
  ) as number;

  function streamUntil(number: number): IncomingStream {
    const incoming = new IncomingStream(key);
    for (let earlier = 0; earlier < number; earlier++) incoming.accept(messageAt(key, earlier).data);
    return incoming;
  }

  test('one that is lost, doubled, out of order or damaged is told apart', () => {
    assert.match(
      String(streamUntil(at).accept(messageAt(key, at + 1).data)),
      new RegExp(`which is message ${at + 1}$`),
    );
    assert.match(String(streamUntil(at + 1).accept(messageAt(key, at).data)), new RegExp(`which is message ${at}$`));
    const { data } = messageAt(key, at);
    const damaged = typeof data === 'string' ? `${data.slice(0, -1)}!` : flipped(data);
    assert.match(String(streamUntil(at).accept(damaged)), /which is none of those around it/);
  });

  test('a text is not accepted for the same bytes as binary', () => {
    const number = [...Array(100).keys()].find(
      (candidate) => typeof messageAt(key, candidate).data === 'string',
    ) as number;
    assert.ok(streamUntil(number).accept(Buffer.from(messageAt(key, number).data as string)) !== undefined);
  });

  test('broadcasts are known from the messages of streams, and counted from the first one on', () => {
    for (let number = 0; number < 2_000; number++) assert.ok(!isBroadcast(messageAt(key, number).data));
    const incoming = new IncomingBroadcasts(7);
    for (let number = 5; number < 200; number++) {
      assert.ok(isBroadcast(broadcastAt(7, number)));
      assert.equal(incoming.accept(broadcastAt(7, number)), undefined);
    }
    assert.deepEqual([incoming.first, incoming.received], [5, 195]);
    assert.match(String(incoming.accept(broadcastAt(7, 201))), /broadcast 200 should come, but 201 came/);
  });
});

suite('books of connections', () => {
  const client: EndReport = {
    id: 1,
    side: 'client',
    intent: 'close',
    sent: 10,
    failed: 0,
    received: 8,
    broadcasts: 3,
    firstBroadcast: 4,
    code: 1000,
    wasClean: true,
    error: '',
  };
  const server: EndReport = {
    ...client,
    side: 'server',
    intent: 'none',
    sent: 8,
    received: 10,
  };
  const cut = { code: 1006, wasClean: false } as const;

  function violations(clientPart: Partial<EndReport>, serverPart: Partial<EndReport>): string[] {
    const ledger = new Ledger();
    ledger.add({ ...server, ...serverPart });
    ledger.add({ ...client, ...clientPart });
    ledger.finish();
    assert.equal(ledger.violationCount, ledger.violations.length);
    return ledger.violations;
  }

  test('a clean end with all messages has nothing to say', () => {
    assert.deepEqual(violations({}, {}), []);
  });

  test('a clean end without the last message, or with one too many, is a violation in either direction', () => {
    assert.match(
      violations({}, { received: 9 })[0] ?? '',
      /to the server: 10 sent, 0 of them failed, 9 received, though/,
    );
    assert.match(
      violations({ received: 7, intent: 'none' }, { intent: 'close' })[0] ?? '',
      /to the client: 8 sent, 0 of them failed, 7 received, though/,
    );
    assert.match(violations({}, { received: 11 })[0] ?? '', /to the server: 10 sent, 0 of them failed, 11 received/);
  });

  test('after its own close() an end is given nothing more', () => {
    assert.deepEqual(violations({ received: 7 }, {}), []);
    assert.deepEqual(violations({ intent: 'none' }, { intent: 'close', received: 9 }), []);
    assert.match(
      violations({ received: 9 }, {})[0] ?? '',
      /to the client: 8 sent, 0 of them failed, 9 received, though/,
    );
  });

  test('a message whose sender was told an error may be missing; one that came all the same is a violation', () => {
    assert.deepEqual(violations({ received: 7 }, { failed: 1 }), []);
    assert.match(violations({}, { failed: 1 })[0] ?? '', /to the client: 8 sent, 1 of them failed, 8 received/);
  });

  test('at the end of the run nothing may be missing, told or not', () => {
    assert.deepEqual(violations({ intent: 'done' }, {}), []);
    assert.match(
      violations({ intent: 'done', received: 7 }, { failed: 1 })[0] ?? '',
      /7 received, at the end of the run/,
    );
  });

  test('a connection that was meant to be cut may lose what was on its way, and get nothing that was not sent', () => {
    assert.deepEqual(violations({ intent: 'reset', ...cut, received: 2 }, cut), []);
    assert.match(violations({ intent: 'reset', ...cut }, { ...cut, received: 11 })[0] ?? '', /10 sent.*11 received/);
  });

  test('a connection that was cut though nobody meant to, or ended though nobody wanted it, is a violation', () => {
    assert.match(violations(cut, cut)[0] ?? '', /was cut, though nobody meant to/);
    assert.match(violations({ intent: 'none' }, {})[0] ?? '', /ended, though neither end wanted it/);
    assert.deepEqual(violations({ intent: 'none' }, { intent: 'close' }), []);
  });

  test('broadcasts: a missing one, and a first one that is not the first, are violations', () => {
    const sentAway = { intent: 'none' } as const;
    assert.match(
      violations({ ...sentAway, broadcasts: 2 }, { intent: 'close' })[0] ?? '',
      /3 broadcasts sent, 2 received/,
    );
    assert.match(violations({ intent: 'done', broadcasts: 2 }, {})[0] ?? '', /3 broadcasts sent, 2 received/);
    assert.match(violations({ broadcasts: 4 }, {})[0] ?? '', /3 broadcasts sent, 4 received/);
    assert.deepEqual(violations({ broadcasts: 2 }, {}), [], 'the client went: the last may have been dropped');
    assert.match(violations({ firstBroadcast: 5 }, {})[0] ?? '', /the first broadcast was 5, not 4/);
  });

  test('a client that does not read is closed with 1013', () => {
    const told = { intent: 'overflow', code: 1013 } as const;
    assert.deepEqual(violations(told, { ...cut, error: 'ERR_WS_SLOW_CONSUMER' }), []);
    assert.match(
      violations(told, { ...cut, error: 'ERR_WS_LOST' })[0] ?? '',
      /did not read, and the server reported ERR_WS_LOST/,
    );
  });

  test('an end that the other side has not seen is a violation, and so is one that comes twice', () => {
    const ledger = new Ledger();
    ledger.add(client);
    ledger.finish();
    assert.match(ledger.violations[0] ?? '', /only the client has seen its end/);
    ledger.add({ ...client, ...cut, intent: 'attempt' });
    ledger.finish();
    assert.equal(ledger.violationCount, 1, 'a handshake that failed need not have reached the server');
    ledger.add(client);
    ledger.add(client);
    assert.match(ledger.violations[1] ?? '', /the client reported its end twice/);
  });
});

suite('verdict of a long run', () => {
  const settings: Settings = { ...shortRun(60, 600), connections: 100 };

  /** Ten minutes with 100 messages a second; what grows does so by `perMinute`, with noise of 100 KiB around it. */
  function broken(perMinute: Partial<Record<'heapUsed' | 'rss' | 'handles', number>>): string[] {
    const moments = [...Array(120).keys()].map((index): Moment => {
      const minutes = index / 12;
      const noise = (((index * 7919) % 11) - 5) * 20_000;
      const at = (base: number, growth = 0, jitter = noise): number => base + growth * minutes + jitter;
      const sample = {
        ...{ heapUsed: at(50e6, perMinute.heapUsed), rss: at(200e6, perMinute.rss), external: 1e6 },
        ...{ handles: at(103, perMinute.handles, 0), connections: 100, delay99: 1, delayMax: 2, cpu: 0.5 },
        ...{ sent: minutes * 3000, received: minutes * 3000, broadcasts: 0, pings: 0, pongs: 0, disturbances: 9 },
        ...{ halfHandshakes: 0, failedAttempts: {}, drained: 0, cutByDrain: 0, refusedHandshakes: 0 },
      };
      return {
        time: index * 5,
        phase: 'run',
        ended: minutes * 30,
        load: 1,
        server: sample,
        engine: sample,
        ws: sample,
      };
    });
    const checks = judge(settings, moments, new Ledger(), {});
    return checks.filter(({ name, passed }) => name.startsWith('server: slope') && !passed).map(({ name }) => name);
  }

  test('a level with noise passes', () => {
    assert.deepEqual(broken({}), []);
  });

  test('a pointer for each message is seen, through the noise', () => {
    // 6,000 messages a minute, 8 bytes each; the bound is half of it, and 64 bytes for each of 30 connections.
    assert.deepEqual(broken({ heapUsed: 8 * 6_000 }), ['server: slope of heap']);
  });

  test('RSS and handles that rise are seen', () => {
    assert.deepEqual(broken({ rss: 5 * 1024 * 1024 }), ['server: slope of RSS']);
    assert.deepEqual(broken({ handles: 2 }), ['server: slope of handles beyond connections']);
  });
});

suite('trends', () => {
  const noise = [3, -4, 1, 5, -2, -5, 4, 0, -3, 1];

  test('a straight line is found', () => {
    const { slope, start, error } = trendOf(noise.map((_, x) => [x, 2 * x + 10]));
    assert.deepEqual([slope, start, error], [2, 10, 0]);
  });

  test('noise around a level does not grow; the same noise around a rise does', () => {
    assert.equal(growsBeyond(trendOf(noise.map((y, x) => [x, y])), 0), false);
    assert.equal(growsBeyond(trendOf(noise.map((y, x) => [x, y + 3 * x])), 1), true);
    assert.equal(growsBeyond(trendOf(noise.map((y, x) => [x, y + 3 * x])), 5), false);
  });

  test('two samples make no trend', () => {
    assert.throws(
      () =>
        trendOf([
          [0, 1],
          [1, 2],
        ]),
      /2 samples make no trend/,
    );
  });
});

function joined(parts: readonly Data[]): Buffer {
  return Buffer.concat(parts as Buffer[]);
}

function flipped(data: Buffer): Buffer {
  const copy = Buffer.from(data);
  copy[0] = (copy[0] as number) ^ 1;
  return copy;
}
