// `http.HttpRequest.request`: the forms of the call, and what goes to the wire.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { http } from '../../../src/kits/http/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { failure, request } from './site.ts';

const url = 'http://api.example/items';

describe('forms of the call', () => {
  test('a Promise, without and with options', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url, { body: 'hello' });
    const task = http.createHttp();
    assert.equal((await task.request(url)).result, 'hello');
    assert.equal((await task.request(url, { method: http.RequestMethod.POST, extraData: 'x' })).responseCode, 200);
    assert.deepEqual(
      server.calls.map(({ method }) => method),
      ['GET', 'POST'],
    );
    task.destroy();
  });

  test('a callback, without and with options: the other argument is undefined', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'hello' });
    const task = http.createHttp();
    const answers: unknown[][] = [];
    const returned: unknown = task.request(url, (...values) => answers.push(values));
    assert.equal(returned, undefined);
    task.request(url, { method: http.RequestMethod.GET }, (...values) => answers.push(values));
    task.request('http://nowhere.example/', (...values) => answers.push(values));
    assert.equal(answers.length, 0);
    await network.settle();
    assert.equal(answers.length, 3);
    for (const [error, response] of answers.filter(([error]) => error === undefined)) {
      assert.equal(error, undefined);
      assert.equal((response as http.HttpResponse).result, 'hello');
    }
    const [failed] = answers.filter(([error]) => error !== undefined);
    assert.equal((failed?.[0] as { code: number } | undefined)?.code, 2300006);
    assert.equal(failed?.[1], undefined);
    task.destroy();
  });

  for (const [what, args] of [
    ['no URL', []],
    ['a number as the URL', [5]],
    ['a string as the options', [url, 'GET']],
    ['options that are null', [url, null]],
    ['an argument too many', [url, {}, {}]],
  ] as [string, unknown[]][]) {
    test(`401 for ${what}, as a rejection and to a callback`, async () => {
      await using _network = useNetwork();
      const task = http.createHttp();
      const call = task.request as (...values: unknown[]) => Promise<unknown> | undefined;
      assert.equal(await failure(call.apply(task, args) as Promise<unknown>), '401 Parameter error');
      const error = await new Promise<{ code: number }>((resolve) => {
        void call.apply(task, [...args, resolve]);
      });
      assert.equal(error.code, 401);
    });
  }

  test('an exception of a callback is an uncaught one, and the next call is answered', async (context) => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'hello' });
    const thrown: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    context.after(() => {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    });
    const task = http.createHttp();
    task.request(url, () => {
      throw new Error('of the application');
    });
    await network.settle();
    assert.match(String(thrown[0]), /of the application/);
    assert.equal((await task.request(url)).result, 'hello');
  });

  test('options are read during the call', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    const options: http.HttpRequestOptions = {
      method: http.RequestMethod.POST,
      extraData: 'before',
      header: { a: '1' },
    };
    const answer = http.createHttp().request(url, options);
    options.extraData = 'after';
    (options.header as Record<string, string>).a = '2';
    await answer;
    assert.equal(server.calls[0]?.text(), 'before');
    assert.equal(server.calls[0]?.headers.a, '1');
  });
});

