import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseUrl } from '../../src/kit/client/url.ts';

describe('kit specification §3.3: URL', () => {
  const malformed = {
    'no scheme [kit §3.3 scheme]': [
      '',
      'hello',
      '123',
      '192.168.1.1',
      '192.168.1.1:8080',
      '//host',
      'ws:host',
      'ws:/host',
      'ws',
    ],
    'another scheme [kit §3.3 scheme]': ['http://host', 'https://host', 'wsx://host', ' ws://host', 'ftp://host'],
    'user:password@ [kit §3.3 user information]': ['ws://user:pass@host', 'ws://user@host/', 'ws://@host'],
    'control characters and spaces [kit §3.3 control characters]': [
      'ws://host/a b',
      'ws://host/\u0000',
      'ws://host/a\r\nb',
      'ws://host/\u007f',
      'ws://ho st',
    ],
    'port [kit §3.3 port]': ['ws://host:65536', 'ws://host:abc', 'ws://host:-1', 'ws://host:1:2'],
    host: ['ws://[::1', 'ws://[hello]', 'ws://a<b', 'ws://a|b', 'ws://a\\b', 'ws://::1'],
  };
  for (const [why, urls] of Object.entries(malformed)) {
    for (const url of urls) {
      test(`${why}: ${JSON.stringify(url)} is 2302001`, () => assert.equal(parseUrl(url).kind, 'malformed'));
    }
  }

  for (const url of ['ws://', 'WSS://', 'ws:///path', 'ws://?query', 'ws://#fragment', 'ws://:80', 'ws://256.1.1.1']) {
    test(`no host: ${url} is -1 [kit §3.3 no host]`, () => assert.equal(parseUrl(url).kind, 'nowhere'));
  }

  const targets: [given: string, url: string, host: string, port: string, row?: string][] = [
    ['ws://host', 'ws://host/', 'host', '', 'kit §3.3 path'],
    ['WS://Host/Path', 'ws://host/Path', 'host', '', 'kit §3.3 scheme'],
    ['wss://host:443/', 'wss://host/', 'host', '', 'kit §3.3 port'],
    ['ws://host:443/', 'ws://host:443/', 'host', '443'],
    ['ws://host:/', 'ws://host/', 'host', ''],
    ['ws://127.0.0.1:8080/a/b?c=d', 'ws://127.0.0.1:8080/a/b?c=d', '127.0.0.1', '8080'],
    ['ws://[::1]:8080', 'ws://[::1]:8080/', '[::1]', '8080', 'kit §3.3 port'],
    ['ws://host?query', 'ws://host/?query', 'host', '', 'kit §3.3 path'],
    ['ws://host/path#fragment', 'ws://host/path', 'host', '', 'kit §3.3 fragment'],
    ['ws://host#fragment', 'ws://host/', 'host', ''],
    ['ws://host/?a=b#c?d', 'ws://host/?a=b', 'host', ''],
    ['ws://host/%7e/%20', 'ws://host/%7e/%20', 'host', '', 'kit §3.3 as written'],
    ['ws://host/ä?ö=€', 'ws://host/%C3%A4?%C3%B6=%E2%82%AC', 'host', '', 'kit §3.3 as written'],
    ['ws://host/a"<>\\^`{|}b?"', 'ws://host/a%22%3C%3E%5C%5E%60%7B%7C%7Db?%22', 'host', ''],
    ['ws://host/a/../b/./c[1]', 'ws://host/a/../b/./c[1]', 'host', '', 'kit §3.3 as written'],
    ['ws://host/a@b', 'ws://host/a@b', 'host', ''],
    ['ws://bücher.example/', 'ws://xn--bcher-kva.example/', 'xn--bcher-kva.example', ''],
  ];
  for (const [given, url, host, port, row] of targets) {
    test(`${given} → ${url}${row === undefined ? '' : ` [${row}]`}`, () => {
      assert.deepEqual(parseUrl(given), { kind: 'target', url, secure: url.startsWith('wss'), host, port });
    });
  }

  test('8195 bytes of UTF-8 are the limit [kit §3.3 length]', () => {
    const prefix = 'ws://host/';
    assert.equal(parseUrl(prefix + 'a'.repeat(8195 - prefix.length)).kind, 'target');
    assert.equal(parseUrl(prefix + 'a'.repeat(8196 - prefix.length)).kind, 'malformed');
    assert.equal(parseUrl(`${prefix}a${'ä'.repeat((8194 - prefix.length) / 2)}`).kind, 'target');
    assert.equal(parseUrl(`${prefix}ab${'ä'.repeat((8194 - prefix.length) / 2)}`).kind, 'malformed');
  });
});
