// What is never in an error or a log: passwords and tokens in URLs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  hideCredentials,
  hideCredentialsIn,
  hideInLocation,
  hideProxyCredentials,
  hideQuery,
} from '../../../src/core/credentials.ts';

type Table = readonly (readonly [text: string, shown: string])[];

function check(name: string, hide: (text: string) => string, table: Table): void {
  describe(name, () => {
    for (const [text, shown] of table) test(text, () => assert.equal(hide(text), shown));
  });
}

check('hideCredentials', hideCredentials, [
  ['ws://user:secret@host:80/a', 'ws://***@host:80/a'],
  ['wss://secret@host/', 'wss://***@host/'],
  ['//user:secret@host', '//***@host'],
  ['user:secret@host', '***@host'],
  ['ws:user:secret@host', '***@host'],
  ['ws:/\\user:secret@host', 'ws:/\\***@host'],
  // Not URLs, but what people type.
  ['ws://user:se/cret@host/', 'ws://***@host/'],
  ['ws://user:se#cret@host/', 'ws://***@host/'],
  ['ws://user:se?cret@host/?t=x', 'ws://***@host/?t=…'],
  ['ws://user:se@cret@host/', 'ws://***@host/'],
  // Nothing secret in the authority.
  ['ws://host:8080/path?mail=a@b', 'ws://host:8080/path?mail=…'],
  ['ws://host/#a@b', 'ws://host/#a@b'],
  ['ws://host:80', 'ws://host:80'],
]);

check('hideProxyCredentials', hideProxyCredentials, [
  ['http://me:se/cret@a:1', 'http://***@a:1'],
  ['me:se@cr/et@a:x', '***@a:x'],
  ['http://me#x?y@a:1', 'http://***@a:1'],
  ['a:3128', 'a:3128'],
]);

check('hideQuery', hideQuery, [
  ['/a?token=secret&room=1#x=2', '/a?token=…&room=…#x=…'],
  ['/a?0123456789abcdef0', '/a?…'],
  ['/a', '/a'],
]);

check('hideInLocation', hideInLocation, [
  ['ws://user:secret@host/?token=x', 'ws://***@host/?token=…'],
  ['//secret@host/', '//***@host/'],
  ['/@me?token=x', '/@me?token=…'],
]);

check('hideCredentialsIn', hideCredentialsIn, [
  ['connected to ws://user:secret@host:80/a', 'connected to ws://***@host:80/a'],
  ['URL "wss://secret@host/" is', 'URL "wss://***@host/" is'],
  ['//user:secret@host', '//***@host'],
  ['ws://a:b@one/ and ws://c:d@two/', 'ws://***@one/ and ws://***@two/'],
  // Not URLs, but what people type.
  ['ws://user:se/cret@host/', 'ws://***@host/'],
  ['ws://user:se#cret@host/', 'ws://***@host/'],
  ['ws://user:se@cret@host/', 'ws://***@host/'],
  ['wss://host/feed?access_token=secret&room=1', 'wss://host/feed?access_token=***&room=1'],
  ['wss://host/?a=1&api_key=secret', 'wss://host/?a=1&api_key=***'],
  // Nothing secret.
  ['ws://host/@user?room=1', 'ws://host/@user?room=1'],
  ['mail to user@host', 'mail to user@host'],
  ['ws://host:8080/path', 'ws://host:8080/path'],
  ['for example http://user:password@proxy.example', 'for example http://user:password@proxy.example'],
]);
