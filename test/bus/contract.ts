// What every driver of the bus promises (src/bus/bus-driver.ts), tried against the real thing. A driver's test starts its broker
// and calls `describeDriver`.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type BusDriver, type BusEvents, MAX_WAITING } from '../../src/bus/bus-driver.ts';
import { until } from '../support/until.ts';

/** What some drivers do not have, so that it cannot be tried. */
export type Absent = 'broker' | 'freezing' | 'network' | 'credentials';

/** A broker of a test, and what the test can do to it. */
export interface Bed {
  /** A new driver of one system, not open yet. It looks for a lost broker often: every half second or so. */
  driver(): BusDriver;
  readonly broker?: {
    /** Ends the broker at once, as a crash does. Settles when it is gone. */
    stop(): Promise<void>;
    /** Starts it again at the same address, empty. Settles when it takes connections. */
    start(): Promise<void>;
    /** Has it stand still, with its connections open (SIGSTOP). */
    freeze?(): void;
    thaw?(): void;
  };
  /** Cuts the way to the broker for the drivers made by {@link driver}; connections through it end, and new ones fail. */
  readonly network?: { cut(): void; mend(): void };
  /** A driver with credentials that the broker refuses, and the secret among them. */
  refused?(): { readonly driver: BusDriver; readonly secret: string };
  close(): Promise<void>;
}

/** A driver and what it has told. */
class Node implements BusEvents {
  readonly driver: BusDriver;
  readonly told: string[] = [];
  readonly errors: Error[] = [];
  readonly messages: { channel: string; payload: Uint8Array }[] = [];
  /** Called at each `ready`. */
  atReady: (() => void) | undefined;

  constructor(driver: BusDriver) {
    this.driver = driver;
  }

  ready(): void {
    this.told.push('ready');
    this.atReady?.();
  }

  lost(error: Error): void {
    this.#note('lost', error);
  }

  refused(error: Error): void {
    this.#note('refused', error);
  }

  trouble(error: Error): void {
    this.#note('trouble', error);
  }

  message(channel: string, payload: Uint8Array): void {
    this.messages.push({ channel, payload });
  }

  get isReady(): boolean {
    return this.told.filter((event) => event === 'ready' || event === 'lost').at(-1) === 'ready';
  }

  /** Texts that came on a channel. */
  on(channel: string): string[] {
    return this.messages.filter((message) => message.channel === channel).map(({ payload }) => textOf(payload));
  }

