// `url.URL`: parsing, its parts, and what is refused.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { url } from '../../../src/kits/url/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

const parse = url.URL.parseURL;
const text = 'https://username:password@host:8080/directory/file?pppppp=qwer#qwer=da';

describe('url.URL', () => {
  test('its parts', () => {
    const { hash, host, hostname, href, origin, password, pathname, port, protocol, search, username } = parse(text);
    assert.deepEqual(
      { hash, host, hostname, href, origin, password, pathname, port, protocol, search, username },
      {
        hash: '#qwer=da',
        host: 'host:8080',
        hostname: 'host',
        href: text,
        origin: 'https://host:8080',
        password: 'password',
        pathname: '/directory/file',
        port: '8080',
        protocol: 'https:',
        search: '?pppppp=qwer',
        username: 'username',
      },
    );
    assert.equal(parse(text).toString(), text);
    assert.equal(JSON.stringify({ url: parse(text) }), JSON.stringify({ url: text }));
    assert.equal(parse(text).toJSON(), text);
  });

  test('relative to another', () => {
    assert.equal(parse('../b?c', 'wss://host/x/y/z').href, 'wss://host/x/b?c');
    assert.equal(parse('d', parse('wss://host/x/')).href, 'wss://host/x/d');
    assert.equal(new url.URL('d', 'wss://host/x/').href, 'wss://host/x/d');
    assert.equal(new url.URL('d', parse('wss://host/x/')).href, 'wss://host/x/d');
    for (const none of [undefined, null as never]) assert.equal(parse('wss://host/e', none).href, 'wss://host/e');
  });

  test('its parts can be set', () => {
    const made = parse('http://host/');
    made.protocol = 'https';
    made.username = 'me';
    made.password = 'it is';
    made.hostname = 'other';
    made.port = '81';
    made.pathname = '/a b';
    made.search = '?c=d';
    made.hash = 'e';
    assert.equal(made.href, 'https://me:it%20is@other:81/a%20b?c=d#e');
    made.host = 'third:82';
    assert.equal(made.host, 'third:82');
    made.href = 'ws://new/';
    assert.equal(made.href, 'ws://new/');
  });

  test('what cannot be set stays', () => {
    const made = parse('http://host:81/');
    made.href = 'nothing';
    made.port = '';
    made.protocol = '';
    assert.equal(made.href, 'http://host:81/');
  });

  test('the query as an object changes the URL', () => {
    const made = parse('http://host/?a=1');
    assert.equal(made.params, made.params);
    made.params.append('b', '2 3');
    assert.equal(made.href, 'http://host/?a=1&b=2+3');
    made.searchParams.delete('a');
    assert.equal(made.search, '?b=2+3');
    made.search = '?c=4';
    assert.equal(made.params.get('c'), '4');
  });

  test('without arguments all parts are empty', () => {
    const made = new url.URL();
    made.hash = '#a';
    assert.deepEqual([made.href, made.host, made.hash, made.origin, made.params.toString()], ['', '', '', 'null', '']);
  });

  test('the constructor prints a line for what is not a URL', (context) => {
    const printed = context.mock.method(console, 'error', () => {});
    assert.equal(new url.URL('nothing').href, '');
    assert.equal(printed.mock.callCount(), 1);
  });

  test('what parseURL refuses', () => {
    throwsKitError(() => parse('nothing'), 10200002, 'Syntax Error. Invalid Url string');
    throwsKitError(() => parse('/a', 'nothing'), 10200002);
    throwsKitError(() => parse(5 as never), 401, 'Parameter error. The type of 5 must be string');
    throwsKitError(() => parse('a', ''), 401, 'Parameter error. The type of  must be string');
    throwsKitError(() => parse('a', 5 as never), 401, 'Parameter error. The type of 5 must be string or URL');
  });
});
