// `http.createHttpResponseCache`: what is kept, for how long, and how it ends.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { http } from '../../../src/kits/http/index.ts';
import { type HttpAnswer, type HttpCall, type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { request } from './site.ts';

const url = 'http://api.example/data';

afterEach(() => http.createHttpResponseCache().delete());

/** A server whose answers are numbered. */
function counting(
  network: TestNetwork,
  headers: HttpAnswer['headers'],
  more: (call: HttpCall) => HttpAnswer = () => ({}),
) {
  return network.serveHTTP(url, (call) => ({ headers: headers ?? {}, body: `answer ${call.number}`, ...more(call) }));
}

async function results(times: number, options?: http.HttpRequestOptions): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let count = 0; count < times; count++) all.push((await request(url, options)).result);
  return all;
}

describe('the cache', () => {
  test('does nothing until it is made', async () => {
    await using network = useNetwork();
    counting(network, { 'Cache-Control': 'max-age=60' });
    assert.deepEqual(await results(2), ['answer 1', 'answer 2']);
  });

  test('a fresh response is used without asking, until its time is over', async () => {
    await using network = useNetwork();
    counting(network, { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' });
    http.createHttpResponseCache();
    const first = await request(url);
    const second = await request(url);
    assert.equal(second.result, 'answer 1');
    assert.deepEqual([second.responseCode, second.cookies], [200, first.cookies]);
    assert.deepEqual([first.connectionExtraInfo?.isCacheHit, second.connectionExtraInfo?.isCacheHit], [false, true]);
    await network.advance(59_999);
    assert.deepEqual(await results(1), ['answer 1']);
    await network.advance(1);
    assert.deepEqual(await results(2), ['answer 2', 'answer 2']);
  });

  test('Expires and Age', async () => {
    await using network = useNetwork();
    const now = Date.now();
    const date = (seconds: number): string => new Date(now + seconds * 1000).toUTCString();
    counting(network, { Date: date(0), Expires: date(60), Age: '50' });
    http.createHttpResponseCache();
    assert.deepEqual(await results(2), ['answer 1', 'answer 1']);
    await network.advance(10_000);
    assert.deepEqual(await results(1), ['answer 2']);
  });

  test('a stale one is asked about: 304 makes it fresh, 200 replaces it', async () => {
    await using network = useNetwork();
    const server = counting(network, { 'Cache-Control': 'max-age=60', ETag: '"1"' }, ({ number, headers }) =>
      number === 2 && headers['if-none-match'] === '"1"'
        ? { status: 304, headers: { 'Cache-Control': 'max-age=10', 'X-New': 'yes' }, body: '' }
        : {},
    );
    http.createHttpResponseCache();
    await results(1);
    await network.advance(60_000);
    const confirmed = await request(url);
    assert.deepEqual([confirmed.result, confirmed.responseCode], ['answer 1', 200]);
    assert.equal((confirmed.header as Record<string, string>)['x-new'], 'yes');
    assert.equal(confirmed.connectionExtraInfo?.isCacheHit, true);
    assert.deepEqual(await results(1), ['answer 1']);
    assert.equal(server.calls.length, 2);
    await network.advance(10_000);
    assert.deepEqual(await results(2), ['answer 3', 'answer 3']);
  });

  test('Last-Modified is asked about, too', async () => {
    await using network = useNetwork();
    const date = 'Fri, 01 Jan 2021 00:00:00 GMT';
    const server = counting(network, { 'Last-Modified': date });
    http.createHttpResponseCache();
    await results(2);
    assert.equal(server.calls[1]?.headers['if-modified-since'], date);
  });

  for (const [what, control] of [
    ['no-store', 'no-store'],
    ['no-cache', 'no-cache, max-age=60'],
    ['max-age=0', 'max-age=0'],
    ['nothing', undefined],
  ] as const) {
    test(`${what} of the server: it is asked each time`, async () => {
      await using network = useNetwork();
      counting(network, control === undefined ? {} : { 'Cache-Control': control });
      http.createHttpResponseCache();
      assert.deepEqual(await results(2), ['answer 1', 'answer 2']);
    });
  }

  test('usingCache: false, Cache-Control of the request, other methods, other statuses, a range', async () => {
    await using network = useNetwork();
    counting(network, { 'Cache-Control': 'max-age=60' }, ({ headers }) => (headers['x-status'] ? { status: 404 } : {}));
    http.createHttpResponseCache();
    assert.deepEqual(await results(2, { usingCache: false }), ['answer 1', 'answer 2']);
    assert.deepEqual(await results(2, { header: { 'x-status': '404' } }), ['answer 3', 'answer 4']);
    assert.deepEqual(await results(2, { resumeFrom: 1 }), ['answer 5', 'answer 6']);
    assert.deepEqual(await results(1), ['answer 7']);
    assert.deepEqual(await results(1, { header: { 'Cache-Control': 'no-cache' } }), ['answer 8']);
    assert.deepEqual(await results(1, { header: { 'Cache-Control': 'no-store' } }), ['answer 9']);
    assert.deepEqual(await results(1), ['answer 8']);
    assert.deepEqual(await results(1, { method: http.RequestMethod.POST }), ['answer 10']);
    assert.deepEqual(await results(1), ['answer 11']);
  });

  test('Vary', async () => {
    await using network = useNetwork();
    counting(network, { 'Cache-Control': 'max-age=60', Vary: 'X-Language' });
    http.createHttpResponseCache();
    const german = { header: { 'X-Language': 'de' } };
    assert.deepEqual(await results(2, german), ['answer 1', 'answer 1']);
    assert.deepEqual(await results(1), ['answer 2']);
  });

  test('its size: the least recently used go first; a larger response is not kept', async () => {
    await using network = useNetwork();
    network.serveHTTP('http://api.example/', ({ path, number }) => ({
      headers: { 'Cache-Control': 'max-age=60' },
      body: path === '/huge' ? 'x'.repeat(10_000) : `${number}`,
    }));
    http.createHttpResponseCache(2_000);
    const get = async (path: string): Promise<unknown> => (await request(`http://api.example/${path}`)).result;
    assert.deepEqual([await get('a'), await get('b'), await get('c'), await get('a')], ['1', '2', '3', '1']);
    assert.equal(await get('d'), '4');
    assert.equal(await get('a'), '1');
    assert.equal(await get('b'), '5');
    await get('huge');
    assert.equal(((await get('huge')) as string).length, 10_000);
    assert.equal(await get('b'), '5');
  });

  test('a changed result does not change the cache', async () => {
    await using network = useNetwork();
    counting(network, { 'Cache-Control': 'max-age=60' });
    http.createHttpResponseCache();
    const options = { expectDataType: http.HttpDataType.ARRAY_BUFFER };
    const { result } = await request(url, options);
    new Uint8Array(result as ArrayBuffer).fill(0);
    assert.equal(Buffer.from((await request(url, options)).result as ArrayBuffer).toString(), 'answer 1');
  });
});

describe('flush and delete', () => {
  test('by Promise and by callback', async () => {
    const cache = http.createHttpResponseCache();
    assert.equal(await cache.flush(), undefined);
    assert.equal(await cache.delete(), undefined);
    const values: unknown[][] = [];
    const returned: unknown = cache.flush((...given: unknown[]) => values.push(given));
    cache.delete((...given: unknown[]) => values.push(given));
    assert.equal(returned, undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(values, [
      [undefined, undefined],
      [undefined, undefined],
    ]);
    assert.throws(() => cache.flush(5 as never), { code: 401 });
  });

  test('delete disables it and forgets; making it again starts an empty one', async () => {
    await using network = useNetwork();
    counting(network, { 'Cache-Control': 'max-age=60' });
    const cache = http.createHttpResponseCache();
    assert.deepEqual(await results(2), ['answer 1', 'answer 1']);
    await cache.delete();
    assert.deepEqual(await results(2), ['answer 2', 'answer 3']);
    http.createHttpResponseCache();
    assert.deepEqual(await results(2), ['answer 4', 'answer 4']);
  });
});
