// The contract of `Transport` in core/ports.ts, kept by sockets of TCP and of TLS, at their handles and as streams.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { TransportEvents } from '../../src/core/ports.ts';
import { type NodeTransport, transportOf } from '../../src/node/transport/choice.ts';
import { HandleTransport } from '../../src/node/transport/handle-transport.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { RawPeer } from '../support/raw-peer.ts';
import { tcpPair } from '../support/tcp-pair.ts';

type Event = string | Error | undefined;

/** Notes what is reported, and that nothing is reported from inside a call to the transport. */
class Recorder implements TransportEvents {
  readonly events = new Inbox<Event>();
  received(chunk: Uint8Array, size: number): void {
    this.events.push(`received ${Buffer.from(chunk.subarray(0, size)).toString('latin1')}`);
  }
  written(): void {
    this.events.push('written');
  }
  ended(): void {
    this.events.push('ended');
  }
  disconnected(error?: Error): void {
    this.events.push(error ?? 'disconnected');
  }
}

interface Ends {
  readonly socket: Socket;
  readonly transport: NodeTransport;
  readonly recorder: Recorder;
  readonly events: Inbox<Event>;
  readonly peer: RawPeer;
  /** Has the peer cut TCP by a reset. */
  readonly reset: () => void;
}

interface Opening {
  readonly tls: boolean;
  /** As `transportOf`. */
  readonly isOurs?: boolean;
  readonly adapt?: (socket: Socket) => void;
}

/** @param prepare  called with the transport before it is started */
type OpenEnds = (scope: Scope, head?: string, prepare?: (transport: NodeTransport) => void) => Promise<Ends>;

/** A transport around a client's socket, started, and a raw peer that accepted it. */
function opening({ tls, isOurs = false, adapt }: Opening): OpenEnds {
  return async (scope, head = '', prepare) => {
    const server = tls
      ? createTlsServer({ ...serverCertificate(), allowHalfOpen: true })
      : createServer({ allowHalfOpen: true });
    const accepted = once(server, tls ? 'secureConnection' : 'connection');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const target = { host: '127.0.0.1', port, allowHalfOpen: true };
    // With half-open TCP below, as the dialler makes it
    const socket = tls
      ? connectTls({ socket: connectTcp(target), servername: 'localhost', ...trust() })
      : connectTcp(target);
    await once(socket, tls ? 'secureConnect' : 'connect');
    const peer = new RawPeer(((await accepted) as [Socket])[0]);
    scope.defer(async () => {
      socket.destroy();
      peer.destroy();
      server.close();
      await once(server, 'close');
    });
    adapt?.(socket);
    const transport = transportOf(socket, isOurs);
    scope.defer(() => transport.destroy());
    assert.equal(transport instanceof HandleTransport, !tls && adapt === undefined);
    prepare?.(transport);
    const recorder = new Recorder();
    transport.start(recorder, Buffer.from(head));
    const [tcp] = await connected;
    const reset = (): void => void tcp.resetAndDestroy();
    return { socket, transport, recorder, events: recorder.events, peer, reset };
  };
}

/** As on a runtime whose sockets have nothing below their streams that we know: chunks come as `data` events. */
function asStream(socket: Socket): void {
  const handle = Reflect.get(socket, '_handle') as object;
  Object.defineProperty(handle, 'useUserBuffer', { value: undefined });
  withoutWriter(socket);
}

/** As on a runtime whose TLS sockets can be written to through their streams only. */
function withoutWriter(socket: Socket): void {
  Object.defineProperty(Reflect.get(socket, '_handle') as object, 'constructor', { value: Object });
}

/** Writes until the transport refers to the bytes, because the peer does not read. */
function fill(transport: NodeTransport): { written: number; pieces: number } {
  const piece = Buffer.alloc(256 * 1024, 0x61);
  for (let pieces = 1; pieces < 1_000; pieces++) {
    if (!transport.write(piece)) return { written: pieces * piece.length, pieces };
  }
  return assert.fail('a peer that does not read takes 256 MB');
}

