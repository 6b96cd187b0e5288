// `http.HttpInterceptorChain`: the moments of a request, and what interceptors change.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { http } from '../../../src/kits/http/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { failure } from './site.ts';

const url = 'http://api.example/a';
const { INITIAL_REQUEST, REDIRECTION, CACHE_CHECKED, NETWORK_CONNECT, FINAL_RESPONSE } = http.InterceptorType;
type Handle = http.HttpInterceptor['interceptorHandle'];

afterEach(() => http.createHttpResponseCache().delete());

/** A task with interceptors. */
function intercepted(handles: Partial<Record<http.InterceptorType, Handle>>): http.HttpRequest {
  const chain = new http.HttpInterceptorChain();
  const entries = Object.entries(handles) as [http.InterceptorType, Handle][];
  assert.equal(
    chain.addChain(entries.map(([interceptorType, interceptorHandle]) => ({ interceptorType, interceptorHandle }))),
    true,
  );
  const task = http.createHttp();
  assert.equal(chain.apply(task), true);
  return task;
}

describe('a chain', () => {
  const noop: Handle = async () => true;

  test('getChain returns what was added, in order', () => {
    const chain = new http.HttpInterceptorChain();
    assert.deepEqual(chain.getChain(), []);
    const one = { interceptorType: INITIAL_REQUEST, interceptorHandle: noop };
    const two = { interceptorType: FINAL_RESPONSE, interceptorHandle: noop };
    chain.addChain([one]);
    chain.addChain([two]);
    assert.deepEqual(chain.getChain(), [one, two]);
    chain.getChain().pop();
    assert.equal(chain.getChain().length, 2);
  });

  test('2300802 for a type that the chain has', () => {
    const chain = new http.HttpInterceptorChain();
    const one = { interceptorType: INITIAL_REQUEST, interceptorHandle: noop };
    const error = { code: 2300802, message: 'Duplicated interceptor type in the chain' };
    assert.throws(() => chain.addChain([one, one]), error);
    assert.deepEqual(chain.getChain(), [one]);
    assert.throws(() => chain.addChain([{ ...one }]), error);
  });

  test('2300801 and 2300999 for what cannot be added or applied to', () => {
    const chain = new http.HttpInterceptorChain();
    const wrong = { code: 2300801, message: 'Parameter type not supported by the interceptor' };
    assert.throws(() => chain.addChain({} as never), wrong);
    assert.throws(() => chain.addChain([{ interceptorType: 'OTHER', interceptorHandle: noop } as never]), wrong);
    assert.throws(() => chain.addChain([{ interceptorType: INITIAL_REQUEST } as never]), wrong);
    const internal = { code: 2300999, message: 'Internal error' };
    assert.throws(() => chain.addChain([{ interceptorHandle: noop } as never]), internal);
    assert.throws(() => chain.addChain([null as never]), internal);
    for (const value of [{}, undefined, 5]) assert.throws(() => chain.apply(value as never), wrong);
    assert.equal(chain.apply(http.createHttp()), false);
  });

  test('the last chain that is applied counts', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url);
    const task = intercepted({
      [INITIAL_REQUEST]: async (request) => {
        (request.header as Record<string, string>)['x-one'] = '1';
        return true;
      },
    });
    const chain = new http.HttpInterceptorChain();
    chain.addChain([{ interceptorType: FINAL_RESPONSE, interceptorHandle: noop }]);
    chain.apply(task);
    await task.request(url);
    assert.equal(server.calls[0]?.headers['x-one'], undefined);
  });
});

