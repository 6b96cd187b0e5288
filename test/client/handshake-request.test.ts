// `handshakeRequest`: an opening handshake whose HTTP request belongs to the application.

import assert from 'node:assert/strict';
import { Agent, type IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { describe, test } from 'node:test';
import {
  type ClientConnection,
  type HandshakeRequest,
  type HandshakeRequestOptions,
  handshakeRequest,
  refuse,
} from '../../src/engine/index.ts';
import { listen, serverCertificate, trust } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw } from '../support/raw-peer.ts';

interface Started {
  readonly handshake: HandshakeRequest;
  /** `'opened'`, `'failed'` and what else was told, in order. */
  readonly told: Inbox<string>;
  readonly opened: Inbox<ClientConnection>;
  readonly failed: Inbox<Error>;
}

function start(scope: Scope, url: string, options: Partial<HandshakeRequestOptions> = {}): Started {
  const told = new Inbox<string>();
  const opened = new Inbox<ClientConnection>();
  const failed = new Inbox<Error>();
  const handshake = handshakeRequest(url, {
    ...options,
    opened(connection, socket) {
      scope.defer(async () => {
        connection.terminate();
        await connection.closed;
      });
      options.opened?.(connection, socket);
      told.push('opened');
      opened.push(connection);
    },
    failed(error) {
      told.push('failed');
      failed.push(error);
    },
  });
  return { handshake, told, opened, failed };
}

const echo = {
  message: (connection: { send(data: string | Buffer): void }, data: string | Buffer) => connection.send(data),
};

test(
  'nothing is sent before end(), and headers may be set until then',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { handshake, opened } = start(scope, server.url, { headers: { Cookie: ['a=1', 'b=2'] }, subprotocols: 'x' });
    handshake.request.setHeader('X-Late', 'yes');
    handshake.request.end();
    const peer = await server.accepted();
    const head = await peer.readHead();
    assert.match(head, /^GET \/ HTTP\/1\.1\r\n/);
    assert.match(head, /\r\nX-Late: yes\r\n/);
    assert.match(head, /\r\nCookie: a=1; b=2\r\n|\r\nCookie: a=1\r\nCookie: b=2\r\n/);
    assert.match(head, /\r\nSec-WebSocket-Protocol: x\r\n/);
    peer.write(switchingProtocols(head, 'Sec-WebSocket-Protocol: x'));
    const connection = await opened.next();
    assert.equal(connection.subprotocol, 'x');
  }),
);

test(
  'handlers get what the connection receives, and upgraded comes before opened',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, echo);
    const messages = new Inbox<unknown>();
    const { handshake, told, opened } = start(scope, url, {
      handlers: { message: (_, data) => messages.push(data) },
      upgraded: (response) => told.push(`upgraded ${response.statusCode}`),
    });
    handshake.request.end();
    (await opened.next()).send('hi');
    assert.equal(await messages.next(), 'hi');
    assert.deepEqual(await told.take(2), ['upgraded 101', 'opened']);
  }),
);

describe('request takes options of Node', () => {
  test(
    'agent',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, echo);
      const agent = new Agent();
      const { handshake, opened } = start(scope, url, { request: { agent } });
      handshake.request.end();
      await opened.next();
      assert.equal((handshake.request as unknown as { agent: unknown }).agent, agent);
    }),
  );

  test(
    'createConnection and lookup',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, echo);
      const made = start(scope, 'ws://a.example:1', {
        request: { createConnection: () => connectTcp(port, '127.0.0.1') },
      });
      made.handshake.request.end();
      await made.opened.next();
      const hosts: string[] = [];
      const found = start(scope, `ws://a.example:${port}`, {
        request: {
          lookup: (host, { all }, callback) => {
            hosts.push(host);
            if (all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
            else callback(null, '127.0.0.1', 4);
          },
        },
      });
      found.handshake.request.end();
      await found.opened.next();
      assert.deepEqual(hosts, ['a.example']);
    }),
  );

  test(
    'options of tls.connect, and the certificate is verified without them',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, echo, { tls: serverCertificate() });
      const url = `wss://localhost:${port}`;
      const refused = start(scope, url);
      refused.handshake.request.end();
      assert.match(String((await refused.failed.next()).message), /certificate/);
      const trusted = start(scope, url, { request: trust() });
      trusted.handshake.request.end();
      await trusted.opened.next();
    }),
  );

  test('another value than an object is refused', () => {
    assert.throws(
      () => handshakeRequest('ws://a.example', { request: 5 as never, opened() {}, failed() {} }),
      (error) => Boolean(isError(error, 'ERR_WS_OPTION', 'request is 5')),
    );
  });
});