  #note(event: string, error: Error): void {
    this.told.push(event);
    this.errors.push(error);
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const turn = (milliseconds = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * @param start   starts the broker; called once, before the tests
 * @param absent  what the driver does not have
 */
export function describeDriver(name: string, start: () => Promise<Bed>, absent: readonly Absent[] = []): void {
  const has = (what: Absent): boolean => !absent.includes(what);
  describe(`a driver of the bus: ${name}`, () => {
    let bed: Bed;
    let nodes: Node[] = [];
    let number = 0;

    before(async () => {
      bed = await start();
    });
    after(() => bed?.close());
    afterEach(async () => {
      await Promise.all(nodes.map(({ driver }) => driver.close()));
      nodes = [];
    });

    const tryWith = (what: Absent, title: string, run: () => Promise<void>): void => {
      if (has(what)) test(title, run);
    };
    /** A name that no other test has. */
    const channel = (): string => `contract.${process.pid}-${++number}`;
    const added = (): Node => {
      const node = new Node(bed.driver());
      nodes.push(node);
      return node;
    };
    const opened = (): Node => {
      const node = added();
      node.driver.open(node);
      return node;
    };
    const ready = async (): Promise<Node> => {
      const node = opened();
      await until('ready', () => node.isReady);
      return node;
    };
    /** Publishes on the first node until each of the others hears it: the way is open. */
    const isJoined = async (from: Node, to: readonly Node[]): Promise<void> => {
      const on = channel();
      await Promise.all(to.map(({ driver }) => driver.subscribe([on])));
      await until('a message comes through', () => {
        from.driver.publish(on, bytes('?'));
        return to.every((node) => node.on(on).length > 0);
      });
      for (const { driver } of to) driver.unsubscribe([on]);
    };

    test('tells its name, where it connects to and how large a payload may be', async () => {
      const { driver } = await ready();
      assert.match(driver.name, /^[a-z]+$/);
      assert.notEqual(driver.address, '');
      assert.notEqual(driver.payloadBound, '');
      assert.ok(driver.maxPayload >= 65_536, String(driver.maxPayload));
    });

    test('tells nothing from inside open, and is ready afterwards', async () => {
      const node = opened();
      assert.deepEqual(node.told, []);
      await until('ready', () => node.isReady);
      assert.deepEqual(node.told, ['ready']);
    });

    test('takes nothing before it is ready or after it is closed, and does not throw', async () => {
      const node = opened();
      assert.equal(node.driver.publish(channel(), bytes('early')), false);
      await until('ready', () => node.isReady);
      await node.driver.close();
      assert.equal(node.driver.publish(channel(), bytes('late')), false);
      await node.driver.subscribe([channel()]);
      node.driver.unsubscribe([channel()]);
      await node.driver.flush();
      await node.driver.close();
      assert.deepEqual(node.told, ['ready']);
    });

    test('carries any bytes to all who subscribe, and to nobody else', async () => {
      const [sender, one, other, none] = [await ready(), await ready(), await ready(), await ready()];
      const [on, off] = [channel(), channel()];
      await Promise.all([one.driver.subscribe([on]), other.driver.subscribe([on]), none.driver.subscribe([off])]);
      const payloads = [
        new Uint8Array(0),
        Uint8Array.from({ length: 256 }, (_, at) => at),
        Uint8Array.from({ length: 65_536 }, (_, at) => (at * 7) >> 3),
        bytes('\r\n$-1\r\n'),
      ];
      for (const payload of payloads) assert.equal(sender.driver.publish(on, payload), true);
      const all = (node: Node) => node.messages.length >= payloads.length;
      await until('all payloads', () => all(one) && all(other));
      for (const node of [one, other]) {
        assert.deepEqual(
          node.messages.map((message) => message.channel),
          payloads.map(() => on),
        );
        for (const [at, message] of node.messages.entries())
          assert.ok(Buffer.from(message.payload).equals(payloads[at]!), `payload ${at}`);
      }
      assert.equal(none.messages.length, 0);
      assert.equal(sender.messages.length, 0);
    });

    test('keeps the order of a publisher on a channel', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const on = channel();
      await receiver.driver.subscribe([on]);
      const sent = Array.from({ length: 2_000 }, (_, at) => String(at));
      for (const text of sent) assert.ok(sender.driver.publish(on, bytes(text)));
      await until('all messages', () => receiver.messages.length >= sent.length);
      assert.deepEqual(receiver.on(on), sent);
    });

    test('leaves payloads alone that it was given, and those that it has told', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const on = channel();
      await receiver.driver.subscribe([on]);
      const payloads = Array.from({ length: 300 }, (_, at) => new Uint8Array(1 + at * 11).fill(at));
      for (const payload of payloads) sender.driver.publish(on, payload);
      await until('all messages', () => receiver.messages.length >= payloads.length);
      payloads.forEach((payload, at) => {
        assert.ok(
          payload.every((byte) => byte === (at & 255)),
          `given ${at}`,
        );
        assert.ok(Buffer.from(receiver.messages[at]!.payload).equals(payload), `told ${at}`);
      });
    });

    test('tells its publisher a message that comes back at most once', async () => {
      const [both, other] = [await ready(), await ready()];
      const on = channel();
      await Promise.all([both.driver.subscribe([on]), other.driver.subscribe([on])]);
      for (const text of ['a', 'b']) both.driver.publish(on, bytes(text));
      other.driver.publish(on, bytes('c'));
      await until('all messages', () => other.messages.length >= 2 && both.on(on).includes('c'));
      assert.ok(both.messages.length <= 3);
    });

    test('is subscribed to a channel or not: twice is once', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const [on, last] = [channel(), channel()];
      await receiver.driver.subscribe([on, on]);
      await receiver.driver.subscribe([on, last]);
      sender.driver.publish(on, bytes('one'));
      await until('the message', () => receiver.on(on).length > 0);
      assert.deepEqual(receiver.on(on), ['one']);
      receiver.driver.unsubscribe([on, on]);
      await isSilent(sender, receiver, on, last);
    });

    /** After an end of subscription messages may still be on their way: rounds until one of them brings nothing. */
    const isSilent = async (sender: Node, receiver: Node, silent: string, heard: string): Promise<void> => {
      for (let round = 0; round < 200; round++) {
        const before = receiver.on(silent).length;
        sender.driver.publish(silent, bytes('lost'));
        sender.driver.publish(heard, bytes(String(round)));
        await until('the other channel', () => receiver.on(heard).includes(String(round)));
        await turn();
        if (receiver.on(silent).length === before) return;
      }
      assert.fail('messages went on after the end of the subscription');
    };

    test('subscribes again to what it left in the same turn', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const on = channel();
      await receiver.driver.subscribe([on]);
      receiver.driver.unsubscribe([on]);
      await receiver.driver.subscribe([on]);
      sender.driver.publish(on, bytes('again'));
      await until('the message', () => receiver.on(on).includes('again'));
    });

