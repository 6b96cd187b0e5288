// Which requests an inspector answers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Access, isLoopback } from '../../src/inspector/access.ts';

const TOKEN = 'a-token-of-20-letters';

describe('without a token', () => {
  const access = new Access('127.0.0.1', undefined, ['https://tools.example']);
  const status = (headers: Record<string, string>, url = '/json') => access.check({ url, headers })?.status;

  for (const host of ['127.0.0.1:9229', 'localhost:9229', 'LOCALHOST', '[::1]:9229', '[::1]', '192.0.2.7:1']) {
    test(`the host ${host} is an address, or this machine`, () => assert.equal(status({ host }), undefined));
  }
  for (const host of ['evil.example:9229', 'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '']) {
    test(`the host "${host}" is a name that DNS may have rebound`, () => assert.equal(status({ host }), 403));
  }
  test('a request without Host', () => assert.equal(status({}), 400));

  const host = 'localhost:9229';
  for (const origin of [
    'devtools://devtools',
    'https://chrome-devtools-frontend.appspot.com',
    'https://tools.example',
  ]) {
    test(`the origin ${origin} is a front end`, () => assert.equal(status({ host, origin }), undefined));
  }
  for (const origin of ['http://localhost:9229', 'https://evil.example', 'null', 'devtools://evil', '']) {
    test(`the origin "${origin}" is a page`, () => assert.equal(status({ host, origin }), 403));
  }
  test('a page that loads the list as a script', () => {
    assert.equal(status({ host, 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(status({ host, 'sec-fetch-site': 'none' }), undefined);
  });
});

describe('with a token', () => {
  const access = new Access('0.0.0.0', TOKEN, []);
  const status = (url: string, headers: Record<string, string> = {}) =>
    access.check({ url, headers: { host: 'dev.example:9229', ...headers } })?.status;

  test('it is asked for, in the URL or as a bearer token', () => {
    assert.equal(status('/json'), 401);
    assert.equal(status(`/json?token=${TOKEN}`), undefined);
    assert.equal(status('/json', { authorization: `Bearer ${TOKEN}` }), undefined);
  });
  for (const wrong of ['', TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase(), 'x'.repeat(100_000)]) {
    test(`a token of ${wrong.length} other characters`, () => assert.equal(status(`/json?token=${wrong}`), 401));
  }
  test('a page does not get in with it', () => {
    assert.equal(status(`/json?token=${TOKEN}`, { origin: 'https://dev.example' }), 403);
  });
});

test('loopback addresses', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '192.168.1.2', '127.evil.example', 'localhost.example', '']) {
    assert.ok(!isLoopback(host), host);
  }
});
