// Messages that go to many connections: encoded once, compressed once for each set of parameters, and referred to
// rather than copied; whatever else the connections send, each writes what it was given, in order.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { machineOf } from '../../../src/core/connection/connection.ts';
import type { CompressionOptions } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import type { MessageData } from '../../../src/core/message/message-data.ts';
import { PreparedMessage, WholeFrame } from '../../../src/core/message/prepared-message.ts';
import { SharedFrames } from '../../../src/core/message/shared-frames.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { compressionOptions } from '../../support/compression-options.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { isError } from '../../support/expect.ts';
import { assertBytes, concat, hex, pattern, toHex, utf8 } from '../../support/hex.ts';
import { joinConnections } from '../../support/joined-connections.ts';
import { frame, readFrames } from '../../support/wire.ts';

const memory = { allocate: (size: number) => new Uint8Array(size).fill(0xee) };

function prepare(data: MessageData): PreparedMessage {
  return new PreparedMessage(data, nodeText, memory);
}

/** The compression of one connection of a server. */
function agreed(keepsContext: boolean, windowBits = 15, settings = {}): MessageCompression {
  const options = compressionOptions({ threshold: 0, ...settings }) as CompressionOptions;
  const agreement = {
    serverNoContextTakeover: !keepsContext,
    clientNoContextTakeover: false,
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: 15,
  };
  const extension = { name: 'permessage-deflate', parameters: [] };
  return new MessageCompression('server', { extension, agreement }, options, nodeCompression());
}

describe('a prepared message, RFC 6455 §5.2', () => {
  test('is a server’s frame: final, unmasked, with the shortest length', () => {
    assert.equal(toHex(prepare('Hello').plain.bytes), '81 05 48 65 6c 6c 6f');
    assert.equal(toHex(prepare(hex('01 02')).plain.bytes), '82 02 01 02');
    assert.equal(toHex(prepare('').plain.bytes), '81 00');
    assert.equal(toHex(prepare('é\ud800').plain.bytes), '81 05 c3 a9 ef bf bd');
    for (const size of [125, 126, 65_535, 65_536]) {
      assertBytes(prepare(pattern(size)).plain.bytes, frame(0x82, pattern(size)), `${size} bytes`);
      assertBytes(prepare('x'.repeat(size)).plain.bytes, frame(0x81, utf8('x'.repeat(size))), `${size} units`);
    }
  });
  test('holds a copy, whatever its size', () => {
    for (const size of [3, 100_000]) {
      const data = pattern(size);
      const message = prepare(data);
      data.fill(0);
      assertBytes(message.payload, pattern(size));
    }
    assertBytes(prepare(new DataView(pattern(20).buffer, 4, 6)).payload, pattern(20).subarray(4, 10));
  });
  test('a frame of another process is used as it is', () => {
    const bytes = hex('82 03 01 02 03');
    const message = new PreparedMessage(new WholeFrame(bytes, 2), nodeText, memory);
    assert.equal(message.opcode, 2);
    assert.equal(toHex(message.plain.bytes), '82 03 01 02 03');
    assert.equal(message.plain.bytes.buffer, bytes.buffer, 'not copied');
    assert.equal(toHex(message.payload), '01 02 03');
    const long = frame(0x81, utf8('x'.repeat(300)));
    const text = new PreparedMessage(new WholeFrame(long, 4), nodeText, memory);
    assert.deepEqual([text.opcode, text.payload.length], [1, 300]);
    assert.ok((text.deflated(agreed(false))?.size ?? 300) < 30);
  });
  test('refuses values that are not data', () => {
    assert.throws(
      () => prepare(7 as never),
      (error) => !!isError(error, 'ERR_WS_DATA_TYPE', 'number'),
    );
  });
});

