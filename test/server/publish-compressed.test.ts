// Whether a message to many is compressed, and of which kind it is, as its sender says: on the wire, here and over a bus.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPublisher } from '../../src/bus/bus-publisher.ts';
import type { ServerSettings } from '../../src/server/options.ts';
import { System, type SystemNode } from '../support/bus.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { concat, hex, utf8 } from '../support/hex.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';
import { until } from '../support/until.ts';
import { frame } from '../support/wire.ts';

const DEFLATE = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const SHORT = 'a'.repeat(40);
const LONG = 'a'.repeat(120);
/** RFC 7692 §7.2.1, with RSV1: one literal, and a match for what follows. */
const SHORT_DEFLATED = hex('c1 06 4a 4c 24 0e 00 00');
const LONG_DEFLATED = hex('c1 06 4a 4c 1c 18 00 00');
const settings: ServerSettings = { compression: { threshold: 100 } };

/** Two nodes, each with a client that compresses and one that does not, in this order. */
async function two(
  scope: Scope,
): Promise<{ system: System; nodes: [SystemNode, SystemNode]; peers: RawPeer[]; ids: string[] }> {
  const system = new System(scope);
  const ids: string[] = [];
  const handlers: Parameters<System['node']>[2] = {
    ...settings,
    open(connection) {
      connection.subscribe('tea');
      ids.push(connection.id);
    },
  };
  const nodes: [SystemNode, SystemNode] = [await system.node('a', {}, handlers), await system.node('b', {}, handlers)];
  const peers: RawPeer[] = [];
  for (const { url } of nodes) {
    for (const fields of [DEFLATE, {}]) {
      const peer = await connectRaw(scope, Number(new URL(url).port));
      await requestHandshake(peer, fields);
      peers.push(peer);
    }
  }
  await until('all are open', () => ids.length === 4);
  await Promise.all(nodes.map(({ bus }) => bus.settled()));
  await until('both know each other', () => nodes.every(({ server }) => server.nodes().length === 2));
  return { system, nodes, peers, ids };
}

/** What the peers get next. */
async function get(peers: readonly RawPeer[], deflated: Uint8Array, plain: Uint8Array): Promise<void> {
  for (const [at, peer] of peers.entries()) await peer.expect(at % 2 === 0 ? deflated : plain);
}

describe('compress', () => {
  test(
    'holds for all connections that agreed on compression, of every node',
    leavingNothing(async (scope) => {
      const { nodes, peers } = await two(scope);
      const [{ server }] = nodes;
      const short = frame(0x81, utf8(SHORT));
      const long = frame(0x81, utf8(LONG));
      for (const send of [
        (text: string, compress?: boolean) => server.publish('tea', text, { compress }),
        (text: string, compress?: boolean) => server.broadcast(text, { compress }),
      ]) {
        assert.equal(send(SHORT), 2);
        await get(peers, short, short);
        send(SHORT, true);
        await get(peers, SHORT_DEFLATED, short);
        send(LONG);
        await get(peers, LONG_DEFLATED, long);
        send(LONG, false);
        await get(peers, long, long);
      }
      server.publish('tea', LONG);
      server.broadcast(LONG);
      for (const _ of [1, 2]) await get(peers, LONG_DEFLATED, long);
    }),
  );

  test(
    'what deflate does not make smaller is sent as it is',
    leavingNothing(async (scope) => {
      const { nodes, peers } = await two(scope);
      nodes[0].server.publish('tea', 'Hello', { compress: true });
      for (const peer of peers) await peer.expect(hex('81 05 48 65 6c 6c 6f'));
    }),
  );

  test(
    'is for one connection of any node, and for a topic that is not well-formed, with somebody left out',
    leavingNothing(async (scope) => {
      const { nodes, peers, ids } = await two(scope);
      const [{ server }] = nodes;
      for (const at of [0, 2]) {
        assert.equal(await server.sendTo(ids[at] as string, SHORT, { compress: true }), true);
        assert.equal(await server.sendTo(ids[at] as string, LONG, { compress: false }), true);
        assert.equal(await server.sendTo(ids[at] as string, LONG), true);
        await (peers[at] as RawPeer).expect(concat([SHORT_DEFLATED, frame(0x81, utf8(LONG)), LONG_DEFLATED]));
      }
      const connections = nodes.flatMap((node) => [...node.server.connections]);
      for (const connection of connections) connection.subscribe('\ud800');
      await Promise.all(nodes.map(({ bus }) => bus.settled()));
      server.publish('\ud800', SHORT, { compress: true, except: ids[0] });
      await (peers[2] as RawPeer).expect(SHORT_DEFLATED);
      server.publish('tea', 'end');
      await (peers[0] as RawPeer).expect(frame(0x81, utf8('end')));
    }),
  );

  test(
    'of a publisher without connections',
    leavingNothing(async (scope) => {
      const { system, nodes, peers, ids } = await two(scope);
      const publisher = createPublisher({ bus: system.bus({ node: 'p' }).bus });
      scope.defer(() => publisher.close());
      await publisher.ready();
      await until('it is known', () => publisher.nodes().length === 3 && nodes[0].server.nodes().length === 3);
      publisher.publish('tea', SHORT, { compress: true });
      publisher.broadcast(LONG, { compress: false });
      publisher.publish('tea', utf8(SHORT), { binary: false, compress: true });
      const short = frame(0x81, utf8(SHORT));
      const long = frame(0x81, utf8(LONG));
      await get(peers, concat([SHORT_DEFLATED, long, SHORT_DEFLATED]), concat([short, long, short]));
      assert.equal(await publisher.sendTo(ids[2] as string, SHORT, { compress: true }), true);
      await (peers[2] as RawPeer).expect(SHORT_DEFLATED);
      assert.throws(
        () => publisher.broadcast('x', { except: ids[0] } as never),
        (error) => isError(error, 'ERR_WS_OPTION', 'publish(topic, data, { except })') !== undefined,
      );
      await rejectsWith(publisher.sendTo(ids[0] as string, 'x', { compress: 1 } as never), 'ERR_WS_OPTION', 'compress');
    }),
  );
});

