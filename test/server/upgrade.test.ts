// The application's decision on a handshake: at once or later, yes or no, with a client that waits or leaves. There is
// exactly one answer. Decisions that fail are in upgrade-failures.test.ts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accept, connect, refuse, type UpgradeRequest } from '../../src/engine/index.ts';
import { listen, open } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake, SAMPLE_ACCEPT, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

/** A decision that the test makes later. */
class Decision<Value> {
  readonly asked = new Inbox<UpgradeRequest>();
  decide!: (value: Value) => void;
  fail!: (error: Error) => void;

  readonly handler = (request: UpgradeRequest): Promise<Value> => {
    this.asked.push(request);
    return new Promise<Value>((resolve, reject) => {
      this.decide = resolve;
      this.fail = reject;
    });
  };
}

describe('accepted', () => {
  test(
    'the request is as the client sent it',
    leavingNothing(async (scope) => {
      const requests = new Inbox<UpgradeRequest>();
      const { port } = await listen(scope, { upgrade: requests.push });
      const peer = await connectRaw(scope, port);
      const fields = { Origin: 'http://example.com', 'Sec-WebSocket-Protocol': 'b, a', 'X-Some': 'thing' };
      await requestHandshake(peer, fields, '/chat?room=1');
      const request = await requests.next();
      assert.equal(request.url, '/chat?room=1');
      assert.equal(request.headers.origin, 'http://example.com');
      assert.equal(request.headers['x-some'], 'thing');
      assert.deepEqual(request.subprotocols, ['b', 'a']);
      assert.equal(request.remoteAddress, '127.0.0.1');
      assert.equal(request.remotePort, peer.socket.localPort);
      assert.equal(request.encrypted, false);
      assert.equal(request.message.method, 'GET');
    }),
  );
  for (const [name, wrap] of [
    ['at once', <Value>(value: Value) => value],
    ['later', <Value>(value: Value) => turn().then(() => value)],
  ] as const) {
    test(
      `${name}, with context, subprotocol and headers`,
      leavingNothing(async (scope) => {
        interface User {
          readonly name: string;
        }
        const { port, opened } = await listen<User>(scope, {
          subprotocols: ['a', 'b'],
          upgrade: (request) =>
            wrap(
              accept({
                context: { name: String(request.headers['x-user']) },
                subprotocol: 'c',
                headers: { 'Set-Cookie': 'id=1' },
              }),
            ),
        });
        const peer = await connectRaw(scope, port);
        const head = await requestHandshake(peer, { 'Sec-WebSocket-Protocol': 'a, b, c', 'X-User': 'anna' });
        assert.equal(
          head,
          [
            'HTTP/1.1 101 Switching Protocols',
            'Upgrade: websocket',
            'Connection: Upgrade',
            `Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`,
            'Sec-WebSocket-Protocol: c',
            'Set-Cookie: id=1',
            '\r\n',
          ].join('\r\n'),
        );
        const connection = await opened.next();
        assert.equal(connection.context.name, 'anna');
        assert.equal(connection.subprotocol, 'c');
      }),
    );
    test(
      `${name}, by no value: the first of the client's offers that the server supports (RFC 6455 §4.2.2)`,
      leavingNothing(async (scope) => {
        const { url, opened } = await listen(scope, { subprotocols: ['a', 'b'], upgrade: () => wrap(undefined) });
        const client = await open(scope, url, { subprotocols: ['c', 'b', 'a'] });
        assert.equal(client.subprotocol, 'b');
        const connection = await opened.next();
        assert.equal(connection.subprotocol, 'b');
        assert.equal(connection.context, undefined);
        assert.equal((await open(scope, url)).subprotocol, '');
      }),
    );
  }
  test(
    'without a subprotocol, although one would fit',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { subprotocols: ['a'], upgrade: () => accept({ subprotocol: '' }) });
      assert.equal((await open(scope, url, { subprotocols: ['a'] })).subprotocol, '');
    }),
  );
  test(
    'later: frames that the client has sent meanwhile are not lost',
    leavingNothing(async (scope) => {
      const decision = new Decision<undefined>();
      const { port } = await listen(scope, {
        upgrade: decision.handler,
        message: (connection, data) => connection.send(data),
      });
      const peer = await connectRaw(scope, port);
      peer.write(Buffer.concat([Buffer.from(upgradeRequest()), hex('81 81 00000000 61')]));
      await decision.asked.next();
      peer.write(hex('81 81 00000000 62'));
      for (let turns = 0; turns < 5; turns++) await turn();
      peer.write(hex('81 81 00000000 63'));
      decision.decide(undefined);
      await peer.readHead();
      await peer.expect(hex('81 01 61  81 01 62  81 01 63'));
    }),
  );
});

