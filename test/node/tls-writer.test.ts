// Writes to a TLS socket past its stream. Its handle takes one write at a time, and a second one ends the process. So all
// writes leave in order, one after the other, those of other code too.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer, type SecureVersion, type TLSSocket } from 'node:tls';
import { type NodeTransport, transportOf } from '../../src/node/transport/choice.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const KiB = 1024;

interface Pair {
  /** Of the server's end. */
  readonly socket: TLSSocket;
  readonly transport: NodeTransport;
  readonly events: Inbox<string>;
  readonly client: TLSSocket;
  /** TCP below the server's end. */
  readonly tcp: Socket;
}

/** @param prepare  gets the server's socket before the transport does */
async function open(scope: Scope, version: SecureVersion, prepare?: (socket: TLSSocket) => void): Promise<Pair> {
  const server = createTlsServer({ ...serverCertificate(), allowHalfOpen: true, maxVersion: version });
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const below = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  const client = connectTls({ socket: below, servername: 'localhost', ...trust() });
  client.on('error', () => {});
  const [[socket], [tcp]] = await Promise.all([accepted, connected]);
  scope.defer(async () => {
    client.destroy();
    socket.destroy();
    server.close();
    await once(server, 'close');
  });
  prepare?.(socket);
  const transport = transportOf(socket, true);
  const events = new Inbox<string>();
  transport.start(
    {
      received: () => {},
      written: () => events.push('written'),
      ended: () => events.push('ended'),
      disconnected: (error) => events.push(`disconnected ${(error as NodeJS.ErrnoException | undefined)?.code}`),
    },
    Buffer.alloc(0),
  );
  return { socket, transport, events, client, tcp };
}

/** What comes until the peer ends its direction. */
async function everything(client: TLSSocket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  client.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(client, 'end');
  return Buffer.concat(chunks);
}

