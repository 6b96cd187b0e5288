// The edges of an end: the second event of a kind, failures within failures, and what `close` then shows.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectionOptions } from '../../../src/core/connection/complete-settings.ts';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { ConnectionMachine } from '../../../src/core/connection/machine.ts';
import { closeEvent, OPEN } from '../../../src/core/connection/state.ts';
import { Workspace } from '../../../src/core/connection/workspace.ts';
import { webSocketError } from '../../../src/core/errors.ts';
import { CoreConnection, CoreHost, openConnection } from '../../support/core-connection.ts';
import { MemoryTransport } from '../../support/memory-transport.ts';
import { wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

describe('RFC 6455 §7.1.4–7.1.6 how a connection ended', () => {
  const sent = { code: 1000, reason: 'bye' };

  test('the code and reason are those of the peer, 1005 for a Close without a code, 1006 without a Close', () => {
    const received = { code: 4001, reason: 'why' };
    const event = (state: Parameters<typeof closeEvent>[0], isCloseSent: boolean) => {
      const { code, reason, wasClean, error } = closeEvent(state, isCloseSent, 'TCP was closed');
      return [code, reason, wasClean, error?.code];
    };
    assert.deepEqual(event({ kind: 'closing', startedBy: 'peer', received }, true), [4001, 'why', true, undefined]);
    assert.deepEqual(event({ kind: 'closing', startedBy: 'peer', received }, false), [
      4001,
      'why',
      false,
      'ERR_WS_LOST',
    ]);
    const noCode = { code: undefined, reason: '' };
    assert.deepEqual(event({ kind: 'closing', startedBy: 'peer', received: noCode }, true), [
      1005,
      '',
      true,
      undefined,
    ]);
    assert.deepEqual(event({ kind: 'closing', startedBy: 'local', sent }, true), [1006, '', false, 'ERR_WS_LOST']);
    assert.deepEqual(event(OPEN, false), [1006, '', false, 'ERR_WS_LOST']);
  });

  test('a connection that is closed keeps its event', () => {
    const event = closeEvent(OPEN, false, 'TCP was closed');
    assert.equal(closeEvent({ kind: 'closed', event }, true, 'again'), event);
  });
});

for (const role of roles) {
  describe(`${role}: an end that is reported once`, () => {
    test('RFC 6455 §7.1.7 the second failure is ignored, and one after the end', () => {
      const run = openConnection(role);
      run.machine.fail(webSocketError('ERR_WS_RESERVED_OPCODE', 3));
      run.machine.fail(webSocketError('ERR_WS_RESERVED_OPCODE', 4));
      run.transport.gone();
      run.machine.fail(webSocketError('ERR_WS_RESERVED_OPCODE', 5));
      run.turn.end();
      assert.deepEqual(run.events, ['error ERR_WS_RESERVED_OPCODE', 'close 1006 ERR_WS_RESERVED_OPCODE']);
      assert.equal(run.written.frames().length, 1);
    });

    test('TCP that is gone twice ends the connection once', () => {
      const run = openConnection(role);
      run.machine.disconnected(new Error('reset'));
      run.machine.disconnected();
      run.machine.ended();
      assert.deepEqual(run.events, ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
    });

    test('RFC 6455 §5.5.1 what cannot be written when the peer closes fails the connection', () => {
      const run = openConnection(role, { handlers: { message: (connection) => void connection.send('answer') } });
      run.transport.write = run.transport.writeMany = () => {
        throw new Error('no memory');
      };
      run.receive(wire(role, '81 01 61', '88 02 03 e8'));
      assert.deepEqual(run.events.slice(0, 2), ['message "a"', 'close 1006 ERR_WS_INTERNAL']);
      assert.ok(run.transport.isDestroyed);
      assert.equal(run.connection.state.kind, 'closed');
    });

    test('our own mistake at a deadline fails the connection, and is not thrown at the clock', () => {
      const run = openConnection(role, { heartbeat: { interval: 1_000, timeout: 1_000 } });
      run.machine.takeOutgoing = () => {
        throw new TypeError('a mistake');
      };
      run.clock.advance(1_000);
      run.turn.end();
      assert.deepEqual(run.events, ['error ERR_WS_INTERNAL', 'close 1006 ERR_WS_INTERNAL']);
      assert.deepEqual(run.turn.uncaught, []);
    });

    test('a host that closes still has messages pulled, until the reader has fallen behind', () => {
      const run = openConnection(role, { pulls: true });
      const messages = run.connection[Symbol.asyncIterator]();
      run.receive(wire(role, ...Array.from({ length: 63 }, () => '81 01 61')));
      void run.machine.goAway(1001, '');
      run.receive(wire(role, ...Array.from({ length: 10 }, () => '81 01 62')));
      run.receive(wire(role, '88 02 03 e9'));
      run.transport.gone();
      return collected(messages).then((all) => assert.equal(all, `${'a'.repeat(63)}b`));
    });
  });
}

describe('what the host is told', () => {
  test('RFC 6455 §9.1 the extensions that were agreed on', () => {
    assert.match(openConnection('client', { deflate: {} }).connection.extensions, /^permessage-deflate/u);
  });

  test('RFC 6455 §7.4 a Close with a code that nobody may send is a failure', () => {
    const run = openConnection('server');
    run.machine.closedByPeer({ code: 1005, reason: 'odd' });
    assert.deepEqual(run.events, ['error ERR_WS_CLOSE_CODE']);
    run.transport.gone();
    assert.equal(run.events.at(-1), 'close 1006 "odd" ERR_WS_CLOSE_CODE');
  });

  test('`open` and `closing`, where it asks for them', () => {
    const host = new CoreHost();
    const told: string[] = [];
    const handlers = { open: () => told.push('open'), closing: () => void told.push('closing') };
    for (const given of [handlers, {}]) {
      const transport = new MemoryTransport(host.turn, false);
      const machine = new ConnectionMachine<Connection>(
        host.workspace,
        transport,
        connectionOptions('server', {}),
        given,
      );
      transport.start(machine);
      new CoreConnection(machine);
      machine.reports.open();
      void machine.goAway(1001, 'restart');
      transport.gone();
    }
    assert.deepEqual(told, ['open', 'closing']);
  });

  test('terminate() ends what is open, what is closing, and nothing else', () => {
    const run = openConnection('server');
    void run.connection.close();
    run.connection.terminate();
    run.turn.end();
    run.connection.terminate();
    run.machine.written();
    assert.deepEqual(run.events, ['close 1006 ERR_WS_LOST']);
    assert.equal(run.connection.extensions, '');
  });

  test('TCP that the peer ends within the closing handshake ends after what is queued', () => {
    const run = openConnection('client');
    void run.connection.close();
    run.transport.deliver('end');
    run.turn.end();
    assert.deepEqual([run.transport.isEnded, run.written.frames()], [true, ['close']]);
    run.transport.gone();
    run.machine.ended();
    assert.deepEqual(run.events, ['close 1006 ERR_WS_LOST']);
  });
});

async function collected(messages: AsyncIterator<string | Uint8Array>): Promise<string> {
  let all = '';
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) all += String(next.value);
  return all;
}

describe('contexts of the host', () => {
  /** Where handlers run. */
  function hostWithContexts(): { host: CoreHost; enter(name: string, task: () => void): void; here(): string } {
    let current = 'outside';
    const run = (name: string, task: () => void): void => {
      const outer = current;
      current = name;
      try {
        task();
      } finally {
        current = outer;
      }
    };
    const host = new CoreHost();
    const contexts = {
      capture: () => current,
      current: () => current,
      run: (context: unknown, task: () => void) => run(String(context), task),
    };
    const workspace = new Workspace({ ...host.workspace.host, contexts } as never);
    Object.defineProperty(host, 'workspace', { value: workspace });
    return { host, enter: run, here: () => current };
  }

  test('every handler runs in the context in which its connection was made', () => {
    const { host, enter, here } = hostWithContexts();
    const seen: string[] = [];
    enter('request 7', () => {
      const handlers = {
        open: () => seen.push(`open in ${here()}`),
        message: () => void seen.push(`message in ${here()}`),
      };
      const run = openConnection('server', { host, handlers });
      enter('socket', () => {
        run.machine.reports.open();
        run.receive(wire('server', '81 01 61'));
      });
    });
    assert.deepEqual(seen, ['message in request 7']);
  });

  test('what a handler throws is reported where the connection has no `failed`', () => {
    const { host } = hostWithContexts();
    const run = openConnection('server', {
      host,
      handlers: {
        message: () => {
          throw new Error('of the application');
        },
      },
    });
    run.receive(wire('server', '81 01 61'));
    assert.deepEqual(
      run.turn.uncaught.map((error) => (error as Error).message),
      ['of the application'],
    );
    assert.equal(run.connection.state.kind, 'open');
  });
});