describe('a response that does not switch protocols', () => {
  test(
    'fails with ERR_WS_REFUSED',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { upgrade: () => refuse(403, 'no') });
      const { handshake, failed } = start(scope, url);
      handshake.request.end();
      assert.equal(isError(await failed.next(), 'ERR_WS_REFUSED', '403').status, 403);
    }),
  );

  test(
    'goes to answered, with its body, and may be given up',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { upgrade: () => refuse(403, 'not you') });
      const bodies = new Inbox<string>();
      const reason = new Error('enough');
      const { handshake, failed, told } = start(scope, url, {
        answered: (response) => {
          response.setEncoding('utf8').on('data', (text) => {
            bodies.push(text);
            handshake.abort(reason);
          });
        },
      });
      handshake.request.end();
      assert.match(await bodies.next(), /not you/);
      assert.equal(await failed.next(), reason);
      handshake.abort(new Error('again'));
      assert.deepEqual(told.rest, ['failed']);
    }),
  );
});

describe('follow', () => {
  const headers = { Authorization: 'Bearer x', 'X-Api-Key': 'k', 'User-Agent': 'app/1' };

  async function redirected(scope: Scope, keepsHeaders?: boolean): Promise<IncomingMessage['headers']> {
    const seen = new Inbox<IncomingMessage['headers']>();
    const second = await listen(scope, {
      upgrade: (request) => {
        seen.push(request.headers as IncomingMessage['headers']);
        return undefined;
      },
    });
    const first = await listen(scope, { upgrade: () => refuse(302, 'there', { Location: second.url }) });
    const { handshake, opened } = start(scope, first.url, {
      headers,
      answered: (response) => handshake.follow(response, keepsHeaders).request.end(),
    });
    handshake.request.end();
    assert.equal((await opened.next()).url, second.url);
    return seen.next();
  }

  test(
    'leaves credentials and own headers out for another origin',
    leavingNothing(async (scope) => {
      const seen = await redirected(scope);
      assert.equal(seen.authorization, undefined);
      assert.equal(seen['x-api-key'], undefined);
      assert.equal(seen['user-agent'], 'app/1');
    }),
  );

  test(
    'keeps them on request',
    leavingNothing(async (scope) => {
      const seen = await redirected(scope, true);
      assert.equal(seen.authorization, 'Bearer x');
      assert.equal(seen['x-api-key'], 'k');
    }),
  );

  test(
    'does not go from wss: to ws:, or without a Location',
    leavingNothing(async (scope) => {
      const problems = new Inbox<unknown>();
      for (const location of [undefined, 'ws://127.0.0.1:1/']) {
        const { url } = await listen(
          scope,
          { upgrade: () => refuse(302, 'there', location === undefined ? {} : { Location: location }) },
          { tls: serverCertificate() },
        );
        const { handshake, failed } = start(scope, url, {
          request: { ...trust(), servername: 'localhost' },
          answered: (response) => {
            try {
              handshake.follow(response);
            } catch (error) {
              problems.push(error);
              handshake.abort(error as Error);
            }
          },
        });
        handshake.request.end();
        isError(await problems.next(), 'ERR_WS_REDIRECT');
        await failed.next();
      }
    }),
  );
});

test(
  'handshakeTimeout bounds the time to the answer, and aborting ends the request',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const late = start(scope, server.url, { handshakeTimeout: 20 });
    late.handshake.request.end();
    isError(await late.failed.next(), 'ERR_WS_HANDSHAKE_TIMEOUT', '20 ms');
    const given = start(scope, server.url);
    const reason = new Error('enough');
    given.handshake.abort(reason);
    assert.equal(await given.failed.next(), reason);
    assert.equal(given.handshake.request.destroyed, true);
  }),
);

test(
  "Node's errors of the request come as they are",
  leavingNothing(async (scope) => {
    const { handshake, failed } = start(scope, 'ws://127.0.0.1:1/');
    handshake.request.end();
    assert.equal(((await failed.next()) as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  }),
);

test(
  'a response that is not right fails, and its socket is destroyed',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { handshake, failed } = start(scope, server.url);
    handshake.request.end();
    const peer = await server.accepted();
    const head = await peer.readHead();
    peer.write(switchingProtocols(head).replace(/Sec-WebSocket-Accept: .*/, 'Sec-WebSocket-Accept: x'));
    isError(await failed.next(), 'ERR_WS_RESPONSE_ACCEPT');
    await peer.readToEnd();
  }),
);
