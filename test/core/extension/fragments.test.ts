// A message that is deflated in fragments (RFC 7692 §6.1), and one whose deflater fails.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { CompressionOptions } from '../../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import type { Compression, Deflater } from '../../../src/core/ports.ts';
import { nodeMemory } from '../../../src/node/memory.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { compressionOptions } from '../../support/compression-options.ts';
import { concat, hex } from '../../support/hex.ts';

function compression(codec: Compression): MessageCompression {
  const agreement = {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
  const accepted = { extension: { name: 'permessage-deflate', parameters: [] }, agreement };
  return new MessageCompression('server', accepted, compressionOptions(true) as CompressionOptions, codec);
}

test('fragments make up one message, and each can be inflated when it comes', () => {
  const deflating = compression(nodeCompression());
  const parts = ['one fish, ', '', 'two fish'].map((text, index) =>
    deflating.deflateFragment(Buffer.from(text), index === 2, nodeMemory),
  );
  assert.equal(inflateRawSync(parts[0] as Uint8Array, { finishFlush: 2 }).toString(), 'one fish, ');
  const whole = concat([...parts, hex('00 00 ff ff')]);
  assert.equal(inflateRawSync(whole, { finishFlush: 2 }).toString(), 'one fish, two fish');
  deflating.close();
});

test('where the deflater fails, it is closed, and the next fragment has another one', () => {
  let isFailing = true;
  let closed = 0;
  const codec: Compression = {
    ...nodeCompression(),
    canKeepContext: true,
    deflater(options): Deflater {
      const deflater = nodeCompression().deflater(options);
      if (!isFailing) return deflater;
      return {
        deflate: (...given) => deflater.deflate(...given),
        write: (...given) => deflater.write(...given),
        read: () => {
          throw new Error('no memory');
        },
        hasMore: true,
        output: deflater.output,
        close: () => {
          closed++;
          deflater.close();
        },
      };
    },
  };
  const deflating = compression(codec);
  assert.throws(() => deflating.deflateFragment(Buffer.from('a'), false, nodeMemory), { message: 'no memory' });
  assert.equal(closed, 1);
  isFailing = false;
  const payload = deflating.deflateFragment(Buffer.from('a'), true, nodeMemory);
  assert.equal(inflateRawSync(concat([payload, hex('00 00 ff ff')]), { finishFlush: 2 }).toString(), 'a');
  deflating.close();
});
