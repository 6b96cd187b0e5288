// A connection that a link carries: what the application does goes to the link, and its state, closing and handlers are
// those of any connection.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectionOptions } from '../../../src/core/connection/complete-settings.ts';
import { machineOf } from '../../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../../src/core/connection/handlers.ts';
import type { ConnectionLink } from '../../../src/core/connection/link.ts';
import { LinkedMachine } from '../../../src/core/connection/linked-machine.ts';
import { QueueBudget } from '../../../src/core/connection/queue-budget.ts';
import type { ConnectionSettings } from '../../../src/core/connection/settings.ts';
import { sharedMessage } from '../../../src/core/connection/shared-message.ts';
import { Opcode } from '../../../src/core/constants.ts';
import { MessageStream } from '../../../src/core/message/message-stream.ts';
import { PartQueue } from '../../../src/core/message/part-queue.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreConnection, CoreHost } from '../../support/core-connection.ts';

const memory = { allocate: (size: number) => new Uint8Array(size) };

/** A linked connection. `calls`: what its link was asked; `events`: what the application was told. */
function linked(handlers: ConnectionHandlers<CoreConnection> = {}, settings: ConnectionSettings = {}) {
  const host = new CoreHost();
  const calls: string[] = [];
  const events: string[] = [];
  const note = (call: string): true => {
    calls.push(call);
    return true;
  };
  const link: ConnectionLink = {
    session: { id: 'a session' },
    bufferedAmount: 7,
    extensions: 'permessage-deflate',
    traffic: { received: 11, sent: 12, heardAt: 2_000_000 },
    send: (data, options) => note(`send ${String(data)} ${JSON.stringify(options)}`),
    sendFragment: (data, { fin }) => note(`sendFragment ${String(data)} ${fin}`),
    openStream: (isBinary) => {
      note(`openStream ${isBinary}`);
      return {
        hasRoom: () => undefined,
        write: (part) => void note(`write ${String(part)}`),
        end: () => void note('end'),
        abort: () => void note('abort'),
      };
    },
    sendShared: (message) => note(`sendShared ${message.plain.size}`),
    publish: (message) => note(`publish ${message.plain.size}`),
    sendControl: (opcode) => note(`sendControl ${opcode}`),
    whenDrained: async () => void note('whenDrained'),
    pause: () => void note('pause'),
    resume: () => void note('resume'),
    close: (code, reason) => void note(`close ${code} ${reason}`),
    goAway: (code, reason) => void note(`goAway ${code} ${reason}`),
    destroy: () => void note('destroy'),
  };
  const machine = new LinkedMachine<CoreConnection>(host.workspace, link, connectionOptions('server', settings), {
    error: (_connection, error) => void events.push(`error ${error.code}`),
    close: (_connection, { code, wasClean }) => void events.push(`close ${code} ${wasClean}`),
    ...handlers,
  });
  const connection = new CoreConnection(machine as never);
  return { host, calls, events, machine, connection };
}