    test('takes thousands of channels in one call, and in as many calls', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const many = Array.from({ length: 3_000 }, channel);
      const single = Array.from({ length: 500 }, channel);
      await Promise.all([receiver.driver.subscribe(many), ...single.map((on) => receiver.driver.subscribe([on]))]);
      const probes = [many[0]!, many[1_500]!, many[2_999]!, single[0]!, single[499]!];
      for (const on of probes) sender.driver.publish(on, bytes('here'));
      await until('a message on each', () => probes.every((on) => receiver.on(on).length > 0));
      receiver.driver.unsubscribe([...many, ...single.slice(1)]);
      await isSilent(sender, receiver, many[0]!, single[0]!);
      assert.equal(receiver.errors.length, 0);
    });

    test('takes every channel that may be used', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const start = channel();
      const names = [`${start}.A-z_0~9`, `${start}.${'x'.repeat(254 - start.length)}`, `${start}.a.b.c.d`];
      await receiver.driver.subscribe(names);
      for (const name of names) assert.equal(sender.driver.publish(name, bytes(name)), true);
      await until('all messages', () => names.every((name) => receiver.on(name)[0] === name));
    });

    test('carries a payload of maxPayload bytes', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const on = channel();
      await receiver.driver.subscribe([on]);
      // Where a broker takes hundreds of MiB, this test does not need them.
      const payload = new Uint8Array(Math.min(sender.driver.maxPayload, 4 * 2 ** 20)).fill(7);
      assert.equal(sender.driver.publish(on, payload), true);
      await until('the message', () => receiver.messages.length > 0);
      assert.ok(Buffer.from(receiver.messages[0]!.payload).equals(payload));
      assert.deepEqual(sender.told, ['ready']);
    });

    test('has what was published before flush at the broker when it ends', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const on = channel();
      await receiver.driver.subscribe([on]);
      for (let at = 0; at < 100; at++) sender.driver.publish(on, bytes(String(at)));
      await sender.driver.flush();
      await sender.driver.close();
      await until('all messages', () => receiver.messages.length >= 100);
    });

    test('has every subscription in place when it says ready', async () => {
      const sender = await ready();
      const receiver = added();
      const on = channel();
      let isSubscribed = false;
      const subscribed = receiver.driver.subscribe([on]).then(() => {
        isSubscribed = true;
      });
      receiver.atReady = () => void sender.driver.publish(on, bytes('at ready'));
      receiver.driver.open(receiver);
      await until('the message', () => receiver.on(on).length > 0);
      await subscribed;
      assert.ok(isSubscribed);
    });

    test('tells nothing after close', async () => {
      const [sender, receiver] = [await ready(), await ready()];
      const on = channel();
      await receiver.driver.subscribe([on]);
      for (let at = 0; at < 100; at++) sender.driver.publish(on, bytes(String(at)));
      const closed = receiver.driver.close();
      const { length } = receiver.messages;
      await Promise.all([closed, sender.driver.flush()]);
      await turn(20);
      assert.equal(receiver.messages.length, length);
      assert.deepEqual(receiver.told, ['ready']);
    });

    tryWith('broker', 'survives a broker that is not there yet', async () => {
      const broker = bed.broker!;
      await broker.stop();
      const node = opened();
      const on = channel();
      let isSubscribed = false;
      void node.driver.subscribe([on]).then(() => {
        isSubscribed = true;
      });
      try {
        await until('lost', () => node.told.includes('lost'));
        assert.ok(
          node.told.every((event) => event === 'lost'),
          node.told.join(),
        );
        assert.equal(node.driver.publish(on, bytes('nobody')), false);
        assert.equal(isSubscribed, false);
      } finally {
        await broker.start();
      }
      await until('ready', () => node.isReady && isSubscribed);
      const sender = await ready();
      sender.driver.publish(on, bytes('here'));
      await until('the message', () => node.on(on).includes('here'));
    });

    const goesAndComesBack = async (go: () => unknown, comeBack: () => unknown): Promise<void> => {
      const [sender, receiver] = [await ready(), await ready()];
      const [before, meanwhile] = [channel(), channel()];
      await receiver.driver.subscribe([before]);
      await isJoined(sender, [receiver]);
      await go();
      let subscribed: Promise<void> | undefined;
      try {
        await until('both have lost it', () => !sender.isReady && !receiver.isReady);
        assert.equal(sender.driver.publish(before, bytes('lost')), false);
        subscribed = receiver.driver.subscribe([meanwhile]);
        await sender.driver.flush();
      } finally {
        await comeBack();
      }
      // The node that is ready last publishes for both: at that time both directions are open.
      const welcome = (): void => {
        if (sender.isReady && receiver.isReady) sender.driver.publish(before, bytes('back'));
      };
      sender.atReady = welcome;
      receiver.atReady = welcome;
      welcome();
      await until('ready', () => sender.isReady && receiver.isReady);
      await subscribed;
      await until('a message on the old channel', () => receiver.on(before).includes('back'));
      sender.driver.publish(meanwhile, bytes('new'));
      await until('a message on the new channel', () => receiver.on(meanwhile).includes('new'));
      assert.ok(!receiver.on(before).includes('lost'));
      for (const error of [...sender.errors, ...receiver.errors])
        assert.ok(error instanceof Error && error.message !== '');
    };

    tryWith('broker', 'comes back with its subscriptions when the broker was killed and starts empty', async () => {
      const broker = bed.broker!;
      await goesAndComesBack(
        () => broker.stop(),
        () => broker.start(),
      );
    });

    tryWith('network', 'comes back with its subscriptions when the network was cut', async () => {
      const network = bed.network!;
      await goesAndComesBack(
        () => network.cut(),
        () => network.mend(),
      );
    });

    tryWith('broker', 'closes while the broker is gone', async () => {
      const broker = bed.broker!;
      const node = await ready();
      await broker.stop();
      try {
        const subscribed = node.driver.subscribe([channel()]);
        await node.driver.close();
        await subscribed;
        const { length } = node.told;
        await turn(20);
        assert.equal(node.told.length, length);
      } finally {
        await broker.start();
      }
    });

    tryWith(
      'freezing',
      'does not wait for a frozen broker, keeps at most MAX_WAITING, and goes on when it moves',
      async () => {
        const broker = bed.broker!;
        const [sender, receiver] = [await ready(), await ready()];
        // Nobody needs the queued messages: they would only take time to arrive.
        const [on, flooded] = [channel(), channel()];
        await receiver.driver.subscribe([on]);
        await isJoined(sender, [receiver]);
        broker.freeze!();
        try {
          // Beside what the driver keeps, the system's socket buffers hold some MiB.
          const most = MAX_WAITING + 32 * 2 ** 20;
          const payload = new Uint8Array(65_536);
          let taken = 0;
          while (taken < most && sender.driver.publish(flooded, payload)) taken += payload.length;
          assert.ok(taken < most, `${taken} bytes wait for a frozen broker`);
        } finally {
          broker.thaw!();
        }
        await until('a message after the standstill', () => {
          sender.driver.publish(on, bytes('moves'));
          return receiver.on(on).includes('moves');
        });
      },
    );

    tryWith('freezing', 'closes while the broker is frozen', async () => {
      const broker = bed.broker!;
      const node = await ready();
      broker.freeze!();
      try {
        void node.driver.subscribe([channel()]);
        node.driver.publish(channel(), bytes('?'));
        await node.driver.close();
      } finally {
        broker.thaw!();
      }
    });

    tryWith('credentials', 'gives up with wrong credentials, and does not show them', async () => {
      const { driver, secret } = bed.refused!();
      const node = new Node(driver);
      nodes.push(node);
      driver.open(node);
      await until('refused', () => node.told.includes('refused'));
      const { length } = node.told;
      await turn(50);
      assert.equal(node.told.length, length);
      assert.ok(!node.told.includes('ready'));
      for (const error of node.errors) assert.ok(!error.message.includes(secret), error.message);
      assert.ok(!driver.address.includes(secret));
      assert.equal(driver.publish(channel(), bytes('?')), false);
    });
  });
}
