// What `ws` has beside its classes: frames as bytes and how they are sent to many, and the fields of the handshake.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import * as real from 'ws';
import ours from '../../src/ws/index.ts';
import { leavingNothing } from '../support/handles.ts';
import { hex, toHex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { libraries, opened } from './client-support.ts';
import { serve } from './server-support.ts';

const theirs = createRequire(import.meta.url)('ws') as typeof ours;

for (const [name, { Sender }] of libraries) {
  describe(`Sender.frame: ${name}`, () => {
    for (const [data, options, expected] of [
      ['€', { opcode: 1, fin: true }, '81 03 e2 82 ac'],
      [Buffer.of(1), { opcode: 2, fin: false, rsv1: true }, '42 01 01'],
      [Buffer.alloc(126), { opcode: 2, fin: true }, `82 7e 00 7e ${'00 '.repeat(126)}`],
      [
        Buffer.of(1, 2),
        { opcode: 2, fin: true, mask: true, generateMask: (mask: Buffer) => mask.fill(3) },
        '82 82 03 03 03 03 02 01',
      ],
    ] as const) {
      test(expected.slice(0, 23), () => {
        const given = Buffer.from(data as never);
        const list = Sender.frame(data, { readOnly: true, mask: false, rsv1: false, ...options } as never);
        assert.equal(toHex(Buffer.concat(list)), toHex(hex(expected)));
        assert.deepEqual(Buffer.from(data as never), given);
      });
    }
  });

  test(
    `_sender.sendFrame sends one frame to many clients: ${name}`,
    leavingNothing(async (scope) => {
      const library = name === 'ws' ? (real as unknown as typeof ours) : ours;
      const served = await serve(scope, library);
      const list = library.Sender.frame(Buffer.from('hi'), {
        fin: true,
        rsv1: false,
        opcode: 1,
        mask: false,
        readOnly: false,
      });
      const told = new Inbox<unknown>();
      for (let at = 0; at < 2; at++) {
        const { peer, webSocket } = await served.open();
        webSocket._sender?.sendFrame(list, (error?: Error) => told.push(error ?? 'sent'));
        const { first, payload } = await peer.readFrame();
        assert.deepEqual([first, String(payload)], [0x81, 'hi']);
      }
      assert.deepEqual(await told.take(2), ['sent', 'sent']);
    }),
  );
}

test(
  '_sender.sendFrame masks what a client sends, and refuses fragments and compressed frames',
  leavingNothing(async (scope) => {
    const { webSocket, peer } = await opened(scope, ours);
    const frame = (options: object): Buffer[] =>
      ours.Sender.frame(Buffer.from('hi'), { fin: true, opcode: 2, ...options });
    webSocket._sender?.sendFrame(frame({}));
    assert.equal((await peer.readFrame()).isMasked, true);
    for (const options of [{ fin: false }, { rsv1: true }, { mask: true }, { opcode: 8 }]) {
      assert.throws(() => webSocket._sender?.sendFrame(frame(options)), { name: 'TypeError' });
    }
  }),
);

/** What a parser makes of a text, as JSON, or its error. */
function result(parse: (text: string) => unknown, text: string): string {
  try {
    const value = parse(text);
    return JSON.stringify(value instanceof Set ? [...value] : value);
  } catch (error) {
    return String(error);
  }
}

describe('as ws does', () => {
  const fields = [
    ...['', 'foo', 'foo ', ' foo', 'foo,bar', 'foo , bar\t,baz', 'foo,foo', 'f@o', 'foo,', 'foo,,', ','],
    ...[
      'foo;bar',
      'foo;bar=1;bar="2"',
      'foo;bar="\\0"',
      'foo;bar="',
      'foo;bar=""',
      'foo;bar="a b"',
      'foo;=',
      'foo;bar =',
    ],
    ...['foo;bar="1"x', 'foo; bar\t; \tbaz=1\t ;  bar="1"\t\t, \tqux', 'hasOwnProperty, toString', 'foo;constructor'],
  ];
  for (const field of fields) {
    test(`extension.parse and subprotocol.parse of ${JSON.stringify(field)}`, () => {
      assert.equal(result(ours.extension.parse, field), result(theirs.extension.parse, field));
      assert.equal(result(ours.subprotocol.parse, field), result(theirs.subprotocol.parse, field));
    });
  }

  test('extension.format', () => {
    const extensions = { foo: [{}, { baz: true }], bar: { baz: [true, 2], qux: 1 } } as never;
    assert.equal(ours.extension.format(extensions), theirs.extension.format(extensions));
  });

  test('the members of the class', () => {
    for (const name of Object.keys(theirs)) assert.ok(name in ours, name);
    assert.equal(ours.WebSocket, ours);
    assert.equal(ours.PerMessageDeflate.extensionName, theirs.PerMessageDeflate.extensionName);
  });
});
