// `followRedirects` of a client in the shape of `ws`.

import assert from 'node:assert/strict';
import type { ClientRequest } from 'node:http';
import { describe, test } from 'node:test';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { acceptHandshake } from '../support/handshake.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { type ClientOptions, ended, eventsOf, type Library, libraries, type Socket } from './client-support.ts';

interface Redirected {
  readonly webSocket: Socket;
  /** The connection to the second server, or the second to the first one. */
  readonly peer: RawPeer;
}

/** A client whose first request is answered with a redirect. */
async function redirected(
  scope: Scope,
  { WebSocket }: Library,
  options: ClientOptions,
  to: 'same' | 'other',
  prepare: (webSocket: Socket) => void = () => {},
): Promise<Redirected> {
  const first = await listenRaw(scope);
  const second = to === 'same' ? first : await listenRaw(scope);
  const webSocket = new WebSocket(first.url, { followRedirects: true, ...options });
  scope.defer(() => ended(webSocket).then(() => {}));
  prepare(webSocket);
  const peer = await first.accepted();
  await peer.readHead();
  peer.write(`HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${second.port}/there\r\nContent-Length: 0\r\n\r\n`);
  return { webSocket, peer: await second.accepted() };
}

const headers = { Authorization: 'Bearer x', Cookie: 'a=1', 'X-Api-Key': 'k' };

for (const [name, library] of libraries) {
  describe(`redirects: ${name}`, () => {
    test(
      'to the same host, with all headers',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await redirected(scope, library, { headers }, 'same');
        const head = await acceptHandshake(peer);
        assert.match(head, /^GET \/there HTTP/);
        assert.match(head, /\r\nAuthorization: Bearer x\r\n/i);
        assert.match(head, /\r\nCookie: a=1\r\n/i);
        assert.match(webSocket.url, /\/there$/);
      }),
    );

    test(
      'to another host, without credentials',
      leavingNothing(async (scope) => {
        const { peer } = await redirected(scope, library, { headers, auth: 'a:b' }, 'other');
        const head = await acceptHandshake(peer);
        assert.doesNotMatch(head, /authorization|cookie/i);
        // All other headers, too: docs/from-ws.md.
        assert.equal(/x-api-key/i.test(head), name === 'ws');
      }),
    );

    test(
      'with a listener of redirect: it is told the URL and the request, and all headers go along',
      leavingNothing(async (scope) => {
        const told: string[] = [];
        const { peer } = await redirected(scope, library, { headers }, 'other', (webSocket) => {
          webSocket.on('redirect', (url: string, request: ClientRequest) => {
            told.push(new URL(url).pathname);
            request.removeHeader('cookie');
            request.setHeader('X-Late', 'yes');
          });
        });
        const head = await acceptHandshake(peer);
        assert.deepEqual(told, ['/there']);
        assert.match(head, /\r\nAuthorization: Bearer x\r\n/i);
        assert.doesNotMatch(head, /cookie/i);
        assert.match(head, /\r\nX-Late: yes\r\n/i);
      }),
    );

    test(
      'no more than maxRedirects',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await redirected(scope, library, { maxRedirects: 1 }, 'same');
        const events = eventsOf(webSocket);
        await peer.readHead();
        peer.write('HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n');
        assert.deepEqual(await events.take(2), ['error Maximum redirects exceeded', 'close 1006 ']);
      }),
    );

    test(
      'to what is not a URL for WebSocket fails',
      leavingNothing(async (scope) => {
        const { WebSocket } = library;
        const server = await listenRaw(scope);
        const webSocket = new WebSocket(server.url, { followRedirects: true });
        const failed = new Promise<Error>((resolve) => webSocket.on('error', resolve));
        const peer = await server.accepted();
        await peer.readHead();
        peer.write('HTTP/1.1 302 Found\r\nLocation: ftp://x\r\nContent-Length: 0\r\n\r\n');
        assert.ok((await failed) instanceof Error);
        await ended(webSocket);
      }),
    );

    test(
      'are not followed without followRedirects',
      leavingNothing(async (scope) => {
        const { WebSocket } = library;
        const server = await listenRaw(scope);
        const webSocket = new WebSocket(server.url);
        const events = eventsOf(webSocket);
        const peer = await server.accepted();
        await peer.readHead();
        peer.write('HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n');
        assert.deepEqual(await events.take(2), ['error Unexpected server response: 302', 'close 1006 ']);
      }),
    );
  });
}
