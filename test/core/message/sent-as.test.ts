// Messages and fragments that are sent as text or binary whatever their data is, and messages that are received as bytes with
// the sizes of their fragments.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { shareMessage } from '../../../src/node/share-message.ts';
import { openConnection, type Setup } from '../../support/core-connection.ts';
import { concat, hex } from '../../support/hex.ts';
import { frame, readFrames, wire } from '../../support/wire.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function sent(send: (open: ReturnType<typeof openConnection>) => void, setup: Setup = {}): string[] {
  const open = openConnection('server', setup);
  send(open);
  open.turn.end();
  return readFrames(open.written.bytes).map(
    ({ first, payload }) => `${first.toString(16)} ${Buffer.from(payload).toString()}`,
  );
}

describe('sent as', () => {
  test('text and binary', () => {
    const long = 'déjà '.repeat(40);
    const frames = sent(({ connection }) => {
      connection.send('é', { binary: true });
      connection.send(utf8('é'), { binary: false });
      connection.send(utf8('a'), { binary: false, compress: false });
      connection.send(utf8(long), { binary: false });
      connection.sendShared(shareMessage('s', { binary: true }));
      connection.sendShared(shareMessage(utf8('t'), { binary: false }), () => {});
    });
    assert.deepEqual(frames, ['82 é', '81 é', '81 a', `81 ${long}`, '82 s', '81 t']);
  });

  test('bytes that are not UTF-8', () => {
    sent(({ connection }) => {
      for (const bytes of [hex('ff'), new Uint8Array(200).fill(0xff)]) {
        assert.throws(() => connection.send(bytes, { binary: false }), { code: 'ERR_WS_SEND_UTF8' });
      }
    });
  });

  test('fragments of text and binary', () => {
    const frames = sent(({ connection }) => {
      connection.sendFragment(hex('c3'), { fin: false, binary: false });
      assert.throws(() => connection.sendFragment('x', { fin: true }), { code: 'ERR_WS_SEND_UTF8' });
      assert.throws(() => connection.sendFragment(hex('c3'), { fin: true, binary: false }), {
        code: 'ERR_WS_SEND_UTF8',
      });
      assert.throws(() => connection.sendFragment(hex('a9'), { fin: true }), { code: 'ERR_WS_FRAGMENT_KIND' });
      connection.sendFragment(hex('a9'), { fin: false, binary: false });
      connection.sendFragment('b', { fin: true });
      connection.sendFragment('c', { fin: false, binary: true });
      assert.throws(() => connection.sendFragment('d', { fin: true }), { code: 'ERR_WS_FRAGMENT_KIND' });
      connection.sendFragment(utf8('d'), { fin: true });
    });
    assert.deepEqual(
      frames.map((text) => text.slice(0, 2)),
      ['1 ', '0 ', '80', '2 ', '80'],
    );
  });

  test('compressed fragments of strings and bytes, and a message whatever its size', () => {
    const frames = sent(
      ({ connection }) => {
        connection.sendFragment('aaaaaaaaaaaa', { fin: false, compress: true });
        connection.sendShared(shareMessage('held'), { compress: false });
        connection.sendFragment(utf8('b'), { fin: true, binary: false });
        connection.send('aaaaaaaaaaaaaaaaaaaaaaaa', { compress: true });
        connection.send(utf8('aaaaaaaaaaaaaaaaaaaaaaaa'), { compress: true });
        connection.send('plain', { compress: false });
      },
      { deflate: {} },
    );
    assert.deepEqual(
      frames.map((text) => text.slice(0, 2)),
      ['41', '80', '81', 'c1', 'c2', '81'],
    );
  });

  test('nothing where there is no memory for a compressed message', () => {
    sent(
      ({ connection, turn }) => {
        assert.throws(() => connection.send({} as never, { compress: true }), { code: 'ERR_WS_DATA_TYPE' });
        turn.end();
      },
      { deflate: {} },
    );
  });
});

for (const role of ['client', 'server'] as const satisfies readonly Role[]) {
  for (const binaryMessages of ['owned', 'lent'] as const) {
    test(`a ${role} receives text as bytes, ${binaryMessages}, with the sizes of fragments`, () => {
      const got: unknown[] = [];
      const { receive, events } = openConnection(role, {
        binaryMessages,
        textMessages: 'bytes',
        fragmentSizes: true,
        handlers: {
          message: (_, data, isBinary, sizes) => {
            got.push(Buffer.from(data as Uint8Array).toString(), isBinary, sizes);
          },
        },
      });
      receive(
        concat([
          wire(role, frame(0x81, utf8('plain')), frame(0x81, utf8('é')), frame(0x82, utf8('b'))),
          wire(role, frame(0x01), frame(0x00, utf8('c')), frame(0x80, utf8('é'))),
          wire(role, frame(0x02, utf8('d')), frame(0x80)),
        ]),
      );
      assert.deepEqual(got, [
        ...['plain', false, undefined, 'é', false, undefined, 'b', true, undefined],
        ...['cé', false, [0, 1, 2], 'd', true, [1, 0]],
      ]);
      receive(wire(role, '81 01 ff'));
      assert.ok(events.some((event) => event.includes('ERR_WS_INVALID_UTF8')));
    });
  }
}