for (const [name, open] of [
  ['TCP', opening({ tls: false })],
  ['TCP, whose stream is let go', opening({ tls: false, isOurs: true })],
  ['TLS', opening({ tls: true })],
  ['TLS, written to through its stream', opening({ tls: true, adapt: withoutWriter })],
  ['TCP, as a stream alone', opening({ tls: false, adapt: asStream })],
  ['TLS, as a stream alone', opening({ tls: true, adapt: asStream })],
] as const) {
  describe(name, () => {
    test(
      'delivers bytes that followed the handshake first, then the bytes received later',
      leavingNothing(async (scope) => {
        const { events, peer } = await open(scope, 'head');
        assert.deepEqual(events.rest, ['received head']);
        await events.next();
        peer.write('hello');
        assert.equal(await events.next(), 'received hello');
      }),
    );
    test(
      'delivers a long stream completely and in order, including bytes received before it was started',
      leavingNothing(async (scope) => {
        const { events, peer } = await open(scope);
        const sent = Array.from({ length: 40_000 }, (_, index) => `${index},`).join('');
        peer.write(sent);
        let received = '';
        while (received.length < sent.length) received += String(await events.next()).slice('received '.length);
        assert.equal(received, sent);
      }),
    );
    test(
      'delivers nothing while paused, and everything afterwards',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope);
        transport.pause();
        peer.write('one');
        peer.write('two');
        for (let turns = 0; turns < 20; turns++) await turn();
        assert.deepEqual(events.rest, []);
        transport.resume();
        let received = '';
        while (received.length < 6) received += String(await events.next()).slice('received '.length);
        assert.equal(received, 'onetwo');
      }),
    );
    test(
      'reports the end of the peer’s direction and still writes',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope);
        peer.end('last');
        assert.equal(await events.next(), 'received last');
        assert.equal(await events.next(), 'ended');
        transport.write(Buffer.from('answer'));
        transport.end();
        assert.equal((await peer.readToEnd()).toString(), 'answer');
        let event = await events.next();
        if (event === 'written') event = await events.next();
        assert.equal(event, 'disconnected');
      }),
    );
    test(
      'reports a reset with the system’s error, and nothing afterwards',
      leavingNothing(async (scope) => {
        const { transport, events, reset } = await open(scope);
        reset();
        const error = await events.next();
        // TLS may see the end before the reset.
        const last = error === 'ended' ? await events.next() : error;
        assert.ok(last instanceof Error || last === 'disconnected', String(last));
        if (name.startsWith('TCP')) assert.equal((last as NodeJS.ErrnoException).code, 'ECONNRESET');
        assert.equal(transport.write(Buffer.from('more')), false);
        transport.writeMany([Buffer.from('even'), Buffer.from('more')]);
        transport.end();
        transport.destroy();
        await turn();
        assert.deepEqual(events.rest, []);
      }),
    );
    test(
      'destroy is reported once, later than its call, and may be repeated',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope);
        transport.destroy();
        transport.destroy();
        assert.equal(transport.write(Buffer.from('late')), false);
        assert.equal(transport.writeMany([Buffer.from('late')]), false);
        assert.deepEqual(events.rest, []);
        assert.equal(await events.next(), 'disconnected');
        await peer.gone();
        assert.deepEqual(events.rest, []);
      }),
    );
    test(
      'end comes after all that was written',
      leavingNothing(async (scope) => {
        const { transport, peer } = await open(scope);
        const { written } = fill(transport);
        transport.end();
        assert.equal((await peer.readToEnd()).length, written);
      }),
    );
    test(
      'one written() for each false, in order, once the peer has read; none from inside write',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope);
        let pending = 0;
        let size = 0;
        const piece = Buffer.alloc(256 * 1024, 0x62);
        while (pending < 3) {
          if (!transport.write(piece)) pending++;
          size += piece.length;
        }
        assert.equal(transport.writeMany([Buffer.from('12'), Buffer.from('345')]), false);
        pending++;
        size += 5;
        assert.deepEqual(events.rest, []);
        const read = peer.read(size);
        assert.deepEqual(
          await events.take(pending),
          Array.from({ length: pending }, () => 'written'),
        );
        assert.equal((await read).subarray(-5).toString(), '12345');
        assert.deepEqual(events.rest, []);
      }),
    );
    test(
      'the head of a response goes before everything else, and nothing is told of it',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope, '', (unstarted) => unstarted.writeHead('HTTP/1.1 ÿ\r\n'));
        transport.write(Buffer.from('a'));
        assert.equal((await peer.read(12)).toString('latin1'), 'HTTP/1.1 ÿ\r\na'.slice(0, 12));
        await turn();
        assert.ok(events.rest.length <= 1, events.rest.join(', '));
      }),
    );
    test(
      'several pieces arrive in their order',
      leavingNothing(async (scope) => {
        const { transport, peer } = await open(scope);
        transport.write(Buffer.from('a'));
        transport.writeMany([Buffer.from('b'), new Uint8Array(0), Buffer.from('cd')]);
        transport.write(Buffer.from('e'));
        assert.equal((await peer.read(5)).toString(), 'abcde');
      }),
    );
    test(
      'pause holds the peer back, resume goes on without loss',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope);
        transport.pause();
        const chunk = Buffer.alloc(1024 * 1024, 0x63);
        let size = 0;
        while (peer.socket.writableLength < 4 * chunk.length) {
          peer.socket.write(chunk);
          size += chunk.length;
          await turn();
        }
        assert.deepEqual(events.rest, []);
        peer.socket.end();
        transport.resume();
        for (let received = 0; ; ) {
          const event = await events.next();
          if (event === 'ended') {
            assert.equal(received, size);
            break;
          }
          received += String(event).length - 'received '.length;
        }
      }),
    );
    test(
      'a handler that pauses while the head is delivered gets nothing more',
      leavingNothing(async (scope) => {
        const { transport, events, peer } = await open(scope, 'head', (unstarted) => unstarted.pause());
        peer.write('hello');
        for (let turns = 0; turns < 20; turns++) await turn();
        assert.deepEqual(events.rest, ['received head']);
        transport.resume();
        await events.next();
        assert.equal(await events.next(), 'received hello');
      }),
    );
  });
}