/** A piece that is known by its number. */
function piece(index: number, size = 6): Buffer {
  return Buffer.alloc(size, `${index};`.padStart(6, '.'));
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  describe(version, () => {
    test(
      'a small write is taken at once, and those behind it in the same turn when they have left',
      leavingNothing(async (scope) => {
        const { transport, events, client } = await open(scope, version);
        await turn();
        assert.equal(transport.keepsBytes, false);
        const bytes = piece(1);
        assert.equal(transport.write(bytes), true);
        bytes.fill(0x78);
        assert.equal(transport.keepsBytes, true);
        assert.equal(transport.write(piece(2)), false);
        assert.equal(transport.writeMany([piece(3), piece(4)]), false);
        assert.deepEqual(events.rest, [], 'not from inside the call');
        assert.deepEqual([await events.next(), await events.next()], ['written', 'written']);
        transport.end();
        assert.equal((await everything(client)).toString(), '....1;....2;....3;....4;');
        assert.deepEqual(events.rest, []);
      }),
    );

    test(
      'writes of all sizes to a peer that reads later: in order, each reported, from memory that is overwritten where it may be',
      leavingNothing(async (scope) => {
        const { transport, events, client } = await open(scope, version);
        const sent: Buffer[] = [];
        let pending = 0;
        for (let index = 0; index < 400; index++) {
          const bytes = piece(index, [1, 100, 5_000, 70 * KiB, 300 * KiB][index % 5]);
          sent.push(Buffer.from(bytes));
          const isFree = transport.copiesBytes === true && !transport.keepsBytes;
          const isTaken = index % 7 === 0 ? transport.writeMany([bytes]) : transport.write(bytes);
          if (!isTaken) pending++;
          if (isTaken || isFree) bytes.fill(0x78);
          if (index % 11 === 0) await turn();
        }
        transport.end();
        assert.ok((await everything(client)).equals(Buffer.concat(sent)));
        for (; pending > 0; pending--) assert.equal(await events.next(), 'written');
        assert.deepEqual(events.rest, []);
      }),
    );

    test(
      'what others write to the stream meanwhile leaves in its turn, and their end after everything',
      leavingNothing(async (scope) => {
        const { socket, transport, client } = await open(scope, version);
        const told = new Inbox<number>();
        const expected: Buffer[] = [];
        const large = piece(0, 400 * KiB);
        for (let index = 0; index < 30; index++) {
          transport.write(large);
          socket.write(piece(index), () => told.push(index));
          transport.write(piece(100 + index));
          expected.push(large, piece(index), piece(100 + index));
        }
        socket.cork();
        socket.write('corked ', 'latin1');
        socket.write('');
        socket.write(Buffer.from('é'));
        socket.uncork();
        transport.write(piece(200));
        socket.end('end');
        const received = await everything(client);
        const all = Buffer.concat([...expected, Buffer.from('corked é'), piece(200), Buffer.from('end')]);
        assert.equal(received.length, all.length);
        // A stream gives its chunks one after the other, as the ones before them leave: those of others come in their
        // order, and so do ours, not in that of all.
        const texts = received
          .toString()
          .replaceAll(large.toString(), '')
          .replaceAll(/\.\.(1\d\d|200);/g, '');
        assert.equal(texts, `${Array.from({ length: 30 }, (_, index) => piece(index)).join('')}corked éend`);
        const order = Array.from({ length: 30 }, (_, index) => index);
        assert.deepEqual(await Promise.all(order.map(() => told.next())), order);
        const ours = Array.from({ length: 30 }, (_, index) => received.indexOf(piece(100 + index)));
        assert.deepEqual(
          ours,
          [...ours].sort((one, other) => one - other),
        );
      }),
    );

    test(
      'what waited in the stream before leaves first',
      leavingNothing(async (scope) => {
        const { transport, events, client } = await open(scope, version, (socket) => {
          socket.write(Buffer.alloc(8_000 * KiB, 0x61));
          socket.cork();
          socket.write('corked');
          process.nextTick(() => socket.uncork());
        });
        assert.equal(transport.write(piece(1)), false);
        transport.end();
        const received = await everything(client);
        assert.equal(received.subarray(8_000 * KiB).toString(), `corked${piece(1)}`);
        assert.equal(await events.next(), 'written');
      }),
    );

    for (const cut of ['a reset', 'a FIN', 'destroy()'] as const) {
      test(
        `${cut} while writes wait: the end is reported once, and nothing else`,
        leavingNothing(async (scope) => {
          const { socket, transport, events, client, tcp } = await open(scope, version);
          const told = new Inbox<string>();
          for (let index = 0; index < 20; index++) transport.write(piece(index, 2_000 * KiB));
          socket.write('of others', (error) => told.push(error instanceof Error ? 'failed' : 'done'));
          await turn();
          if (cut === 'destroy()') transport.destroy();
          else if (cut === 'a reset') tcp.resetAndDestroy();
          else client.destroy();
          let event = await events.next();
          while (event === 'ended' || event === 'written') event = await events.next();
          assert.match(event, /^disconnected/);
          assert.equal(await told.next(), 'failed');
          assert.equal(transport.write(piece(1)), false);
          transport.end();
          await turn();
          assert.deepEqual(events.rest, []);
        }),
      );
    }

    test(
      'from any handler of a write: another write, the end',
      leavingNothing(async (scope) => {
        const { socket, transport, events, client } = await open(scope, version);
        let index = 0;
        const more = (): void => {
          if (index === 100) return void socket.end();
          socket.write(piece(index++), more);
          transport.write(piece(500));
        };
        more();
        const received = (await everything(client)).toString('latin1');
        assert.equal(received.replaceAll('..500;', ''), Array.from({ length: 100 }, (_, at) => piece(at)).join(''));
        assert.equal(received.split('..500;').length, 101);
        assert.ok(events.rest.every((event) => event === 'written'));
      }),
    );
  });
}

test(
  'TLS 1.2: a client that renegotiates in the middle of it',
  leavingNothing(async (scope) => {
    const { transport, client } = await open(scope, 'TLSv1.2');
    const sent: Buffer[] = [];
    const reading = everything(client);
    const renegotiated = new Inbox<Error | null>();
    for (let index = 0; index < 200; index++) {
      const bytes = piece(index, index % 10 === 0 ? 200 * KiB : 1_000);
      sent.push(Buffer.from(bytes));
      const isFree = transport.copiesBytes === true && !transport.keepsBytes;
      if (transport.write(bytes) || isFree) bytes.fill(0x78);
      if (index === 50) client.renegotiate({}, (error) => renegotiated.push(error));
      if (index % 5 === 0) await turn();
    }
    assert.equal(await renegotiated.next(), null);
    transport.end();
    assert.ok((await reading).equals(Buffer.concat(sent)));
  }),
);
