// The module `http` by its members, by its two import forms, and on the system's network.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import byDefault, { http } from '../../../src/kits/http/index.ts';
import { http as ofKit } from '../../../src/register/kits/network-kit.ts';
import ofOhos from '../../../src/register/kits/ohos-net-http.ts';
import { failure, request } from './site.ts';

describe('members', () => {
  test('one object by every name', () => {
    assert.equal(byDefault, http);
    assert.equal(ofKit, http);
    assert.equal(ofOhos, http);
    assert.deepEqual(Object.keys(http).sort(), [
      'AddressFamily',
      'CertType',
      'HttpDataType',
      'HttpInterceptorChain',
      'HttpProtocol',
      'InterceptorType',
      'RequestMethod',
      'ResponseCode',
      'TlsVersion',
      'createHttp',
      'createHttpResponseCache',
    ]);
  });

  test('enums', () => {
    assert.deepEqual(Object.keys(http.RequestMethod), Object.values(http.RequestMethod));
    assert.equal(Object.keys(http.RequestMethod).length, 9);
    assert.deepEqual(http.HttpProtocol, { HTTP1_1: 0, HTTP2: 1, HTTP3: 2 });
    assert.deepEqual(http.HttpDataType, { STRING: 0, OBJECT: 1, ARRAY_BUFFER: 2 });
    assert.deepEqual(http.CertType, { PEM: 'PEM', DER: 'DER', P12: 'P12' });
    assert.deepEqual(http.TlsVersion, { TLS_V_1_0: 4, TLS_V_1_1: 5, TLS_V_1_2: 6, TLS_V_1_3: 7 });
    assert.deepEqual(http.AddressFamily, {
      DEFAULT: 'CURL_IPRESOLVE_WHATEVER',
      ONLY_V4: 'CURL_IPRESOLVE_V4',
      ONLY_V6: 'CURL_IPRESOLVE_V6',
    });
    assert.deepEqual(http.InterceptorType, {
      INITIAL_REQUEST: 'INITIAL_REQUEST',
      REDIRECTION: 'REDIRECTION',
      CACHE_CHECKED: 'READ_CACHE',
      NETWORK_CONNECT: 'CONNECT_NETWORK',
      FINAL_RESPONSE: 'FINAL_RESPONSE',
    });
    const codes = Object.values(http.ResponseCode);
    const range = (from: number, to: number): number[] =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index);
    assert.deepEqual(codes, [...range(200, 206), ...range(300, 305), ...range(400, 416), ...range(500, 505)]);
  });
});

describe("on the system's network", () => {
  test('a request, a stream, a refused port', { timeout: 30_000 }, async (context) => {
    const server = createServer((incoming, response) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => {
        body += part;
      });
      incoming.on('end', () => response.end(`${incoming.method} ${incoming.url} ${body}`));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    context.after(() => server.closeAllConnections());
    const url = `http://127.0.0.1:${port}/a?b`;
    const options = { method: http.RequestMethod.POST, extraData: 'x'.repeat(200_000), usingProxy: false };
    const { result, performanceTiming, connectionExtraInfo } = await request(url, options);
    assert.equal(result, `POST /a?b ${'x'.repeat(200_000)}`);
    assert.ok(performanceTiming.totalTiming >= performanceTiming.tcpTiming);
    assert.equal(connectionExtraInfo?.remotePort, port);
    const task = http.createHttp();
    const parts: Buffer[] = [];
    task.on('dataReceive', (data) => parts.push(Buffer.from(data)));
    assert.equal(await task.requestInStream(url, { usingProxy: false }), 200);
    assert.equal(Buffer.concat(parts).toString(), 'GET /a?b ');
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await failure(request(url, { usingProxy: false })), '2300007 Failed to connect to the server');
  });
});
