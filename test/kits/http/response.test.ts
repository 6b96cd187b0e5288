// `http.HttpResponse`: the result in its type, header fields, cookies, timing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { http } from '../../../src/kits/http/index.ts';
import { type HttpAnswer, useNetwork } from '../../../src/testing/index.ts';
import { failure, request } from './site.ts';

const url = 'http://api.example/';
const { STRING, OBJECT, ARRAY_BUFFER } = http.HttpDataType;

async function get(answer: HttpAnswer, options?: http.HttpRequestOptions): Promise<http.HttpResponse> {
  await using network = useNetwork();
  network.serveHTTP(url, answer);
  return await request(url, options);
}

describe('result and resultType', () => {
  const typed = (type: string, body: unknown): HttpAnswer => ({ headers: { 'Content-Type': type }, body });

  for (const [type, kind] of [
    ['application/json', STRING],
    ['text/html; charset=utf-8', STRING],
    ['application/octet-stream', ARRAY_BUFFER],
    ['image/png', ARRAY_BUFFER],
  ] as const) {
    test(`${type} gives ${kind === STRING ? 'a string' : 'an ArrayBuffer'}`, async () => {
      const { result, resultType } = await get(typed(type, '{"a":1}'));
      assert.equal(resultType, kind);
      if (kind === STRING) assert.equal(result, '{"a":1}');
      else assert.equal(Buffer.from(result as ArrayBuffer).toString(), '{"a":1}');
    });
  }

  test('expectDataType: STRING, OBJECT, ARRAY_BUFFER', async () => {
    const answer = typed('application/octet-stream', '{"a":1}');
    assert.deepEqual((await get(answer, { expectDataType: STRING })).result, '{"a":1}');
    const object = await get(answer, { expectDataType: OBJECT });
    assert.deepEqual([object.result, object.resultType], [{ a: 1 }, OBJECT]);
    const buffer = await get({ body: 'x' }, { expectDataType: ARRAY_BUFFER });
    assert.ok(buffer.result instanceof ArrayBuffer);
    assert.deepEqual([buffer.result.byteLength, buffer.resultType], [1, ARRAY_BUFFER]);
  });

  test('OBJECT gives a string where the body is not JSON, or longer than 65,536 bytes', async () => {
    for (const body of ['not JSON', JSON.stringify('x'.repeat(65_536))]) {
      const { result, resultType } = await get({ body }, { expectDataType: OBJECT });
      assert.deepEqual([result, resultType], [body, STRING]);
    }
  });

  test('an empty body is an empty string', async () => {
    const { result, resultType, responseCode } = await get({ status: 204 });
    assert.deepEqual([result, resultType, responseCode], ['', STRING, 204]);
  });

  test('HEAD has no body, whatever its length says', async () => {
    const { result, header } = await get({ body: 'hello' }, { method: http.RequestMethod.HEAD });
    assert.equal(result, '');
    assert.equal((header as Record<string, string>)['content-length'], '5');
  });

  for (const status of [201, 304, 400, 401, 404, 500, 503]) {
    test(`status ${status} is a response`, async () => {
      assert.equal((await get({ status, body: status === 304 ? '' : 'text' })).responseCode, status);
    });
  }
});

describe('content encoding', () => {
  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: Buffer) => bytes],
  ] as [string, (bytes: Buffer) => Buffer][]) {
    test(`${encoding} (${compress.name}) is undone`, async () => {
      const body = compress(Buffer.from('hello '.repeat(1000)));
      const { result } = await get({ headers: { 'Content-Encoding': encoding }, body });
      assert.equal(result, 'hello '.repeat(1000));
    });
  }

  test('2300061 for one that is not known, and for bytes that are not of it', async () => {
    const code = '2300061 Invalid HTTP encoding format';
    assert.equal(await failure(get({ headers: { 'Content-Encoding': 'zstd' }, body: 'x' })), code);
    assert.equal(await failure(get({ headers: { 'Content-Encoding': 'gzip' }, body: 'x' })), code);
  });
});

