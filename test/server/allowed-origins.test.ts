// `allowedOrigins` (RFC 6455 §10.2, §4.2.2 item 4): pages of other origins are refused with 403.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer } from '../../src/engine/index.ts';
import { AllowedOrigins } from '../../src/server/allowed-origins.ts';
import { listen } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

describe('RFC 6455 §10.2 which origins are allowed', () => {
  const table: readonly (readonly [entry: string, allowed: string, refused: string])[] = [
    [
      'https://example.org',
      'https://example.org HTTPS://EXAMPLE.ORG https://example.org:443',
      'http://example.org https://example.org:444 https://www.example.org https://example.org.evil.test https://evil-example.org null https://example.org/ https://user@example.org example.org',
    ],
    ['HTTPS://Example.ORG:443', 'https://example.org', 'https://example.org:8443'],
    ['http://localhost:8080', 'http://localhost:8080', 'http://localhost http://localhost:80801 http://localhost:0'],
    ['http://[::1]:3000', 'http://[::1]:3000', 'http://[::1] http://[::2]:3000'],
    [
      'https://*.example.org',
      'https://www.example.org https://a.b.example.org',
      'https://example.org https://.example.org http://www.example.org https://wwwexample.org https://www.example.org:8443 https://www.example.org.evil.test',
    ],
    ['https://*.example.org:8443', 'https://www.example.org:8443', 'https://www.example.org'],
    ['null', 'null', 'https://null NULL'],
    ['app://local', 'app://local', 'https://local'],
  ];
  for (const [entry, allowed, refused] of table) {
    test(entry, () => {
      const origins = new AllowedOrigins([entry]);
      for (const origin of allowed.split(' ')) assert.equal(origins.allows(origin), true, origin);
      for (const origin of refused.split(' ')) assert.equal(origins.allows(origin), false, origin);
      assert.equal(origins.allows(''), false);
      assert.equal(origins.allows('https://example.org, https://evil.test'), false);
      assert.equal(origins.allows(undefined), true);
    });
  }
});

test('entries that are not origins are refused with the expected form', () => {
  const table: unknown[] = ['example.org', 'https://example.org/', 'https://example.org/path', '*', 'https://*', '', 5];
  table.push(
    'https://*.',
    'https://a.*.example.org',
    'https://bücher.example',
    'https://example.org:99999',
    'https://',
  );
  for (const entry of table) {
    assert.throws(() => createServer({ allowedOrigins: [entry as string] }), {
      code: 'ERR_WS_OPTION',
      message: /^allowedOrigins(\[0\])? is .*; expected (?:an origin|origins) such as https:\/\/example\.org/,
    });
  }
  assert.throws(() => createServer({ allowedOrigins: 'https://example.org' as never }), {
    message: /expected a list of origins/,
  });
});
test(
  'RFC 6455 §4.2.2: another origin is answered 403, with the origin and the option, before `upgrade` is called',
  leavingNothing(async (scope) => {
    const refusals = new Inbox<unknown>();
    const asked: unknown[] = [];
    const { port } = await listen(scope, {
      allowedOrigins: ['https://example.org'],
      upgrade: ({ headers }) => void asked.push(headers.origin),
      refused: (_request, error) => refusals.push(error),
    });
    const hijacker = await connectRaw(scope, port);
    const head = await requestHandshake(hijacker, { Origin: 'https://evil.test', Cookie: 'session=1' });
    assert.match(head, /^HTTP\/1\.1 403 Forbidden\r\n/);
    assert.equal(
      (await hijacker.readToEnd()).toString(),
      'request comes from origin "https://evil.test", which is not in allowedOrigins; add it there if its pages may connect (RFC 6455 §10.2)\n',
    );
    assert.equal(isError(await refusals.next(), 'ERR_WS_REQUEST_ORIGIN').status, 403);
    assert.deepEqual(asked, []);
    for (const fields of [{ Origin: 'https://example.org' }, {}] as Record<string, string>[]) {
      const peer = await connectRaw(scope, port);
      assert.match(await requestHandshake(peer, fields), /^HTTP\/1\.1 101 /);
    }
    assert.deepEqual(asked, ['https://example.org', undefined]);
  }),
);
