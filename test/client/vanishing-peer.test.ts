// A peer that goes away, falls silent or is given up, at each stage of the opening handshake: one rejection that says
// how far it came, no handler of a connection, and nothing left open.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect } from '../../src/engine/index.ts';
import { nodeHost } from '../../src/node/environment.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, openHandles, turn } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';

/** What is done with the request before the peer vanishes. */
const stages: readonly (readonly [name: string, stage: (peer: RawPeer) => Promise<void>])[] = [
  ['before it reads', async () => {}],
  ['after it has read the request', async (peer) => void (await peer.readHead())],
  [
    'in the middle of the status line',
    async (peer) => {
      await peer.readHead();
      peer.write('HTTP/1.1 10');
    },
  ],
  [
    'in the middle of the head',
    async (peer) => {
      const head = switchingProtocols(await peer.readHead());
      peer.write(head.slice(0, head.length / 2));
    },
  ],
  [
    'one byte before the end of the head',
    async (peer) => {
      const head = switchingProtocols(await peer.readHead());
      peer.write(head.slice(0, -1));
    },
  ],
];

/** Handlers of which none may be called. */
function forbidden(): NonNullable<ConnectOptions['handlers']> {
  const fail = (): void => assert.fail('a handler was called');
  return { open: fail, message: fail, error: fail, close: fail, drain: fail };
}

describe('a peer that vanishes', () => {
  for (const [cutName, cut] of [
    ['ends TCP', 'end'],
    ['resets TCP', 'reset'],
    ['closes its socket', 'destroy'],
  ] as const) {
    // A reset at once may overtake the news that TCP is connected.
    for (const [name, stage] of cut === 'reset' ? stages.slice(1) : stages) {
      test(
        `${cutName} ${name}`,
        leavingNothing(async (scope) => {
          const server = await listenRaw(scope);
          const refused = rejectsWith(
            connect(server.url, { handlers: forbidden() }),
            'ERR_WS_HANDSHAKE_LOST',
            /connection lost during the opening handshake \(.*ECONNRESET.*\)/,
            /check that a WebSocket server listens there/,
          );
          const peer = await server.accepted();
          await stage(peer);
          peer[cut]();
          const error = await refused;
          assert.equal(error.family, 'environment');
          await peer.gone();
        }),
      );
    }
  }
  test(
    'resets TCP at once',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url, { handlers: forbidden() });
      (await server.accepted()).reset();
      await assert.rejects(connecting, /\((.*, )?ECONNRESET\); check that/);
    }),
  );
  test(
    'after the head of another answer, before its body: the answer counts',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(connect(server.url), 'ERR_WS_REFUSED', '403 Forbidden');
      const peer = await server.accepted();
      await peer.readHead();
      peer.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n');
      peer.reset();
      await refused;
    }),
  );
  test(
    'right after a whole handshake: the connection opened, and was lost',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url);
      const peer = await server.accepted();
      peer.end(switchingProtocols(await peer.readHead()));
      const event = await (await connecting).closed;
      assert.equal(event.code, 1006);
      assert.equal(event.error?.code, 'ERR_WS_LOST');
      await peer.gone();
    }),
  );
});

describe('a peer that never answers is bounded by handshakeTimeout', () => {
  for (const [name, stage] of stages) {
    test(
      `silent ${name}`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const begun = performance.now();
        const refused = rejectsWith(
          connect(server.url, { handshakeTimeout: 50, handlers: forbidden() }),
          'ERR_WS_HANDSHAKE_TIMEOUT',
          'handshakeTimeout (50 ms)',
          /raise handshakeTimeout/,
        );
        const peer = await server.accepted();
        await stage(peer);
        await refused;
        assert.ok(performance.now() - begun >= 50);
        await peer.gone();
      }),
    );
  }
  test(
    'silent during TLS',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const url = server.url.replace('ws:', 'wss:');
      const refused = rejectsWith(connect(url, { handshakeTimeout: 50 }), 'ERR_WS_HANDSHAKE_TIMEOUT', '50 ms');
      const peer = await server.accepted();
      await refused;
      await peer.gone();
    }),
  );
  test(
    'a peer that sends a byte now and then wins no time',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(connect(server.url, { handshakeTimeout: 50 }), 'ERR_WS_HANDSHAKE_TIMEOUT');
      const peer = await server.accepted();
      await peer.readHead();
      peer.write('HTTP/1.1 101 Switching Protocols\r\nX-Slow: ');
      const drip = setInterval(() => peer.write('x'), 5);
      scope.defer(() => clearInterval(drip));
      await refused;
      clearInterval(drip);
      await peer.gone();
    }),
  );
  test(
    'a redirect starts no new time',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(
        connect(server.url, { handshakeTimeout: 50, maxRedirects: 5 }),
        'ERR_WS_HANDSHAKE_TIMEOUT',
        '50 ms',
      );
      const first = await server.accepted();
      await first.readHead();
      first.end('HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n');
      const second = await server.accepted();
      await refused;
      await second.gone();
    }),
  );
  test(
    'it no longer counts once the connection is open',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url, { handshakeTimeout: 1_000 });
      const peer = await server.accepted();
      peer.write(switchingProtocols(await peer.readHead()));
      const connection = await connecting;
      // A later deadline of the same clock
      await new Promise<void>((resolve) => nodeHost.clock.timer({ expired: resolve }).set(1_100));
      assert.equal(connection.isOpen, true);
      connection.terminate();
    }),
  );
});