test(
  'TCP has taken a small write when it returns, and the stream of TLS has not',
  leavingNothing(async (scope) => {
    const tcp = await opening({ tls: false })(scope);
    assert.equal(tcp.transport.keepsBytes, false);
    const bytes = Buffer.from('first');
    assert.equal(tcp.transport.write(bytes), true);
    bytes.fill(0x78);
    assert.equal(tcp.transport.writeMany([Buffer.from('-'), Buffer.from('second')]), true);
    assert.equal((await tcp.peer.read(12)).toString(), 'first-second');
    assert.deepEqual(tcp.events.rest, []);

    const tls = await opening({ tls: true, adapt: withoutWriter })(scope);
    assert.equal(tls.transport.keepsBytes, true);
    assert.equal(tls.transport.write(Buffer.from('first')), false);
    assert.equal(await tls.events.next(), 'written');
  }),
);

test(
  'a socket whose stream is let go leaves its server’s books; what is below it stays open',
  leavingNothing(async (scope) => {
    const { server, client: socketOfPeer, accepted: socket } = await tcpPair(scope);
    const client = new RawPeer(socketOfPeer);
    const transport = transportOf(socket, true);
    scope.defer(async () => {
      transport.destroy();
      client.destroy();
      await client.gone();
    });
    const recorder = new Recorder();
    transport.start(recorder, Buffer.alloc(0));
    server.close();
    await once(server, 'close');
    assert.ok(socket.destroyed);
    client.write('hello');
    assert.equal(await recorder.events.next(), 'received hello');
    transport.write(Buffer.from('world'));
    assert.equal((await client.read(5)).toString(), 'world');
  }),
);

test(
  'a socket that others know may be destroyed by them, with or without an error',
  leavingNothing(async (scope) => {
    const first = await opening({ tls: false })(scope);
    first.socket.destroy();
    assert.equal(first.transport.write(Buffer.from('late')), false);
    assert.equal(await first.events.next(), 'disconnected');
    const second = await opening({ tls: false })(scope);
    const reason = new Error('of the application');
    second.socket.destroy(reason);
    assert.equal(await second.events.next(), reason);
  }),
);

test(
  'others who know a socket hear of its errors as ever',
  leavingNothing(async (scope) => {
    const { socket, events, reset } = await opening({ tls: false })(scope);
    const heard = once(socket, 'error');
    reset();
    const [error] = (await heard) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
    assert.equal(await events.next(), error);
  }),
);

test(
  'a socket in which something waits is used as a stream, and loses nothing',
  leavingNothing(async (scope) => {
    const { client: socketOfPeer, accepted: socket } = await tcpPair(scope);
    const client = new RawPeer(socketOfPeer);
    client.write('early');
    while (socket.readableLength < 5) await turn();
    const transport = transportOf(socket, true);
    assert.ok(!(transport instanceof HandleTransport));
    const recorder = new Recorder();
    transport.start(recorder, Buffer.alloc(0));
    assert.equal(await recorder.events.next(), 'received early');
    client.write('late');
    assert.equal(await recorder.events.next(), 'received late');
  }),
);
