// A TLS record that was changed on its way, on an open connection: both ends hear of it at once, in one line.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CloseEvent, WebSocketError } from '../../src/engine/index.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

describe('a TLS record that cannot be decrypted', () => {
  for (const direction of ['toServer', 'toClient'] as const) {
    test(
      `${direction}: the connection is lost at once, and both sides are told`,
      leavingNothing(async (scope) => {
        const errors = new Inbox<[side: string, error: WebSocketError]>();
        const ends = new Inbox<CloseEvent>();
        const handlers = (side: string) => ({
          error: (_: unknown, error: WebSocketError) => errors.push([side, error]),
          close: (_: unknown, event: CloseEvent) => ends.push(event),
        });
        const target = await listen(scope, handlers('server'), { tls: serverCertificate() });
        const proxy = await faultProxy(scope, target.port);
        const connection = await open(scope, `wss://127.0.0.1:${proxy.port}/`, {
          tls: trust(),
          handlers: handlers('client'),
        });
        const proxied = await proxy.connections.next();
        const peer = await target.opened.next();
        proxied[direction].corrupt(8, 1);
        (direction === 'toServer' ? connection : peer).send('hello');
        const told = new Map([await errors.next(), await errors.next()]);
        for (const side of ['client', 'server']) {
          const error = told.get(side);
          assert.equal(error?.code, 'ERR_WS_LOST', side);
          assert.doesNotMatch(error?.message ?? '', /[\r\n]|openssl/i);
        }
        const reader = told.get(direction === 'toServer' ? 'server' : 'client');
        assert.match(reader?.message ?? '', /TLS failed: .*bad record mac/);
        assert.deepEqual([(await ends.next()).code, (await ends.next()).code], [1006, 1006]);
      }),
    );
  }
});