describe('a signal that is aborted', () => {
  async function aborted(url: string, controller: AbortController, options: ConnectOptions = {}): Promise<void> {
    const { signal } = controller;
    const reason = new Error('the user left');
    const refused = rejectsWith(connect(url, { handlers: forbidden(), ...options, signal }), 'ERR_WS_ABORTED');
    controller.abort(reason);
    const error = await refused;
    assert.equal(error.cause, reason);
  }

  test(
    'before the call',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const signal = AbortSignal.abort();
      let resolved = 0;
      const handlers = { ...forbidden(), resolved: () => resolved++ };
      await rejectsWith(connect(server.url, { signal, handlers }), 'ERR_WS_ABORTED', 'aborted by its signal');
      await turn();
      assert.equal(resolved, 0, 'nothing is reported after the rejection');
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    }),
  );
  test(
    'before the call, with a URL that is wrong as well: that is said',
    leavingNothing(async () => {
      await rejectsWith(connect('hello', { signal: AbortSignal.abort() }), 'ERR_WS_URL');
    }),
  );
  test(
    'during the lookup',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      let resolved = 0;
      const handlers = { ...forbidden(), resolved: () => resolved++ };
      await aborted(`ws://localhost:${server.port}/`, new AbortController(), { handlers });
      while (openHandles().includes('GetAddrInfoReqWrap')) await turn();
      assert.equal(resolved, 0);
    }),
  );
  test(
    'while connecting',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const handlers = { ...forbidden(), resolved: () => controller.abort() };
      await rejectsWith(connect(server.url, { signal: controller.signal, handlers }), 'ERR_WS_ABORTED');
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    }),
  );
  test(
    'during TLS',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const { signal } = controller;
      const refused = rejectsWith(connect(server.url.replace('ws:', 'wss:'), { signal }), 'ERR_WS_ABORTED');
      const peer = await server.accepted();
      await peer.read(1);
      controller.abort();
      await refused;
      await peer.gone();
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    }),
  );
  for (const [name, stage] of stages.slice(1)) {
    test(
      `when the peer is silent ${name}`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const controller = new AbortController();
        const { signal } = controller;
        const refused = rejectsWith(connect(server.url, { signal, handlers: forbidden() }), 'ERR_WS_ABORTED');
        const peer = await server.accepted();
        await stage(peer);
        controller.abort();
        await refused;
        await peer.gone();
        assert.equal(getEventListeners(signal, 'abort').length, 0);
      }),
    );
  }
  test(
    'by the open handler: the connection that just opened is terminated',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const log: string[] = [];
      const connecting = connect(server.url, {
        signal: controller.signal,
        handlers: {
          open: () => controller.abort(),
          error: (_, error) => log.push(error.code),
          close: (_, { code, wasClean }) => log.push(`${code} ${wasClean}`),
        },
      });
      const peer = await server.accepted();
      peer.write(switchingProtocols(await peer.readHead()));
      await (await connecting).closed;
      assert.deepEqual(log, ['ERR_WS_TERMINATED', '1006 false']);
      await peer.gone();
    }),
  );
  test(
    'when the connection is open: it is terminated, and the signal is let go',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const { signal } = controller;
      const connecting = connect(server.url, { signal });
      const peer = await server.accepted();
      peer.write(switchingProtocols(await peer.readHead()));
      const connection = await connecting;
      assert.equal(getEventListeners(signal, 'abort').length, 1);
      controller.abort();
      const event = await connection.closed;
      assert.equal(event.code, 1006);
      assert.equal(event.error?.code, 'ERR_WS_TERMINATED');
      await peer.gone();
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    }),
  );
  test(
    'that outlives its connections keeps no listener of them',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const { signal } = new AbortController();
      for (let count = 0; count < 3; count++) {
        const connecting = connect(server.url, { signal });
        const peer = await server.accepted();
        peer.write(switchingProtocols(await peer.readHead()));
        const connection = await connecting;
        peer.reset();
        await connection.closed;
        const refused = rejectsWith(connect(server.url, { signal }), 'ERR_WS_HANDSHAKE_LOST');
        (await server.accepted()).end();
        await refused;
      }
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    }),
  );
});
