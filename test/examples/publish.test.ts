// examples/publish: other languages publish over HTTP to the WebSocket clients of all nodes, by curl and by Python's own library; and
// what is refused. The bus is one of this process. Needs dist/.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { BusPublisher } from 'harmony-websocket/bus';
import { createPublisher, localBus } from 'harmony-websocket/bus';
import { connect, createServer } from 'harmony-websocket/engine';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

interface Endpoint {
  readonly bounds: { readonly body: number; readonly perSecond: number; readonly atOnce: number };
  publishEndpoint(options: {
    publisher: Pick<BusPublisher, 'publish'>;
    token: string | undefined;
    allows?: (topic: string) => boolean;
    now?: () => number;
  }): RequestListener;
}
// An example is JavaScript, as its readers copy it.
const source = '../../examples/publish/endpoint.js';
const { bounds, publishEndpoint } = (await import(source)) as Endpoint;

const run = promisify(execFile);
const token = 'a-token-of-the-test';

async function serve(scope: Scope, listener: RequestListener): Promise<string> {
  const http = createHttpServer(listener).listen(0, '127.0.0.1');
  await once(http, 'listening');
  scope.defer(() => {
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/publish`;
}

/** The endpoint, and what reaches a client that is subscribed to `news` at another node. */
async function world(scope: Scope, name: string): Promise<{ url: string; heard: Inbox<string | Buffer> }> {
  const server = createServer({ bus: localBus(name), open: (connection) => void connection.subscribe('news') });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  const publisher = createPublisher({ bus: localBus(name) });
  await publisher.ready();
  scope.defer(() => publisher.close());
  const heard = new Inbox<string | Buffer>();
  const handlers = { message: (_: unknown, data: string | Buffer) => heard.push(data) };
  const connection = await connect(`ws://127.0.0.1:${port}/`, { handlers });
  scope.defer(() => connection.terminate());
  return { url: await serve(scope, publishEndpoint({ publisher, token, allows: (topic) => topic === 'news' })), heard };
}

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Connection: 'close', ...headers },
    body,
  });
}

describe('POST /publish', () => {
  test(
    'by curl',
    leavingNothing(async (scope) => {
      const { url, heard } = await world(scope, 'by curl');
      const fields = ['-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json'];
      const { stdout } = await run('curl', ['-sS', url, ...fields, '-d', '{ "topic": "news", "data": "Grüße" }']);
      assert.equal(stdout, '{"published":true}\n');
      assert.equal(await heard.next(), 'Grüße');
    }),
  );

  test(
    'by Python',
    leavingNothing(async (scope) => {
      const { url, heard } = await world(scope, 'by Python');
      const program = `
import base64, json, sys, urllib.request
body = json.dumps({"topic": "news", "base64": base64.b64encode(bytes([0, 255])).decode()}).encode()
headers = {"Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"}
with urllib.request.urlopen(urllib.request.Request(sys.argv[1], body, headers)) as response:
    print(response.status, response.read().decode(), end="")`;
      const environment = { ...process.env, no_proxy: '127.0.0.1' };
      const { stdout } = await run('python3', ['-c', program, url, token], { env: environment });
      assert.equal(stdout, '202 {"published":true}\n');
      assert.deepEqual(await heard.next(), Buffer.of(0, 255));
    }),
  );

  test(
    'what is refused says why',
    leavingNothing(async (scope) => {
      const { url, heard } = await world(scope, 'refusals');
      const message = '{"topic":"news","data":"x"}';
      const cases: [status: number, text: RegExp, answer: Promise<Response>][] = [
        [401, /Bearer/, post(url, message, { Authorization: '' })],
        [401, /Bearer/, post(url, message, { Authorization: 'Bearer a-token-of-the-tesT' })],
        [404, /POST \/publish/, post(`${url}/x`, message)],
        [405, /POST/, fetch(url, { headers: { Connection: 'close' } })],
        [415, /application\/json/, post(url, message, { 'Content-Type': 'text/plain' })],
        [400, /not JSON/, post(url, '{')],
        [400, /topic/, post(url, 'null')],
        [400, /topic/, post(url, '{"topic":"","data":"x"}')],
        [400, /either data/, post(url, '{"topic":"news"}')],
        [400, /either data/, post(url, '{"topic":"news","data":"x","base64":"eA=="}')],
        [400, /either data/, post(url, '{"topic":"news","base64":"?"}')],
        [400, /"expect" is not known/, post(url, '{"topic":"news","data":"x","expect":1}')],
        [403, /not one to publish to/, post(url, '{"topic":"secrets","data":"x"}')],
        [413, /65536 bytes/, post(url, JSON.stringify({ topic: 'news', data: 'x'.repeat(bounds.body) }))],
      ];
      for (const [status, text, answer] of cases) {
        const response = await answer;
        const { error } = (await response.json()) as { error: string };
        assert.equal(response.status, status, error);
        assert.match(error, text);
      }
      await post(url, message);
      assert.equal(await heard.next(), 'x');
      assert.deepEqual(heard.rest, []);
    }),
  );

  test(
    'a body whose size nobody has told is read up to the bound, and answered; one that is not UTF-8 is refused',
    leavingNothing(async (scope) => {
      const { url, heard } = await world(scope, 'untold size');
      const curl = async (body: string | Buffer): Promise<string> => {
        const fields = [
          `Authorization: Bearer ${token}`,
          'Content-Type: application/json',
          'Transfer-Encoding: chunked',
        ];
        const headers = fields.flatMap((field) => ['-H', field]);
        const called = run('curl', ['-sS', '-w', '%{http_code}', url, ...headers, '--data-binary', '@-']);
        called.child.stdin?.end(body);
        return (await called).stdout;
      };
      const large = JSON.stringify({ topic: 'news', data: 'x'.repeat(2 * bounds.body) });
      // The rest of it is not read, so the connection ends after the answer: this ended the process.
      assert.match(await curl(large), /the body has more than 65536 bytes"}\n413/);
      assert.match(await curl(Buffer.from('{"topic":"news","data":"\xff"}', 'latin1')), /not UTF-8"}\n400/);
      assert.match(await curl('{"topic":"news","data":"after"}'), /202$/);
      assert.equal(await heard.next(), 'after');
    }),
  );

  test(
    'a rate, a bus that is lost, and a token that is too short',
    leavingNothing(async (scope) => {
      let time = 0;
      let isThere = true;
      const publisher = { publish: () => isThere };
      const url = await serve(scope, publishEndpoint({ publisher, token, now: () => time }));
      const message = '{"topic":"news","data":"x"}';
      for (let count = 0; count < bounds.atOnce; count++) assert.equal((await post(url, message)).status, 202);
      const refused = await post(url, message);
      assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '1']);
      time = 5;
      assert.equal((await post(url, message)).status, 202);
      isThere = false;
      time = 1_000;
      const lost = await post(url, message);
      assert.deepEqual([lost.status, lost.headers.get('retry-after')], [503, '1']);
      for (const bad of [undefined, '', 'short'])
        assert.throws(() => publishEndpoint({ publisher, token: bad }), /openssl rand/);
    }),
  );
});
