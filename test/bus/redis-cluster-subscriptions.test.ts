// Subscriptions of a cluster when slots move, with a cluster in memory: what a real one does at a moment of its choice, the test
// does at its own.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ClusterClient,
  ClusterSubscriptions,
  type ShardEvents,
  type ShardSubscriber,
} from '../../src/bus/redis/cluster-subscriptions.ts';
import { hashSlot } from '../../src/bus/redis/hash-slot.ts';
import type { RedisCommand } from '../../src/bus/redis/redis-link.ts';
import { until } from '../support/until.ts';

const OWN = 'hws.probe.x.';

/** A server `a` that has all slots until they move, and a client that learns of a move when it publishes. */
class FakeCluster implements ClusterClient {
  readonly owners = new Map<number, string>();
  readonly known = new Map<number, string>();
  readonly shards = new Map<string, { readonly channels: Set<string>; readonly events: ShardEvents }>();
  readonly destroyed: string[] = [];
  /** Held back: answers to SSUBSCRIBE. */
  gate: Promise<void> = Promise.resolve();

  masterOf(slot: number): string {
    return this.known.get(slot) ?? 'a';
  }

  ownerOf(slot: number): string {
    return this.owners.get(slot) ?? 'a';
  }

  subscriber(master: string, events: ShardEvents): ShardSubscriber {
    const channels = new Set<string>();
    this.shards.set(master, { channels, events });
    return {
      connect: () => Promise.resolve(),
      subscribe: async (channel) => {
        await this.gate;
        const slot = hashSlot(channel);
        if (this.ownerOf(slot) !== master) throw new Error(`MOVED ${slot} 127.0.0.1:1`);
        channels.add(channel);
      },
      unsubscribe: async (channel) => void channels.delete(channel),
      destroy: () => void this.destroyed.push(master),
    };
  }

  async send(key: string, [name]: RedisCommand): Promise<unknown> {
    if (name === 'SPUBLISH') {
      assert.ok(key.startsWith(`${OWN}{`), 'only a channel of the driver');
      const slot = hashSlot(/\{(.*)\}/.exec(key)?.[1] as string);
      this.known.set(slot, this.ownerOf(slot));
      return 0;
    }
    const moved = Array.from(this.owners, ([slot, owner]) => [slot, slot, ['', 0, owner]]);
    return [[0, 16_383, ['', 0, 'a']], ...moved];
  }

  /** A slot goes to another server. @param isTold  whether the push gets through */
  move(channel: string, to: string, isTold: boolean): void {
    const from = this.shards.get(this.ownerOf(hashSlot(channel)));
    this.owners.set(hashSlot(channel), to);
    from?.channels.delete(channel);
    if (isTold) from?.events.moved(channel);
  }

  holders(channel: string): string[] {
    return [...this.shards].filter(([, { channels }]) => channels.has(channel)).map(([name]) => name);
  }
}

async function subscribed(...channels: string[]) {
  const cluster = new FakeCluster();
  const told: unknown[] = [];
  const subscriptions = new ClusterSubscriptions(cluster, OWN, {
    message() {},
    moved: (count) => void told.push(count),
    ended: (error) => void told.push(error),
  });
  await subscriptions.audit();
  await subscriptions.subscribe(channels);
  return { cluster, subscriptions, told };
}

describe('subscriptions of a cluster', () => {
  test('a slot that moves takes its channels along, and that is told; the others stay', async () => {
    const { cluster, subscriptions, told } = await subscribed('hws.t.one', 'hws.t.two', `${OWN}0`);
    cluster.move('hws.t.one', 'b', true);
    cluster.move(`${OWN}0`, 'b', true);
    assert.equal(subscriptions.isMoving, true);
    await until('in place', () => !subscriptions.isMoving);
    assert.deepEqual(cluster.holders('hws.t.one'), ['b']);
    assert.deepEqual(cluster.holders('hws.t.two'), ['a']);
    assert.deepEqual(cluster.holders(`${OWN}0`), ['b']);
    // A channel of the driver itself carries nothing of the application.
    assert.deepEqual(told, [1]);
  });

  test('a move that no push told is found by the next look, and told', async () => {
    const { cluster, subscriptions, told } = await subscribed('hws.t.one', 'hws.t.two');
    cluster.move('hws.t.one', 'b', false);
    assert.deepEqual(cluster.holders('hws.t.one'), []);
    await subscriptions.audit();
    await until('in place', () => !subscriptions.isMoving);
    assert.deepEqual(cluster.holders('hws.t.one'), ['b']);
    assert.deepEqual(told, [1]);
    await subscriptions.audit();
    assert.deepEqual(told, [1], 'it is told once');
  });

  test('a server that has no channel of ours any more is left', async () => {
    const { cluster, subscriptions } = await subscribed('hws.t.one');
    cluster.move('hws.t.one', 'b', true);
    await until('in place', () => !subscriptions.isMoving);
    await subscriptions.audit();
    assert.deepEqual(cluster.destroyed, ['a']);
    cluster.shards.get('a')?.events.ended(undefined);
  });

  test('a channel that is left while it moves has no place afterwards', async () => {
    const { cluster, subscriptions } = await subscribed('hws.t.one');
    let open = (): void => {};
    cluster.gate = new Promise((resolve) => {
      open = resolve;
    });
    cluster.move('hws.t.one', 'b', true);
    await subscriptions.unsubscribe(['hws.t.one']);
    open();
    await until('nothing moves', () => !subscriptions.isMoving);
    assert.deepEqual(cluster.holders('hws.t.one'), []);
  });

  test('a server that loses its connection ends the link', async () => {
    const { cluster, told } = await subscribed('hws.t.one');
    cluster.shards.get('a')?.events.ended('gone');
    assert.deepEqual(told, ['gone']);
  });
});