describe('the moments', () => {
  test('in order, with what they see', async () => {
    await using network = useNetwork();
    network.serveHTTP('http://api.example/', ({ path }) =>
      path === '/a'
        ? { status: 307, headers: { Location: '/b', 'Set-Cookie': 'c=1' }, body: 'moved' }
        : { headers: { 'Cache-Control': 'max-age=60' }, body: 'here' },
    );
    http.createHttpResponseCache();
    const seen: unknown[] = [];
    const see =
      (type: string): Handle =>
      async (request, response) => {
        seen.push([type, request.url, request.body, response.responseCode, response.result]);
        return true;
      };
    const task = intercepted({
      [INITIAL_REQUEST]: see('initial'),
      [NETWORK_CONNECT]: see('connect'),
      [REDIRECTION]: see('redirection'),
      [FINAL_RESPONSE]: see('final'),
      [CACHE_CHECKED]: see('cache'),
    });
    await task.request(url, { method: http.RequestMethod.POST, extraData: 'x' });
    assert.deepEqual(seen.splice(0), [
      ['initial', url, 'x', 0, ''],
      ['connect', url, 'x', 0, ''],
      ['redirection', 'http://api.example/b', 'x', 307, 'moved'],
      ['final', url, 'x', 200, 'here'],
    ]);
    await task.request('http://api.example/b');
    await task.request('http://api.example/b');
    assert.deepEqual(
      seen.map((values) => (values as string[])[0]),
      ['initial', 'connect', 'final', 'initial', 'cache', 'final'],
    );
  });

  test('a stream does not call them', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const task = intercepted({ [INITIAL_REQUEST]: async () => assert.fail('called') });
    assert.equal(await task.requestInStream(url), 200);
  });

  for (const type of [INITIAL_REQUEST, NETWORK_CONNECT] as const) {
    test(`${type} changes URL, header and body`, async () => {
      await using network = useNetwork();
      const server = network.serveHTTP('http://other.example/');
      const task = intercepted({
        [type]: async (request: http.HttpRequestContext) => {
          request.url = 'http://other.example/x?y';
          request.header = { 'Content-Type': 'text/plain', 'X-Token': 't' };
          request.body = { changed: true };
          return true;
        },
      });
      await task.request(url, { method: http.RequestMethod.POST, extraData: 'before', header: { gone: '1' } });
      const [call] = server.calls;
      assert.deepEqual(
        [call?.target, call?.headers['x-token'], call?.headers['content-type'], call?.headers.gone, call?.text()],
        ['/x?y', 't', 'text/plain', undefined, '{"changed":true}'],
      );
    });

    test(`${type} answers by itself`, async () => {
      await using network = useNetwork();
      const server = network.serveHTTP(url);
      const task = intercepted({
        [type]: async (_request: http.HttpRequestContext, response: http.HttpResponse) => {
          response.responseCode = 418;
          response.result = 'made up';
          response.header = { made: 'up' };
          return false;
        },
      });
      const { responseCode, result, header } = await task.request(url);
      assert.deepEqual([responseCode, result, header, server.calls.length], [418, 'made up', { made: 'up' }, 0]);
    });
  }

  test('REDIRECTION leads elsewhere, or ends with the redirect', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { status: 302, headers: { Location: '/loop' } });
    network.serveHTTP('http://other.example/', { body: 'elsewhere' });
    const leading = intercepted({
      [REDIRECTION]: async (request) => {
        request.url = 'http://other.example/';
        return true;
      },
    });
    assert.equal((await leading.request(url)).result, 'elsewhere');
    const ending = intercepted({
      [REDIRECTION]: async (_request, response) => {
        response.result = 'stopped';
        return false;
      },
    });
    const { responseCode, result } = await ending.request(url);
    assert.deepEqual([responseCode, result], [302, 'stopped']);
  });

  test('FINAL_RESPONSE and CACHE_CHECKED change the response', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { headers: { 'Cache-Control': 'max-age=60' }, body: 'original' });
    http.createHttpResponseCache();
    const final = intercepted({
      [FINAL_RESPONSE]: async (_request, response) => {
        response.result = `${String(response.result)}, changed`;
        return true;
      },
    });
    assert.equal((await final.request(url)).result, 'original, changed');
    const cached = intercepted({
      [CACHE_CHECKED]: async (_request, response) => {
        response.responseCode = 299;
        return false;
      },
    });
    const { responseCode, result } = await cached.request(url);
    assert.deepEqual([responseCode, result], [299, 'original']);
  });

  test('2300999 for one that throws or rejects, whatever the moment', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const code = '2300999 Internal error';
    for (const type of [INITIAL_REQUEST, NETWORK_CONNECT, FINAL_RESPONSE] as const) {
      const thrower: Handle = () => {
        throw new Error('of the application');
      };
      assert.equal(await failure(intercepted({ [type]: thrower }).request(url)), code);
      const rejecter: Handle = () => Promise.reject(new Error('of the application'));
      assert.equal(await failure(intercepted({ [type]: rejecter }).request(url)), code);
    }
  });
});