describe('method and body', () => {
  for (const method of ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'PATCH'] as const) {
    test(`${method} goes to the wire`, async () => {
      await using network = useNetwork();
      const server = network.serveHTTP(url);
      assert.equal((await request(url, { method: http.RequestMethod[method] })).responseCode, 200);
      assert.equal(server.calls[0]?.method, method);
    });
  }

  test('CONNECT', async () => {
    await using network = useNetwork();
    network.peer('http://api.example/', (peer) => peer.answerHTTP({ status: 405 }));
    assert.equal((await request('http://api.example/', { method: http.RequestMethod.CONNECT })).responseCode, 405);
  });

  test('customMethod comes before method; one that is too long does not', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request(url, { method: http.RequestMethod.POST, customMethod: 'PROPFIND' });
    await request(url, { method: http.RequestMethod.POST, customMethod: 'A'.repeat(129) });
    assert.deepEqual(
      server.calls.map(({ method }) => method),
      ['PROPFIND', 'POST'],
    );
  });

  const bytes = new Uint8Array([0, 255, 10]).buffer;
  for (const [what, extraData, sent] of [
    ['a string, in UTF-8', 'grün', 'grün'],
    ['an object, as JSON', { a: [1, 'x'] }, '{"a":[1,"x"]}'],
    ['an ArrayBuffer, as it is', bytes, Buffer.from(bytes)],
    ['a typed array, which a device takes for an object', new Uint8Array([7]), '{"0":7}'],
  ] as [string, object | string, string | Buffer][]) {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
      test(`extraData with ${method}: ${what}`, async () => {
        await using network = useNetwork();
        const server = network.serveHTTP(url);
        await request(url, { method: http.RequestMethod[method], extraData });
        assert.deepEqual(server.calls[0]?.body, Buffer.from(sent));
        assert.equal(server.calls[0]?.headers['content-length'], String(Buffer.from(sent).length));
      });
    }
  }

  test('extraData that is undefined or null gives no body; an empty string fails with 401, as on a device', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    const post = { method: http.RequestMethod.POST };
    await request(url, { ...post, extraData: undefined } as never);
    await request(url, { ...post, extraData: null } as never);
    assert.deepEqual(
      server.calls.map(({ headers }) => headers['content-length']),
      ['0', '0'],
    );
    assert.equal(await failure(request(url, { ...post, extraData: '' })), '401 Parameter error');
    assert.equal(await failure(request(url, { ...post, extraData: 5 } as never)), '401 Parameter error');
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    assert.equal(await failure(request(url, { ...post, extraData: circle })), '401 Parameter error');
  });

  for (const [what, extraData, target] of [
    ['a string, as it is', 'a=1&b=%20', '/items?x=0&a=1&b=%20'],
    ['an object, encoded', { 'a b': 'c&d', n: 5, e: '', u: undefined }, '/items?x=0&a%20b=c%26d&n=5'],
    ['an ArrayBuffer, not at all', bytes, '/items?x=0'],
  ] as [string, object | string, string][]) {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE'] as const) {
      test(`extraData with ${method} is a query: ${what}`, async () => {
        await using network = useNetwork();
        const server = network.serveHTTP(url);
        await request(`${url}?x=0`, { method: http.RequestMethod[method], extraData });
        assert.equal(server.calls[0]?.target, target);
        assert.equal(server.calls[0]?.body.length, 0);
      });
    }
  }

  test('queryParams: a string as it is, an object encoded; arrays, null and booleans', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request(url, { queryParams: 'a=%41&b' });
    await request(`${url}?z=1#part`, { queryParams: { tag: ['a', 'ü'], flag: null, n: 1, on: true, empty: '' } });
    assert.deepEqual(
      server.calls.map(({ target }) => target),
      ['/items?a=%41&b', '/items?z=1&tag=a&tag=%C3%BC&flag&n=1&on=true&empty='],
    );
  });

  test('queryParams come before extraData as a query, and leave it as a body', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request(url, { queryParams: { a: 1 }, extraData: 'b=2' });
    await request(url, { method: http.RequestMethod.POST, queryParams: { a: 1 }, extraData: 'b=2' });
    assert.deepEqual(
      server.calls.map(({ target, body }) => `${target} ${body}`),
      ['/items?a=1 ', '/items?a=1 b=2'],
    );
  });

  test('body goes with any method, and comes before extraData', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request(url, { method: http.RequestMethod.GET, body: { a: 1 }, extraData: 'b=2' });
    assert.equal(server.calls[0]?.target, '/items');
    assert.equal(server.calls[0]?.text(), '{"a":1}');
  });
});

describe('header', () => {
  test('names in lower case, values of numbers and booleans; undefined is left out', async () => {
    await using network = useNetwork();
    const server = network.peer('http://api.example/', (peer) => peer.answerHTTP());
    await request('http://api.example/', {
      header: { 'X-One': 'ü', N: 5, b: true, u: undefined, 'User-Agent': 'mine' },
    });
    const { receivedHead } = server.connections[0]!;
    assert.equal(Buffer.from(receivedHead.header('x-one') ?? '', 'latin1').toString(), 'ü');
    assert.equal(receivedHead.header('n'), '5');
    assert.equal(receivedHead.header('b'), 'true');
    receivedHead.assertHeader('u', undefined);
    assert.equal(receivedHead.header('user-agent'), 'mine');
    assert.ok(receivedHead.fields.every(([name]) => name === name.toLowerCase()));
  });

  test('content-type by default: JSON with a body, a form without', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request(url);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
      await request(url, { method: http.RequestMethod[method] });
    }
    await request(url, { method: http.RequestMethod.POST, header: { 'Content-Type': 'text/plain' } });
    assert.deepEqual(
      server.calls.map(({ headers }) => headers['content-type']),
      [
        'application/x-www-form-urlencoded',
        ...Array.from({ length: 4 }, () => 'application/json'),
        'application/x-www-form-urlencoded',
        'text/plain',
      ],
    );
  });

  test("a device's own fields", async () => {
    await using network = useNetwork();
    const server = network.serveHTTP('http://api.example:8080/');
    await request('http://api.example:8080/a?b');
    const { host, 'user-agent': agent, accept, 'accept-encoding': encoding } = server.calls[0]!.headers;
    assert.equal(server.calls[0]?.headers.connection, undefined);
    assert.deepEqual(
      [host, agent, accept, encoding],
      ['api.example:8080', 'libcurl-agent/1.0', '*/*', 'deflate, gzip'],
    );
  });

  test('a line end in a field fails with 401', async () => {
    await using _network = useNetwork();
    assert.equal(await failure(request(url, { header: { a: 'b\r\nc: d' } })), '401 Parameter error');
    assert.equal(await failure(request(url, { header: { 'a b': 'c' } })), '401 Parameter error');
  });

  test('a range', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request(url, { resumeFrom: 5 });
    await request(url, { resumeFrom: 5, resumeTo: 9 });
    await request(url, { resumeTo: 9 });
    await request(url, { resumeFrom: 9, resumeTo: 5 });
    await request(url, { resumeFrom: 0 });
    assert.deepEqual(
      server.calls.map(({ headers }) => headers.range),
      ['bytes=5-', 'bytes=5-9', 'bytes=-9', undefined, undefined],
    );
    assert.equal(
      await failure(request(url, { method: http.RequestMethod.PUT, resumeFrom: 5 })),
      '2300999 Internal error',
    );
  });

  test('user name and password of the URL', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    await request('http://user:p%40ss@api.example/items');
    assert.equal(server.calls[0]?.headers.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });
});
