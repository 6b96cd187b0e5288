// From a name to a socket: how far a failing way came is told by the error, and nothing of it stays open.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { webSocketError } from '../../src/core/errors.ts';
import { type DialOptions, dial } from '../../src/node/dial.ts';
import { listen, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, openHandles, turn } from '../support/handles.ts';
import { listenRaw } from '../support/raw-peer.ts';

/** A label of more than 63 characters is not a DNS name (RFC 1035 §2.3.4): no server is asked. */
const IMPOSSIBLE_NAME = `${'a'.repeat(64)}.invalid`;

function options(changes: Partial<DialOptions> = {}): DialOptions & { calls: string[] } {
  const calls: string[] = [];
  return {
    proxy: 'none',
    tls: undefined,
    signal: new AbortController().signal,
    resolved: () => calls.push('resolved'),
    calls,
    ...changes,
  };
}

/** A port of 127.0.0.1 that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('a plain target', () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    test(
      `${host} gives a connected socket that does not flow`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const given = options();
        const dialling = dial({ address: { host, port: server.port }, secure: false }, given);
        assert.deepEqual(given.calls, [], 'never during the call');
        const socket = await dialling;
        scope.defer(() => socket.destroy());
        assert.deepEqual(given.calls, ['resolved']);
        assert.equal(socket.readableFlowing, null);
        assert.equal(socket.allowHalfOpen, true);
        assert.equal(socket.remotePort, server.port);
        socket.write('hello');
        assert.equal((await (await server.accepted()).read(5)).toString(), 'hello');
      }),
    );
  }
  test(
    'on a port where nobody listens: ERR_WS_CONNECT with the address, after the name was resolved',
    leavingNothing(async () => {
      const port = await closedPort();
      const given = options();
      const error = await rejectsWith(
        dial({ address: { host: '127.0.0.1', port }, secure: false }, given),
        'ERR_WS_CONNECT',
        `127.0.0.1:${port}`,
        'ECONNREFUSED',
        /check that a server listens there/,
      );
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED');
      assert.deepEqual(given.calls, ['resolved']);
    }),
  );
  test(
    'on a port where nobody listens, by name',
    leavingNothing(async () => {
      const port = await closedPort();
      const given = options();
      await rejectsWith(
        dial({ address: { host: 'localhost', port }, secure: false }, given),
        'ERR_WS_CONNECT',
        `localhost:${port}`,
      );
      assert.deepEqual(given.calls, ['resolved'], 'once, however many addresses were tried');
    }),
  );
  test(
    'with IPv6: the address is in brackets',
    leavingNothing(async () => {
      // Refused or, without IPv6, not reachable
      await rejectsWith(
        dial({ address: { host: '::1', port: await closedPort() }, secure: false }, options()),
        'ERR_WS_CONNECT',
        '[::1]:',
      );
    }),
  );
  test(
    'whose name does not resolve: ERR_WS_NAME_NOT_RESOLVED with the name, and resolved is not called',
    leavingNothing(async () => {
      const given = options();
      await rejectsWith(
        dial({ address: { host: IMPOSSIBLE_NAME, port: 80 }, secure: false }, given),
        'ERR_WS_NAME_NOT_RESOLVED',
        IMPOSSIBLE_NAME.slice(0, 60),
        /check its spelling and the DNS/,
      );
      assert.deepEqual(given.calls, []);
    }),
  );
});

describe('the signal', () => {
  const reason = webSocketError('ERR_WS_ABORTED');
  test(
    'aborted before: rejects with its reason, nothing is reported afterwards',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      controller.abort(reason);
      const given = options({ signal: controller.signal });
      await assert.rejects(dial({ address: { host: '127.0.0.1', port: server.port }, secure: false }, given), reason);
      await turn();
      assert.deepEqual(given.calls, []);
    }),
  );
  for (const host of ['127.0.0.1', 'localhost', IMPOSSIBLE_NAME]) {
    test(
      `aborted in the turn of the call, ${host.slice(0, 9)}: rejects with its reason, and resolved is not called`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const controller = new AbortController();
        const given = options({ signal: controller.signal });
        const dialling = dial({ address: { host, port: server.port }, secure: false }, given);
        controller.abort(reason);
        await assert.rejects(dialling, reason);
        for (let turns = 0; openHandles().includes('GetAddrInfoReqWrap') || turns < 3; turns++) await turn();
        assert.deepEqual(given.calls, []);
      }),
    );
  }
  test(
    'aborted when the name has been resolved',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const given = options({ signal: controller.signal, resolved: () => controller.abort(reason) });
      await assert.rejects(dial({ address: { host: 'localhost', port: server.port }, secure: false }, given), reason);
    }),
  );
  test(
    'aborted during the TLS handshake: the TCP connection is gone as well',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const given = options({ signal: controller.signal });
      const dialling = dial({ address: { host: '127.0.0.1', port: server.port }, secure: true }, given);
      const peer = await server.accepted();
      assert.equal((await peer.read(1))[0], 0x16, 'a ClientHello');
      controller.abort(reason);
      await assert.rejects(dialling, reason);
      await peer.gone();
    }),
  );
  test(
    'holds no listener afterwards, however the way ended',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      let listeners = 0;
      const { signal } = controller;
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (...parameters: Parameters<typeof add>) => {
        listeners++;
        add(...parameters);
      };
      signal.removeEventListener = (...parameters: Parameters<typeof remove>) => {
        listeners--;
        remove(...parameters);
      };
      const socket = await dial(
        { address: { host: '127.0.0.1', port: server.port }, secure: false },
        options({ signal }),
      );
      socket.destroy();
      assert.equal(listeners, 0);
      await rejectsWith(
        dial({ address: { host: '127.0.0.1', port: await closedPort() }, secure: false }, options({ signal })),
        'ERR_WS_CONNECT',
      );
      assert.equal(listeners, 0);
    }),
  );
});

describe('a secure target', () => {
  test(
    'gives an encrypted socket',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {}, { tls: serverCertificate() });
      const socket = await dial({ address: { host: 'localhost', port }, secure: true }, options({ tls: trust() }));
      scope.defer(() => socket.destroy());
      assert.equal((socket as { encrypted?: boolean }).encrypted, true);
      assert.equal((socket as { authorized?: boolean }).authorized, true);
    }),
  );
  test(
    'that ends TCP instead of answering the ClientHello: ERR_WS_TLS, the port may not serve TLS',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(
        dial({ address: { host: '127.0.0.1', port: server.port }, secure: true }, options()),
        'ERR_WS_TLS',
        '127.0.0.1',
        /check that this port serves TLS/,
      );
      const peer = await server.accepted();
      await peer.read(1);
      peer.end();
      await refused;
    }),
  );
  test(
    'that resets TCP instead of answering the ClientHello',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(
        dial({ address: { host: '127.0.0.1', port: server.port }, secure: true }, options()),
        'ERR_WS_TLS',
        '127.0.0.1',
        /check that this port serves TLS/,
      );
      const peer = await server.accepted();
      await peer.read(1);
      peer.reset();
      await refused;
    }),
  );
  test(
    'that speaks something else: ERR_WS_TLS names what it speaks, and ws:',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(
        dial({ address: { host: '127.0.0.1', port: server.port }, secure: true }, options()),
        'ERR_WS_TLS',
        '127.0.0.1',
        /does not speak TLS; use ws:/,
      );
      const peer = await server.accepted();
      peer.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
      await refused;
      await peer.gone();
    }),
  );
  test(
    'with a certificate that is not PEM: ERR_WS_OPTION before anything is connected',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const given = options({ tls: { ca: '/etc/ssl/ca.pem' } });
      await rejectsWith(
        dial({ address: { host: '127.0.0.1', port: server.port }, secure: true }, given),
        'ERR_WS_OPTION',
        'tls.ca',
        /the content of a PEM file, not its path/,
      );
      assert.deepEqual(given.calls, []);
      assert.equal(server.waiting, 0);
    }),
  );
});
