// `uri` of `@kit.ArkTS`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { uri } from '../../../src/kits/uri/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

const { URI } = uri;
const full = 'https://user:pass@host:8080/directory/my%20file?foo=1&bar=2#frag%20ment';

type Row = [
  scheme: unknown,
  userInfo: unknown,
  host: unknown,
  port: unknown,
  path: unknown,
  query: unknown,
  fragment: unknown,
];

describe('the parts of a URI', () => {
  const rows: [text: string, parts: Row][] = [
    [full, ['https', 'user:pass', 'host', '8080', '/directory/my file', 'foo=1&bar=2', 'frag ment']],
    ['ftp://ftp.aaa.bbb.ccc/d/e.txt', ['ftp', null, 'ftp.aaa.bbb.ccc', '-1', '/d/e.txt', null, null]],
    ['datashare:///com.samples/DB00', ['datashare', null, null, '-1', '/com.samples/DB00', null, null]],
    ['ws://[::1]:80/a', ['ws', null, '[::1]', '80', '/a', null, null]],
    ['file:/a/b', ['file', null, null, '-1', '/a/b', null, null]],
    ['www.abc.com:8080/directory?ab=p#q=d', ['www.abc.com', null, null, '-1', null, null, 'q=d']],
    ['/images/pic.jpg', [null, null, null, '-1', '/images/pic.jpg', null, null]],
    ['http://a_b/c', ['http', null, 'a_b', '-1', '/c', null, null]],
    ['http://a_/c', ['http', null, null, '-1', '/c', null, null]],
    ['http://me@a:8r0/c', ['http', null, null, '-1', '/c', null, null]],
    ['http://a:/c', ['http', null, null, '-1', '/c', null, null]],
    ['https-+.1://a:80802347891243/c', ['https-+.1', null, 'a', '80802347891243', '/c', null, null]],
  ];
  for (const [text, parts] of rows) {
    test(text, () => {
      const { scheme, userInfo, host, port, path, query, fragment } = new URI(text);
      assert.deepEqual([scheme, userInfo, host, port, path, query, fragment], parts);
    });
  }

  test('encoded', () => {
    const made = new URI(full);
    assert.deepEqual(
      [made.encodedUserInfo, made.encodedPath, made.encodedQuery, made.encodedFragment, made.encodedAuthority],
      ['user:pass', '/directory/my%20file', 'foo=1&bar=2', 'frag%20ment', 'user:pass@host:8080'],
    );
    assert.equal(made.encodedSSP, '//user:pass@host:8080/directory/my%20file?foo=1&bar=2');
    assert.equal(made.ssp, '//user:pass@host:8080/directory/my file?foo=1&bar=2');
    assert.equal(made.authority, 'user:pass@host:8080');
    assert.equal(new URI('www.abc.com:8080/file?ab=p#q').ssp, '8080/file?ab=p');
    assert.equal(new URI('a:b%zz%41').ssp, 'b%zzA');
  });
});

describe('kinds of URIs', () => {
  test('absolute, relative, opaque, hierarchical', () => {
    const kinds = (text: string): boolean[] => {
      const made = new URI(text);
      return [made.checkIsAbsolute(), made.checkRelative(), made.checkOpaque(), made.checkHierarchical()];
    };
    assert.deepEqual(kinds('http://www.test.com/a'), [true, false, false, true]);
    assert.deepEqual(kinds('mailto:user@example.com'), [true, false, true, false]);
    assert.deepEqual(kinds('xxx.com/suppliers.htm'), [false, true, false, true]);
  });

  test('equalsTo', () => {
    assert.equal(new URI(full).equalsTo(new URI(full)), true);
    assert.equal(new URI(full).equals(new URI('a:b')), false);
    throwsKitError(() => new URI(full).equalsTo(5 as never), 401, 'Parameter error. The type of 5 must be URI');
  });
});