describe('compressed, RFC 7692 §7.2.1', () => {
  const text = 'the same words, the same words, the same words';

  test('once for each set of parameters, of whichever connection', () => {
    const message = prepare(text);
    const first = message.deflated(agreed(false));
    assert.ok(first !== undefined && first.size < message.plain.size);
    assert.equal(message.deflated(agreed(false)), first);
    assert.equal(message.deflated(agreed(true)), first, 'with context takeover it is the same form');
    assert.notEqual(message.deflated(agreed(false, 9)), first);
    assert.equal(message.deflated(agreed(false, 9)), message.deflated(agreed(true, 9)));
    assert.notEqual(message.deflated(agreed(false, 15, { level: 1 })), first);
    const [only] = readFrames(first.bytes);
    assert.equal(only?.first, 0xc1, 'FIN, RSV1, text');
    assert.equal(String(inflateRawSync(concat([only?.payload as Uint8Array, hex('00 00 ff ff 03 00')]))), text);
  });
  test('not below the threshold, and not where it would be longer', () => {
    assert.equal(prepare('abcde').deflated(agreed(true, 15, { threshold: 6 })), undefined);
    const noise = Uint8Array.from({ length: 64 }, (_, index) => (index * 167 + 13) % 256);
    const message = prepare(noise);
    assert.equal(message.deflated(agreed(true)), undefined);
    assert.equal(message.deflated(agreed(true)), undefined);
  });
  test('RFC 7692 §7.2.3.6: an empty message', () => {
    assert.equal(toHex(prepare('').deflated(agreed(true))?.bytes as Uint8Array), 'c1 01 00');
  });
  for (const serverNoContextTakeover of nodeCompression().canKeepContext ? [false, true] : [true]) {
    test(`in any order with one connection's own messages (server_no_context_takeover: ${serverNoContextTakeover})`, () => {
      const host = new CoreHost();
      const setup = { deflate: { serverNoContextTakeover }, compression: { threshold: 10 } };
      const { server, client, exchange } = joinConnections(host, (size) => size, { server: setup, client: setup });
      const expected: string[] = [];
      for (let step = 0; step < 60; step++) {
        const words = `${text} ${step % 5} ${'lorem ipsum '.repeat(step)}`;
        const data = step % 7 === 6 ? 'short' : words;
        if ((step * 7) % 5 < 2) machineOf(server.connection).sendPrepared(new PreparedMessage(data, nodeText, memory));
        else server.connection.send(data);
        expected.push(data);
        if (step % 4 === 3) exchange();
      }
      exchange();
      const received = client.events.map((event) => event.replace(/^message /, ''));
      assert.equal(received.length, expected.length, client.events.at(-1));
      const again = openConnection('client');
      for (const data of expected) again.receive(frame(0x81, utf8(data)));
      assert.deepEqual(client.events, again.events);
    });
  }
});

describe('shared frames', () => {
  const [a, b, c] = ['01', '02 02', '03 03 03'].map((bytes) => SharedFrames.of(hex(bytes), memory)) as [
    SharedFrames,
    SharedFrames,
    SharedFrames,
  ];

  test('one after the other are the same sequence for all who ask', () => {
    assert.equal(a.followedBy(b), a.followedBy(b));
    assert.equal(a.followedBy(b).followedBy(c), a.followedBy(b).followedBy(c));
    assert.notEqual(a.followedBy(c), a.followedBy(b));
    assert.equal(toHex(a.followedBy(b).followedBy(c).bytes), '01 02 02 03 03 03');
    assert.equal(toHex(a.followedBy(b).bytes), '01 02 02', 'joined after its follower');
    assert.equal(toHex(a.followedBy(b).followedBy(a).bytes), '01 02 02 01', 'joined before its follower');
    assert.equal(a.followedBy(b).followedBy(c).size, 6);
  });
  test('a sequence keeps few followers', () => {
    const first = a.followedBy(b);
    const followers = Array.from({ length: 10 }, (_, index) => SharedFrames.of(Uint8Array.of(index), memory));
    for (const follower of followers) a.followedBy(follower);
    assert.notEqual(a.followedBy(b), first, 'forgotten, and made anew');
    assert.equal(toHex(a.followedBy(b).bytes), '01 02 02');
  });
});