describe('maxLimit', () => {
  const text = '2300023 Failed to write the received data to the disk or application';

  test('by default 5 MiB', async () => {
    const { result } = await get({ body: Buffer.alloc(5 * 1024 * 1024, 'a') });
    assert.equal((result as string).length, 5 * 1024 * 1024);
    assert.equal(await failure(get({ body: Buffer.alloc(5 * 1024 * 1024 + 1, 'a') })), text);
  });

  test('counts what is decoded', async () => {
    const body = gzipSync(Buffer.alloc(10_000));
    const options = { maxLimit: 9_999 };
    assert.equal(await failure(get({ headers: { 'Content-Encoding': 'gzip' }, body }, options)), text);
    assert.equal(((await get({ body: 'x'.repeat(9_999) }, options)).result as string).length, 9_999);
  });
});

describe('header and cookies', () => {
  test('names in lower case, repeated fields joined, set-cookie as an array, the status line', async () => {
    const { header } = await get({ headers: { 'X-One': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2; Path=/'] } });
    assert.deepEqual(header, {
      'status-line': 'HTTP/1.1 200 OK',
      'x-one': 'a, b',
      'set-cookie': ['c=1', 'd=2; Path=/'],
      'content-length': '0',
    });
  });

  test("cookies in the form of a device: libcurl's", async () => {
    const { cookies } = await get({
      headers: {
        'Set-Cookie': [
          'a=1',
          'b=2; Domain=api.example; Path=/x; HttpOnly',
          'c=3; Expires=Fri, 01 Jan 2100 00:00:00 GMT',
          'd=4; Secure',
          'e=5; Max-Age=0',
          'f=6; Domain=other.example',
        ],
      },
    });
    assert.deepEqual(
      cookies.split('\r\n').map((line) => line.split('\t')),
      [
        ['api.example', 'FALSE', '/', 'FALSE', '0', 'a', '1'],
        ['#HttpOnly_.api.example', 'TRUE', '/x', 'FALSE', '0', 'b', '2'],
        ['api.example', 'FALSE', '/', 'FALSE', '4102444800', 'c', '3'],
      ],
    );
    assert.equal((await get({})).cookies, '');
  });

  test('enableAutoCookie sends them with later requests of the object, and forgets them', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url, { headers: { 'Set-Cookie': ['a=1', 'b=2; Path=/deep'] } });
    const task = http.createHttp();
    await task.request(url);
    await task.request(url);
    task.enableAutoCookie(true);
    await task.request(url);
    await task.request(`${url}deep/er`, { header: { Cookie: 'own=0' } });
    await task.request(url);
    task.enableAutoCookie(false);
    await task.request(url);
    assert.deepEqual(
      server.calls.map(({ headers }) => headers.cookie),
      [undefined, undefined, undefined, 'own=0; b=2; a=1', 'a=1', undefined],
    );
  });
});

describe('performanceTiming and connectionExtraInfo', () => {
  test("times of the network's clock", async () => {
    await using network = useNetwork({ latency: 10 });
    network.serveHTTP(url, { body: 'x', delay: 100 });
    const answer = http.createHttp().request(url);
    await network.advance(1000);
    const { performanceTiming: timing } = await answer;
    assert.deepEqual(
      { ...timing },
      {
        dnsTiming: 0,
        tcpTiming: 20,
        tlsTiming: 0,
        firstSendTiming: 20,
        firstReceiveTiming: 140,
        responseHeaderTiming: 140,
        responseBodyTiming: 140,
        totalFinishTiming: 140,
        redirectTiming: 0,
        totalTiming: 140,
      },
    );
  });

  test('how the response came about', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const { connectionExtraInfo } = await request(url);
    const { localPort, ...others } = connectionExtraInfo!;
    assert.ok(localPort > 0);
    assert.deepEqual(others, {
      networkProtocolName: 'HTTP/1.1',
      localAddress: '127.0.0.1',
      remoteAddress: '192.0.2.1',
      remotePort: 80,
      isReusedConnection: false,
      isProxyConnection: false,
      isCacheHit: false,
      redirectCount: 0,
    });
  });
});