describe('a connection over a link', () => {
  test('what is sent goes to the link as messages', () => {
    const { connection, machine, calls } = linked();
    const shared = sharedMessage('all', undefined, nodeText, memory);
    assert.equal(connection.send('a'), true);
    connection.send('b', { compress: false });
    connection.sendFragment('c', { fin: true });
    connection.sendShared(shared);
    connection.ping('d');
    assert.equal(machine.sendPrepared(new PreparedMessage('topic', nodeText, memory)), true);
    assert.deepEqual(calls, [
      'send a undefined',
      'send b {"compress":false}',
      'sendFragment c true',
      'sendShared 5',
      `sendControl ${Opcode.ping}`,
      'publish 7',
    ]);
  });

  test('a stream goes to it part by part', async () => {
    const { connection, calls } = linked();
    await connection.sendStream(['a', 'b']);
    assert.deepEqual(calls, ['openStream undefined', 'write a', 'write b', 'end']);
  });

  test('a stream whose signal is aborted already: the link hears nothing of it, and the source is cancelled', async () => {
    const { connection, calls } = linked();
    const reason = new Error('not wanted');
    let cancelled: unknown;
    const source = new ReadableStream({
      cancel(given) {
        cancelled = given;
      },
    });
    const sending = connection.sendStream(source, { signal: AbortSignal.abort(reason) });
    await assert.rejects(sending, (error) => error === reason);
    assert.deepEqual([cancelled, calls], [reason, []]);
  });

  test('it shows what the link has', async () => {
    const { connection, machine, calls, host } = linked();
    assert.equal(connection.bufferedAmount, 7);
    assert.equal(connection.extensions, 'permessage-deflate');
    assert.deepEqual(machine.link.session, { id: 'a session' });
    const { received, sent, lastActivity } = connection.metrics();
    assert.deepEqual([received.bytes, sent.bytes, lastActivity], [11, 12, 2_000_000]);
    await connection.drained();
    connection.pause();
    connection.resume();
    machine.shed(1, new QueueBudget(1, () => []));
    host.turn.end();
    assert.deepEqual(calls, ['whenDrained', 'pause', 'resume']);
  });

  test('a message is handled when its handler has returned and its promise has settled', async () => {
    let settle = (): void => {};
    const handled = linked({ message: () => new Promise<void>((resolve) => (settle = resolve)) });
    const waits = handled.machine.deliver('a', false);
    assert.ok(waits);
    settle();
    await waits;
    const at = linked({ message: (_connection, data, isBinary) => void at.events.push(`${String(data)} ${isBinary}`) });
    assert.equal(at.machine.deliver('b', false), undefined);
    assert.equal(at.machine.deliver(new Uint8Array([1]), true), undefined);
    assert.deepEqual(at.events, ['b false', '1 true']);
  });

  test('a message that is read while it comes: as any, or cancelled after close', async () => {
    const source = { hold() {}, roomMade() {} };
    const stream = () => new MessageStream(new PartQueue(source, true, false, nodeText, memory), 100);
    let settle = (): void => {};
    const { machine, connection } = linked({ message: () => new Promise<void>((resolve) => (settle = resolve)) });
    const waits = machine.deliverStream(stream());
    assert.ok(waits);
    settle();
    await waits;
    void connection.close();
    const late = stream();
    assert.equal(machine.deliverStream(late), undefined);
    await assert.rejects(late.bytes(), { code: 'ERR_WS_STREAM_USED' });
    const pulled = linked();
    const messages = pulled.connection[Symbol.asyncIterator]();
    const told = pulled.machine.deliverStream(stream());
    assert.ok((await messages.next()).value instanceof MessageStream);
    await told;
  });

  test('a message that is pulled is handled when a loop takes it', async () => {
    const { connection, machine } = linked();
    const messages = connection[Symbol.asyncIterator]();
    const told: string[] = [];
    void machine.deliver('a', false)?.then(() => told.push('a'));
    void machine.deliver('b', false)?.then(() => told.push('b'));
    await messages.next();
    assert.deepEqual(told, ['a']);
    await messages.next();
    const next = messages.next();
    assert.equal(machine.deliver('c', false), undefined);
    assert.deepEqual([told, (await next).value], [['a', 'b'], 'c']);
  });

  test('close: the link is told once, and the answer of the peer ends it', () => {
    const { connection, machine, calls, events, host } = linked();
    void connection.close(4000, 'bye');
    void connection.close(4001);
    host.turn.end();
    assert.deepEqual(calls, ['close 4000 bye']);
    assert.equal(machine.deliver('late', false), undefined);
    machine.endedByPeer({ code: 4000, reason: 'bye' });
    host.turn.end();
    machine.disconnected();
    assert.deepEqual(events, ['close 4000 true']);
    assert.deepEqual(calls.slice(1), ['destroy']);
    void machine.goAway(1001, 'late');
    assert.equal(calls.length, 2);
  });

  test('terminate ends it at once', async () => {
    const { connection, machine, calls, events } = linked();
    connection.terminate();
    assert.deepEqual(calls, ['destroy']);
    machine.disconnected();
    assert.deepEqual(events, ['error ERR_WS_TERMINATED', 'close 1006 false']);
    await assert.rejects(connection.drained(), { code: 'ERR_WS_DROPPED' });
  });

  test('the host goes away: the link decides how', () => {
    const { machine, calls } = linked();
    void machine.goAway(1012, 'deploy');
    assert.deepEqual(calls, ['goAway 1012 deploy']);
    assert.equal(machine.isOpen, true);
  });

  test('the link has left with its host: the connection closes as that, after what still comes', () => {
    const { host, machine, calls, events } = linked({
      message: (_connection, data) => void events.push(`got ${String(data)}`),
    });
    machine.leave(1012, 'deploy');
    host.turn.end();
    assert.equal(machine.isOpen, false);
    void machine.deliver('late', false);
    machine.endedByPeer({ code: 1012, reason: 'deploy' });
    host.turn.end();
    machine.disconnected();
    assert.deepEqual(calls, ['destroy']);
    assert.deepEqual(events, ['got late', 'close 1012 true']);
    assert.equal(machine.transport.writeMany([]), true);
  });

  test('its idle time ends it permanently, and a lost one is told', () => {
    const { host, calls } = linked({}, { idleTimeout: 1000 });
    host.clock.advance(2000);
    assert.match(calls.join(), /^close 1001 /);
    const lost = linked();
    lost.machine.timeIsUp({ kind: 'cut' });
    assert.deepEqual(lost.calls, ['destroy']);
    assert.equal(machineOf(lost.connection), lost.machine);
  });
});