describe('changing a URI', () => {
  const site = new URI('https://www.test.com');

  test('normalize', () => {
    assert.equal(
      new URI('https://a.b:80/path/path1/../path2/./path3?q=p#f').normalize().toString(),
      'https://a.b:80/path/path2/path3?q=p#f',
    );
    assert.equal(site.normalize().toString(), 'https://www.test.com');
    assert.equal(new URI('mailto:a').normalize().toString(), 'mailto:a');
  });

  test('queries', () => {
    const added = site.addQueryValue('param1', 'hello world');
    assert.equal(added.toString(), 'https://www.test.com?param1=hello%20world');
    assert.equal(added.addQueryValue('b', 'ü').toString(), 'https://www.test.com?param1=hello%20world&b=%C3%BC');
    assert.equal(new URI('https://www.test.com/a?b=c#d').clearQuery().toString(), 'https://www.test.com/a#d');
  });

  test('segments', () => {
    assert.equal(site.addSegment('my image.jpg').toString(), 'https://www.test.com/my%20image.jpg');
    assert.equal(site.addEncodedSegment('my%20image.jpg').toString(), 'https://www.test.com/my%20image.jpg');
    assert.equal(new URI('https://a/b/?c').addSegment('d').toString(), 'https://a/b/d?c');
    const image = new URI('content://com.test.provider/files/image%201.jpg');
    assert.equal(image.getLastSegment(), 'image 1.jpg');
    assert.deepEqual(image.getSegment(), ['files', 'image 1.jpg']);
    assert.deepEqual([site.getLastSegment(), site.getSegment()], ['', []]);
  });

  test('createFromParts, toString', () => {
    assert.equal(URI.createFromParts('mailto', 'no body', 'top').toString(), 'mailto:no%20body#top');
    assert.equal(URI.createFromParts('mailto', 'a', '').toString(), 'mailto:a');
    assert.equal(new URI('http://[::1]/ü%20').toString(), 'http://[::1]/%C3%BC%20');
  });
});

describe('reading a query', () => {
  test('values', () => {
    const made = new URI('https://www.zyy.ss?sa%3D=po%7E&q=a&q=b+c&flag');
    assert.deepEqual(
      [made.getQueryValue('sa='), made.getQueryValue('q'), made.getQueryValue('flag'), made.getQueryValue('x')],
      ['po~', 'a', '', null],
    );
    assert.deepEqual(made.getQueryValues('q'), ['a', 'b+c']);
    assert.deepEqual(made.getQueryValues('x'), []);
    assert.deepEqual(made.getQueryNames(), ['sa=', 'q', 'flag']);
    assert.deepEqual(new URI('https://a').getQueryNames(), []);
  });

  test('booleans', () => {
    const made = new URI('https://a/b?yes=true&no=False&zero=0&other=aa');
    assert.deepEqual(
      ['yes', 'no', 'zero', 'other', 'missing'].map((key) => made.getBooleanQueryValue(key, true)),
      [true, false, false, true, true],
    );
    throwsKitError(() => made.getBooleanQueryValue('yes', 1 as never), 401);
  });
});

describe('what is refused', () => {
  const texts: [text: string, message: string][] = [
    ['#a', "The #It can't be the first"],
    ['1a:b', 'The Scheme the first character must be a letter'],
    ['a_b:c', 'The scheme does not conform to the rule'],
    ['http://a/b c', 'The path does not conform to the rule'],
    ['http://a/b?c d', 'The Query does not conform to the rule'],
    ['http://a/b#c d', 'The Fragment does not conform to the rule'],
    ['http://a b@c/', 'The userInfo does not conform to the rule'],
    ['http://[::1/', 'The IPv6 is missing a closing bracket'],
    ['http://[x]/', 'The ipv6 does not conform to the rule'],
    ['http://me@[::]:80r80/', 'The Prot does not conform to the rule'],
    ['http://a:80%21/', 'The port does not conform to the rule'],
    ['http://a[b]/', 'The host does not conform to the rule'],
    ['https%21://a/', 'The scheme does not conform to the rule'],
    ['a b', 'The SpecialPath does not conform to the rule'],
  ];
  for (const [text, message] of texts) {
    test(text, () => {
      throwsKitError(() => new URI(text), 10200002, `Syntax Error. Invalid Uri string: ${message}`);
    });
  }

  test('other types', () => {
    throwsKitError(() => new URI(5 as never), 401, 'Parameter error. The type of 5 must be string');
    throwsKitError(() => new URI(''), 401, 'Parameter error. The type of  must be string');
    throwsKitError(() => URI.createFromParts('a', 5 as never, ''), 401);
    for (const call of ['getQueryValue', 'getQueryValues', 'addSegment', 'addEncodedSegment'] as const) {
      throwsKitError(() => new URI('a:/b')[call](5 as never), 401, 'Parameter error. The type of 5 must be string');
    }
    throwsKitError(() => new URI('a:/b').addQueryValue('a', 5 as never), 401);
  });
});
