// Which contexts a connection asks its host for, when, and when it gives them back: over a codec that only notes it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Role } from '../../../src/core/constants.ts';
import { type CompressionOptions, completeCompression } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import type { Compression } from '../../../src/core/ports.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { toHex, utf8 } from '../../support/hex.ts';

/** "Deflates" to as many bytes as it is told. */
function codec(size: number): { compression: Compression; calls: string[] } {
  const calls: string[] = [];
  let count = 0;
  const compression: Compression = {
    canKeepContext: true,
    deflater({ windowBits, keepsContext, level, memLevel }) {
      const name = `deflater ${++count}`;
      calls.push(`${name}: 2^${windowBits} ${keepsContext ? 'kept' : 'alone'} ${level}/${memLevel}`);
      return {
        deflate(_bytes, start, end) {
          calls.push(`${name} [${start}, ${end})`);
          return new Uint8Array(size);
        },
        write: () => assert.fail(),
        read: () => assert.fail(),
        hasMore: false,
        output: new Uint8Array(0),
        close: () => calls.push(`${name} closed`),
      };
    },
    inflater({ windowBits, keepsContext, limit }) {
      const name = `inflater ${++count}`;
      calls.push(`${name}: 2^${windowBits} ${keepsContext ? 'kept' : 'alone'} ≤${limit}`);
      return {
        write: () => assert.fail(),
        read: () => assert.fail(),
        keepInput: () => assert.fail(),
        hasMore: false,
        output: new Uint8Array(0),
        close: () => calls.push(`${name} closed`),
      };
    },
  };
  return { compression, calls };
}

const agreement = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 10,
  clientMaxWindowBits: 12,
};

function compressionOf(role: Role, compression: Compression): MessageCompression {
  const extension = { name: 'permessage-deflate', parameters: [['server_no_context_takeover', true]] as const };
  return new MessageCompression(
    role,
    { extension, agreement },
    completeCompression(true) as CompressionOptions,
    compression,
  );
}

describe('which end uses which window', () => {
  for (const [role, own, peers] of [
    ['server', '2^10 alone', '2^12 kept'],
    ['client', '2^12 kept', '2^10 alone'],
  ] as const) {
    test(`a ${role}: ${own} to send, ${peers} to receive`, () => {
      const { compression, calls } = codec(1);
      const it = compressionOf(role, compression);
      assert.equal(it.description, 'permessage-deflate; server_no_context_takeover');
      assert.equal(it.threshold, 1024);
      assert.deepEqual(calls, [], 'nothing before it is needed');
      it.deflate(utf8('Hello'), 1, 4);
      it.deflate(utf8('Hello'), 0, 5);
      assert.equal(it.inflater(99), it.inflater(99));
      it.endReceiving();
      it.endReceiving();
      it.close();
      it.close();
      assert.deepEqual(calls, [
        `deflater 1: ${own} 5/8`,
        'deflater 1 [1, 4)',
        'deflater 1 [0, 5)',
        `inflater 2: ${peers} ≤99`,
        'inflater 2 closed',
        'deflater 1 closed',
      ]);
    });
  }
});

test('an empty message is one empty block without its tail (RFC 7692 §7.2.3.6)', () => {
  const { compression, calls } = codec(1);
  const it = compressionOf('client', compression);
  assert.equal(toHex(it.deflate(utf8('abc'), 2, 2) as Uint8Array), '00');
  assert.equal(toHex(it.deflateAlone(new Uint8Array(0)) as Uint8Array), '00');
  assert.deepEqual(calls, []);
});

test('what does not become smaller is sent as it is, but not where the peer has to follow a window', () => {
  const larger = codec(5).compression;
  assert.equal(compressionOf('server', larger).deflate(utf8('Hello'), 0, 5), undefined);
  assert.equal(compressionOf('client', larger).deflate(utf8('Hello'), 0, 5)?.length, 5);
  assert.equal(compressionOf('client', larger).deflateAlone(utf8('Hello')), undefined);
  assert.equal(compressionOf('client', codec(4).compression).deflateAlone(utf8('Hello'))?.length, 4);
});

test('a message for many is deflated without a context; where one is kept, the next message begins anew', () => {
  for (const role of ['client', 'server'] as const) {
    const { compression, calls } = codec(1);
    const it = compressionOf(role, compression);
    it.endSendingContext();
    it.deflate(utf8('Hello'), 0, 5);
    it.deflateAlone(utf8('Hello'));
    it.endSendingContext();
    it.deflate(utf8('Hello'), 0, 5);
    const windows = calls.filter((call) => call.includes(':'));
    assert.deepEqual(
      windows.map((call) => call.replace(/.*: /, '')),
      role === 'client' ? ['2^12 kept 5/8', '2^12 alone 5/8', '2^12 kept 5/8'] : ['2^10 alone 5/8', '2^10 alone 5/8'],
    );
  }
});

test('a message for many that is deflated in parts has no context either, and leaves that of the connection as it is', () => {
  for (const [role, alone] of [
    ['client', 'deflater 2: 2^12 alone 5/8'],
    ['server', 'deflater 2: 2^10 alone 5/8'],
  ] as const) {
    const { compression, calls } = codec(1);
    const it = compressionOf(role, compression);
    it.deflate(utf8('Hello'), 0, 5);
    it.deflaterAlone().close();
    it.deflate(utf8('Hello'), 0, 5);
    assert.deepEqual(calls.slice(1), ['deflater 1 [0, 5)', alone, 'deflater 2 closed', 'deflater 1 [0, 5)']);
  }
});

test('connections with the same parameters can send each other’s messages', () => {
  const { compression } = codec(1);
  const parameters = (role: Role) => compressionOf(role, compression).parameters;
  assert.equal(parameters('server'), parameters('server'));
  assert.notEqual(parameters('server'), parameters('client'));
});

test('a message in parts that is abandoned leaves no context behind', () => {
  const compression = compressionOf('server', nodeCompression());
  compression.abandonParts();
  const first = compression.deflaterOfParts();
  assert.equal(compression.deflaterOfParts(), first);
  first.write(utf8('abc'), 0, 3, 'open');
  first.read();
  compression.abandonParts();
  assert.notEqual(compression.deflaterOfParts(), first);
  assert.equal(compression.isLarger(2, 3), false);
  compression.close();
});
