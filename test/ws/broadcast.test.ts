// A message that is sent to one client after the other, as programs written for `ws` do it. It is shared behind the scenes,
// which nobody may notice: each client gets what the data held at its call.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { hex } from '../support/hex.ts';
import type { RawPeer } from '../support/raw-peer.ts';
import { type Library, libraries, type Options, type Served, type Socket, serve } from './server-support.ts';

async function clientsOf(scope: Scope, library: Library, count: number, options?: Options, fields = {}) {
  const served: Served = await serve(scope, library, options);
  const peers: RawPeer[] = [];
  const sockets: Socket[] = [];
  for (let index = 0; index < count; index++) {
    const { peer, webSocket } = await served.open(fields);
    peers.push(peer);
    sockets.push(webSocket);
  }
  return { peers, sockets };
}

for (const [name, library] of libraries) {
  describe(`${name}: one message to many clients`, () => {
    const forms: [title: string, data: string | Buffer, binary: boolean | undefined, wire: string][] = [
      ['a string', 'hi', undefined, '81 02 6869'],
      ['a string as binary', 'hi', true, '82 02 6869'],
      ['bytes', Buffer.from('hi'), undefined, '82 02 6869'],
      ['bytes as text', Buffer.from('hi'), false, '81 02 6869'],
      ['nothing', '', undefined, '81 00'],
    ];
    for (const [title, data, binary, wire] of forms) {
      test(
        title,
        leavingNothing(async (scope) => {
          const { peers, sockets } = await clientsOf(scope, library, 3);
          for (const socket of sockets) socket.send(data, binary === undefined ? {} : { binary });
          for (const peer of peers) await peer.expect(hex(wire));
        }),
      );
    }

    test(
      'bytes, with an option binary that is undefined: text',
      leavingNothing(async (scope) => {
        const { peers, sockets } = await clientsOf(scope, library, 2);
        for (const socket of sockets) {
          socket.send(Buffer.from('hi'), { binary: undefined });
          socket.send(Buffer.from('a'), { binary: undefined, fin: false });
          socket.send(Buffer.from('b'), { fin: true });
        }
        for (const peer of peers) await peer.expect(hex('81 02 6869 01 01 61 80 01 62'));
      }),
    );

    test(
      'bytes that change between the calls',
      leavingNothing(async (scope) => {
        const { peers, sockets } = await clientsOf(scope, library, 4);
        const data = Buffer.alloc(1);
        for (const [index, socket] of sockets.entries()) {
          data[0] = 0x60 + (index >> 1);
          socket.send(data);
        }
        for (const [index, peer] of peers.entries()) await peer.expect(hex(`82 01 6${index >> 1}`));
      }),
    );

    test(
      'between other messages, with callbacks, in the order of the calls',
      leavingNothing(async (scope) => {
        const { peers, sockets } = await clientsOf(scope, library, 3);
        const called: unknown[] = [];
        for (const [index, socket] of sockets.entries()) {
          socket.send(String(index));
          socket.send('news', (error) => called.push(error ?? null));
          socket.send('news');
          socket.send('end');
        }
        for (const [index, peer] of peers.entries()) {
          await peer.expect(hex(`81 01 3${index} 81 04 6e657773 81 04 6e657773 81 03 656e64`));
        }
        assert.deepEqual(called, [null, null, null]);
      }),
    );

    test(
      'after the fragments of another one, and in fragments itself',
      leavingNothing(async (scope) => {
        const { peers, sockets } = await clientsOf(scope, library, 3);
        for (const socket of sockets) {
          socket.send('news', { fin: false });
          socket.send('news', { fin: true });
          socket.send('news');
        }
        for (const peer of peers) await peer.expect(hex('01 04 6e657773 80 04 6e657773 81 04 6e657773'));
      }),
    );

    test(
      'compressed, with and without context takeover: each client can read all of it',
      leavingNothing(async (scope) => {
        const text = 'one fish, two fish, red fish, blue fish; '.repeat(40);
        const perMessageDeflate = { threshold: 0 };
        const fields = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
        const { peers, sockets } = await clientsOf(scope, library, 3, { perMessageDeflate }, fields);
        for (const socket of sockets) {
          socket.send(text);
          socket.send('first own');
        }
        for (const socket of sockets) {
          socket.send(text);
          socket.send(text, { compress: false });
        }
        for (const peer of peers) {
          let window = Buffer.alloc(0);
          for (const expected of [text, 'first own', text]) {
            const { first, payload } = await peer.readFrame();
            assert.equal(first, 0xc1);
            const before = window.length === 0 ? 0 : inflateRawSync(window, { finishFlush: 2 }).length;
            window = Buffer.concat([window, payload, hex('00 00 ff ff')]);
            assert.equal(inflateRawSync(window, { finishFlush: 2 }).subarray(before).toString(), expected);
          }
          const { first, payload } = await peer.readFrame();
          assert.deepEqual([first, payload.toString()], [0x81, text]);
        }
      }),
    );

    test(
      'some of them have closed',
      leavingNothing(async (scope) => {
        const { peers, sockets } = await clientsOf(scope, library, 3);
        const errors: unknown[] = [];
        const closed = once(sockets[1] as Socket, 'close');
        sockets[1]?.terminate();
        for (const socket of sockets) socket.send('news', (error) => errors.push(error?.message.slice(0, 24)));
        for (const peer of [peers[0], peers[2]]) await peer?.expect(hex('81 04 6e657773'));
        await closed;
        assert.deepEqual(errors.filter(Boolean), ['WebSocket is not open: r']);
      }),
    );
  });
}