/** The same numbers each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('a connection', () => {
  test('refers to shared frames: one write a turn, of the same memory for all, and none of its own', () => {
    const host = new CoreHost();
    const peers = Array.from({ length: 5 }, () => openConnection('server', { host }));
    const messages = ['one', 'two', 'three'].map((data) => prepare(data));
    const before = host.allocations.length;
    const written: Uint8Array[] = [];
    for (const { transport } of peers) {
      const write = transport.write.bind(transport);
      transport.write = (bytes) => {
        written.push(bytes);
        return write(bytes);
      };
    }
    for (const message of messages) for (const { connection } of peers) machineOf(connection).sendPrepared(message);
    host.turn.end();
    assert.equal(host.allocations.length, before, 'no memory of the host');
    assert.equal(written.length, peers.length);
    assert.ok(written.every((bytes) => bytes === written[0]));
    for (const peer of peers) peer.written.equals('81 03 6f 6e 65  81 03 74 77 6f  81 05 74 68 72 65 65');
  });
  test('keeps its order: own messages, shared ones, large ones, pings, Close', () => {
    const { connection, written, turn } = openConnection('server');
    const large = pattern(20_000);
    machineOf(connection).sendPrepared(prepare('a'));
    connection.send('b');
    machineOf(connection).sendPrepared(prepare('c'));
    connection.ping('d');
    machineOf(connection).sendPrepared(prepare('e'));
    machineOf(connection).sendPrepared(prepare(large));
    machineOf(connection).sendPrepared(prepare('f'));
    connection.send(large);
    machineOf(connection).sendPrepared(prepare('g'));
    void connection.close(1000);
    assert.equal(machineOf(connection).sendPrepared(prepare('late')), false);
    turn.end();
    written.equals(
      '81 01 61  81 01 62  81 01 63  89 01 64  81 01 65',
      frame(0x82, large),
      '81 01 66',
      frame(0x82, large),
      '81 01 67  88 02 03 e8',
    );
  });
  test('RFC 6455 §5.4: shared messages wait for the end of a fragmented one, are counted, and follow it in order', () => {
    const { connection, written, turn } = openConnection('server', { limits: { maxQueuedBytes: 100 } });
    connection.sendFragment('a', { fin: false });
    assert.equal(machineOf(connection).sendPrepared(prepare('x')), true);
    assert.equal(machineOf(connection).sendPrepared(prepare('y')), true);
    assert.equal(connection.bufferedAmount, 9);
    connection.sendFragment('b', { fin: false });
    turn.end();
    assert.equal(connection.bufferedAmount, 6);
    connection.sendFragment('c', { fin: true });
    connection.send('z');
    turn.end();
    written.equals('01 01 61  00 01 62  80 01 63  81 01 78  81 01 79  81 01 7a');
    assert.equal(connection.bufferedAmount, 0);

    written.clear();
    connection.sendFragment('a', { fin: false });
    let count = 0;
    while (machineOf(connection).sendPrepared(prepare('12345678'))) count++;
    assert.equal(count, 11, 'until more than maxQueuedBytes wait');
    connection.sendFragment('', { fin: true });
    turn.end();
    assert.equal(written.frames().length, 2 + count);
  });
  test('RFC 6455 §5.3: a client masks them, each time anew', () => {
    const keys = ['01 02 03 04', '05 06 07 08'];
    const host = new CoreHost(nodeText, (bytes) => bytes.set(hex(...keys)));
    const { connection, written, turn } = openConnection('client', { host });
    const message = prepare(hex('10 20'));
    machineOf(connection).sendPrepared(message);
    machineOf(connection).sendPrepared(message);
    turn.end();
    written.equals('82 82 01 02 03 04 11 22  82 82 05 06 07 08 15 26');
  });
  test('over TLS: bytes that the transport keeps are never changed', () => {
    const host = new CoreHost();
    const peers = Array.from({ length: 3 }, () => openConnection('server', { host, keepsBytes: true }));
    for (const data of ['a', 'b'])
      for (const { connection } of peers) machineOf(connection).sendPrepared(prepare(data));
    peers[1]?.connection.send('own');
    host.turn.end();
    for (const { connection } of peers) machineOf(connection).sendPrepared(prepare('c'));
    host.turn.end();
    for (const { transport } of peers) transport.release(); // fails when they were
    assert.equal(peers[1]?.written.hex(), '81 01 61 81 01 62 81 03 6f 77 6e 81 01 63');
    for (const peer of [peers[0], peers[2]]) assert.equal(peer?.written.hex(), '81 01 61 81 01 62 81 01 63');
  });
  test('tells senders behind shared frames, and drops both when it is gone', () => {
    const { connection, transport, turn, written } = openConnection('server');
    const told: string[] = [];
    machineOf(connection).sendPrepared(prepare('a'));
    connection.send('b', (error) => told.push(error?.code ?? 'sent'));
    turn.end();
    assert.deepEqual(told, ['sent']);
    written.clear();
    machineOf(connection).sendPrepared(prepare('a'));
    connection.send('b', (error) => told.push(error?.code ?? 'sent'));
    machineOf(connection).sendPrepared(prepare('c'));
    transport.gone();
    turn.end();
    assert.deepEqual(told, ['sent', 'ERR_WS_DROPPED']);
    assert.equal(written.count, 0);
    assert.equal(connection.bufferedAmount, 0);
  });
  for (const slowConsumer of ['close', 'drop-newest', 'drop-oldest', 'pause'] as const) {
    test(`that is slow (${slowConsumer}) does with shared messages what it does with its own`, () => {
      let refusals = 0;
      let missing = 0;
      for (let seed = 1; seed <= 8; seed++) {
        const below = numbers(seed);
        const host = new CoreHost();
        const setup = { host, slowConsumer, limits: { maxQueuedBytes: 150_000 } };
        const own = openConnection('server', setup);
        const shared = openConnection('server', setup);
        let refused = 0;
        let sent = 0;
        for (let step = 0; step < 200; step++) {
          const payload = pattern([0, 30, 2000, 16_380, 20_000][below(5)] as number, step);
          const action = below(10);
          if (action === 0) for (const { transport } of [own, shared]) transport.release(1);
          else if (action === 1) host.turn.end();
          else if (action === 2) {
            const isCongested = below(3) > 0;
            for (const { transport } of [own, shared]) transport.isCongested = isCongested;
          } else {
            sent++;
            own.connection.send(payload);
            if (!machineOf(shared.connection).sendPrepared(prepare(payload))) refused++;
          }
          assert.equal(shared.connection.isOpen, own.connection.isOpen, `seed ${seed}, step ${step}`);
          assert.equal(shared.connection.bufferedAmount, own.connection.bufferedAmount, `seed ${seed}, step ${step}`);
        }
        for (const { transport } of [own, shared]) transport.isCongested = false;
        host.turn.end();
        for (const { transport } of [own, shared]) while (transport.held > 0) transport.release(1);
        host.turn.end();
        assertBytes(shared.written.bytes, own.written.bytes, `seed ${seed}`);
        refusals += refused;
        missing += sent - readFrames(shared.written.bytes).length;
        if (slowConsumer !== 'drop-newest' && slowConsumer !== 'drop-oldest')
          assert.equal(refused > 0, !shared.connection.isOpen, `seed ${seed}`);
      }
      assert.ok(missing > 0, 'the bound was never met');
      assert.equal(refusals > 0, slowConsumer !== 'drop-oldest');
    });
  }
  test('frames queued for many slow peers are held once', () => {
    const host = new CoreHost();
    const peers = Array.from({ length: 50 }, () => openConnection('server', { host }));
    for (const { transport } of peers) transport.isCongested = true;
    const before = host.allocations.length;
    const total = 400 * 1004;
    for (let index = 0; index < 400; index++) {
      const message = new PreparedMessage(pattern(1000, index), nodeText, host.workspace.host.memory);
      for (const { connection } of peers) machineOf(connection).sendPrepared(message);
      if (index % 3 === 0) host.turn.end();
    }
    host.turn.end();
    assert.ok(peers.every(({ connection }) => connection.bufferedAmount === total));
    const allocated = host.allocations.slice(before).reduce((sum, size) => sum + size, 0);
    const block = 64 * 1024; // of the queues' own memory, not yet full
    assert.ok(allocated < 2.1 * total + block, `${allocated} bytes for ${total} that wait for each of ${peers.length}`);
    for (const { transport } of peers) while (transport.held > 0) transport.release(1);
    const expected = concat(Array.from({ length: 400 }, (_, index) => frame(0x82, pattern(1000, index))));
    for (const { written } of peers) assertBytes(written.bytes, expected);
  });
  test('many write what they were given, however own and shared messages, writes and congestions interleave', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const below = numbers(seed);
      const host = new CoreHost();
      const peers: (OpenConnection & { readonly sent: Uint8Array[] })[] = Array.from({ length: 6 }, (_, index) => ({
        ...openConnection(index === 5 ? 'client' : 'server', { host, keepsBytes: index % 3 === 2 }),
        sent: [],
      }));
      for (let step = 0; step < 500; step++) {
        const peer = peers[below(peers.length)] as (typeof peers)[number];
        const payload = pattern([0, 1, 20, 126, 700, 5000, 16_380, 20_000][below(8)] as number, step);
        switch (below(16)) {
          case 0:
            host.turn.end();
            break;
          case 1:
            peer.transport.isCongested = !peer.transport.isCongested;
            break;
          case 2:
          case 3:
            peer.transport.release(1 + below(3));
            break;
          case 4:
          case 5:
          case 6:
          case 7:
            peer.connection.send(payload);
            peer.sent.push(frame(0x82, payload));
            break;
          default: {
            const message = new PreparedMessage(payload, nodeText, host.workspace.host.memory);
            const members = peers.filter(() => below(4) > 0);
            for (const { connection, sent } of members) {
              assert.equal(machineOf(connection).sendPrepared(message), true);
              sent.push(frame(0x82, payload));
            }
          }
        }
      }
      host.turn.end();
      for (const peer of peers) {
        while (peer.transport.held > 0) peer.transport.release(1);
        peer.written.equalsFrames(...peer.sent);
        assert.equal(peer.connection.bufferedAmount, 0, `seed ${seed}`);
      }
    }
  });
});