describe('binary', () => {
  test(
    'a string as bytes, and bytes as text, on every node',
    leavingNothing(async (scope) => {
      const { nodes, peers, ids } = await two(scope);
      const [{ server }] = nodes;
      server.publish('tea', 'é', { binary: true });
      server.publish('tea', hex('c3 a9'), { binary: false });
      server.broadcast('é', { binary: true });
      for (const peer of peers) await peer.expect(hex('82 02 c3 a9  81 02 c3 a9  82 02 c3 a9'));
      for (const at of [1, 3]) {
        assert.equal(await server.sendTo(ids[at] as string, 'é', { binary: true }), true);
        await (peers[at] as RawPeer).expect(hex('82 02 c3 a9'));
      }
      const isNoText = (error: unknown) => isError(error, 'ERR_WS_SEND_UTF8') !== undefined;
      assert.throws(() => server.publish('tea', hex('ff'), { binary: false }), isNoText);
      assert.throws(() => server.broadcast(hex('ff'), { binary: false }), isNoText);
      await rejectsWith(server.sendTo(ids[3] as string, hex('ff'), { binary: false }), 'ERR_WS_SEND_UTF8');
      server.broadcast('next');
      for (const peer of peers) await peer.expect(frame(0x81, utf8('next')));
    }),
  );

  test(
    'wrong options are refused before anything is sent',
    leavingNothing(async (scope) => {
      const { nodes, peers, ids } = await two(scope);
      const [{ server }] = nodes;
      const refuses = (call: () => unknown, ...parts: string[]): void =>
        assert.throws(call, (error) => isError(error, 'ERR_WS_OPTION', ...parts) !== undefined);
      refuses(() => server.publish('tea', 'x', { compress: 'yes' } as never), 'compress', 'true or false');
      refuses(() => server.publish('tea', 'x', { compressed: true } as never), 'use compress');
      refuses(() => server.broadcast('x', { binary: 1 } as never), 'binary', 'true or false');
      refuses(() => server.broadcast('x', { except: ids[0] } as never), 'publish(topic, data, { except })');
      refuses(() => server.broadcast('x', true as never));
      await rejectsWith(server.sendTo(ids[0] as string, 'x', { except: ids[0] } as never), 'ERR_WS_OPTION', 'except');
      await rejectsWith(server.sendTo(ids[0] as string, 'x', (() => {}) as never), 'ERR_WS_OPTION');
      server.broadcast('next');
      for (const peer of peers) await peer.expect(frame(0x81, utf8('next')));
    }),
  );
});
