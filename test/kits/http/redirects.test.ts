// Redirects of `http`: which are followed, with what, and how many.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import { http } from '../../../src/kits/http/index.ts';
import { type HttpCall, useNetwork } from '../../../src/testing/index.ts';
import { failure, request } from './site.ts';

const origin = 'http://api.example';

/** Answers /N with a redirect to N-1, and /0 with its own request. */
function countdown(status: number) {
  return ({ path, method, body }: HttpCall) => {
    const left = Number(path.slice(1));
    return left > 0
      ? { status, headers: { Location: `/${left - 1}` }, body: 'moved' }
      : { body: `${method} ${body.toString()}`.trim() };
  };
}

describe('redirects', () => {
  for (const [status, method, expected] of [
    [301, 'GET', 'GET'],
    [302, 'GET', 'GET'],
    [303, 'GET', 'GET'],
    [307, 'GET', 'GET'],
    [308, 'GET', 'GET'],
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST data'],
    [308, 'POST', 'POST data'],
    [301, 'PUT', 'PUT data'],
    [303, 'PUT', 'GET'],
  ] as const) {
    test(`${status} after ${method} makes ${expected}`, async () => {
      await using network = useNetwork();
      network.serveHTTP(origin, countdown(status));
      const options = { method, ...(method === 'GET' ? {} : { extraData: 'data' }) };
      const { result, responseCode, connectionExtraInfo, performanceTiming } = await request(`${origin}/2`, options);
      assert.deepEqual([result, responseCode, connectionExtraInfo?.redirectCount], [expected, 200, 2]);
      assert.equal(performanceTiming.redirectTiming, 0);
    });
  }

  test('300, 304 and a redirect without Location are responses', async () => {
    await using network = useNetwork();
    network.serveHTTP(origin, ({ path }) => ({ status: Number(path.slice(1)) }));
    for (const status of [300, 302, 304, 305])
      assert.equal((await request(`${origin}/${status}`)).responseCode, status);
  });

  test('30 by default; maxRedirects changes it; 0 follows none', async () => {
    await using network = useNetwork();
    network.serveHTTP(origin, countdown(302));
    const code = '2300047 The number of redirections reaches the maximum allowed';
    assert.equal((await request(`${origin}/30`)).responseCode, 200);
    assert.equal(await failure(request(`${origin}/31`)), code);
    assert.equal((await request(`${origin}/2`, { maxRedirects: 2 })).responseCode, 200);
    assert.equal(await failure(request(`${origin}/3`, { maxRedirects: 2 })), code);
    assert.equal(await failure(request(`${origin}/1`, { maxRedirects: 0 })), code);
    assert.equal((await request(`${origin}/30`, { maxRedirects: -1 })).responseCode, 200);
  });

  test('headersReceive is told each head', async () => {
    await using network = useNetwork();
    network.serveHTTP(origin, countdown(302));
    const task = http.createHttp();
    const lines: string[] = [];
    task.on('headersReceive', (header) => lines.push((header as Record<string, string>)['status-line']!));
    await task.requestInStream(`${origin}/1`);
    assert.deepEqual(lines, ['HTTP/1.1 302 Found', 'HTTP/1.1 200 OK']);
  });

  test('another origin gets neither Authorization nor the cookies of the application', async () => {
    await using network = useNetwork();
    network.serveHTTP(origin, ({ path }) => ({
      status: 302,
      headers: { Location: path === '/a' ? '/b' : 'http://other.example/c' },
    }));
    const other = network.serveHTTP('http://other.example');
    const header = { Authorization: 'Bearer secret', Cookie: 'own=1', 'X-Kept': 'yes' };
    await request(`${origin}/a`, { header });
    const { authorization, cookie, 'x-kept': kept, host } = other.calls[0]!.headers;
    assert.deepEqual([authorization, cookie, kept, host], [undefined, undefined, 'yes', 'other.example']);
  });

  test('cookies of a redirect go with the next request, where they belong', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(origin, ({ path }) =>
      path === '/login'
        ? { status: 302, headers: { Location: '/home', 'Set-Cookie': ['session=1; Path=/', 'x=2; Path=/login'] } }
        : { body: 'home' },
    );
    const { cookies } = await request(`${origin}/login`);
    assert.equal(server.calls[1]?.headers.cookie, 'session=1');
    assert.match(cookies, /session\t1/);
  });

  test('a redirect to another scheme, or to a domain that is not allowed, fails', async () => {
    await using network = useNetwork();
    network.serveHTTP(origin, ({ path }) => ({
      status: 302,
      headers: { Location: path === '/ftp' ? 'ftp://host/' : 'http://other.example/' },
    }));
    assert.equal(await failure(request(`${origin}/ftp`)), '2300001 Unsupported protocol');
    const restore = configure({ allowedDomains: ['api.example'] });
    assert.equal(await failure(request(`${origin}/other`)), '2300998 It is not allowed to access this domain');
    restore();
  });
});