describe('refused', () => {
  test(
    'with status, text and fields; the client sees the status',
    leavingNothing(async (scope) => {
      const refused = new Inbox<unknown>();
      const { url, port, server } = await listen(scope, {
        upgrade: () => refuse(401, 'who are you?', { 'WWW-Authenticate': 'Basic realm="x"' }),
        refused: (_, error) => refused.push(error),
      });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      assert.equal(
        (await peer.readToEnd()).toString(),
        [
          'HTTP/1.1 401 Unauthorized',
          'Connection: close',
          'WWW-Authenticate: Basic realm="x"',
          'Content-Type: text/plain; charset=utf-8',
          'Content-Length: 13',
          '',
          'who are you?\n',
        ].join('\r\n'),
      );
      isError(await refused.next(), 'ERR_WS_UPGRADE_REFUSED', '401', 'who are you?');
      assert.equal((await rejectsWith(connect(url), 'ERR_WS_REFUSED', '401 Unauthorized')).status, 401);
      assert.equal(server.connections.size, 0);
    }),
  );
  test(
    'later, and with the name of the status as the text',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, { upgrade: async () => refuse(403) });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 403 Forbidden\r\n(.+\r\n)+\r\nForbidden\n$/);
    }),
  );
  test('refuse takes 400 to 599 and the redirects, and nothing else', () => {
    for (const status of [400, 403, 418, 500, 599]) assert.equal(refuse(status).status, status);
    for (const status of [301, 302, 303, 307, 308]) {
      assert.equal(refuse(status, 'moved', { Location: '/' }).status, status);
      assert.throws(() => refuse(status), { code: 'ERR_WS_OPTION' }, 'a redirect says where to');
    }
    for (const status of [0, 101, 200, 299, 300, 304, 305, 399, 600, 403.5, Number.NaN, '403']) {
      assert.throws(() => refuse(status as number), { code: 'ERR_WS_OPTION' }, String(status));
    }
  });
});

describe('a slow decision', () => {
  test(
    'is bounded by handshakeTimeout: 503, the signal is aborted, and a later decision does not count',
    leavingNothing(async (scope) => {
      const refused = new Inbox<unknown>();
      const decision = new Decision<undefined>();
      const { port, server } = await listen(scope, {
        handshakeTimeout: 50,
        upgrade: decision.handler,
        refused: (_, error) => refused.push(error),
      });
      const peer = await connectRaw(scope, port);
      const begun = performance.now();
      peer.write(upgradeRequest());
      const { signal } = await decision.asked.next();
      assert.equal(signal.aborted, false);
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 503 Service Unavailable\r\n/);
      assert.ok(performance.now() - begun >= 50);
      assert.equal(signal.aborted, true);
      isError(await refused.next(), 'ERR_WS_HANDSHAKE_TIMEOUT', '50 ms');
      decision.decide(undefined);
      await turn();
      assert.equal(server.connections.size, 0);
      assert.deepEqual(refused.rest, []);
    }),
  );
  for (const leave of ['reset', 'destroy', 'end'] as const) {
    test(
      `whose client leaves (${leave === 'reset' ? 'a reset' : leave === 'end' ? 'it ends its direction' : 'it closes its socket'}): the signal is aborted, and nothing is left`,
      leavingNothing(async (scope) => {
        const refused = new Inbox<unknown>();
        const decision = new Decision<undefined>();
        const { port, server } = await listen(scope, {
          handshakeTimeout: 0,
          heartbeat: false,
          upgrade: decision.handler,
          refused: (_, error) => refused.push(error),
        });
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        const { signal } = await decision.asked.next();
        const aborted = new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        peer[leave]();
        await aborted;
        isError(await refused.next(), 'ERR_WS_HANDSHAKE_LOST', 'the client left');
        decision.decide(undefined);
        await turn();
        assert.equal(server.connections.size, 0);
        await peer.gone();
      }),
    );
  }
  test(
    'that looks at the signal only after the client has left sees it aborted',
    leavingNothing(async (scope) => {
      const refused = new Inbox<unknown>();
      const decision = new Decision<undefined>();
      const { port } = await listen(scope, { upgrade: decision.handler, refused: (_, error) => refused.push(error) });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      const request = await decision.asked.next();
      peer.reset();
      isError(await refused.next(), 'ERR_WS_HANDSHAKE_LOST');
      assert.equal(request.signal.aborted, true);
    }),
  );
  test(
    'whose client has ended its direction, and is accepted all the same, does not stay open for ever',
    leavingNothing(async (scope) => {
      const decision = new Decision<undefined>();
      const events = new Inbox<string>();
      const { port, server } = await listen(scope, {
        handshakeTimeout: 0,
        heartbeat: false,
        upgrade: decision.handler,
        refused: (_, error) => events.push(error.code),
        close: (_, event) => events.push(event.error?.code ?? ''),
      });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      await decision.asked.next();
      peer.end();
      for (let turns = 0; turns < 20; turns++) await turn();
      decision.decide(undefined);
      assert.match(await events.next(), /^ERR_WS_(HANDSHAKE_)?LOST$/);
      assert.equal(server.connections.size, 0);
      await peer.gone();
    }),
  );
});
