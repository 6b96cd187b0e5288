// RFC 6455 §8.1 on texts that come in parts: the short ways through them (ASCII known from unmasking, native validation
// of long parts, one sequence at a time where a part ends within one) against a strict TextDecoder that is given the
// same parts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Opcode } from '../../../src/core/constants.ts';
import { WebSocketError } from '../../../src/core/errors.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { Assembler } from '../../../src/core/message/assembler.ts';
import { nodeHost } from '../../../src/node/environment.ts';

const limits = {
  maxMessageSize: 1 << 20,
  maxFrameSize: 1 << 20,
  maxFragments: 1000,
  maxEmptyFragments: 1000,
  maxInflateRatio: 200,
};
const alphabets = ['abc xyz', 'Привет мир', '你好世界', 'a😀b👍', 'aéя€😀'];

/** The same numbers in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function bytesOf(below: (below: number) => number): Uint8Array {
  let text = '';
  for (let run = 1 + below(4); run > 0; run--) {
    const letters = [...(alphabets[below(alphabets.length)] as string)];
    for (let left = below(400); left > 0; left--) text += letters[below(letters.length)];
  }
  const bytes = new TextEncoder().encode(text);
  // Half of them are broken: a byte changed, or the end cut off.
  const kind = below(4);
  if (kind === 0 && bytes.length > 0) bytes[below(bytes.length)] = below(256);
  return kind === 1 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
}

/** What comes of the parts: a text, or the number of the part with which it fails; the number of parts: at the end. */
function plainly(parts: readonly Uint8Array[]): string | number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (const [index, part] of parts.entries()) {
    try {
      text += decoder.decode(part, { stream: true });
    } catch {
      return index;
    }
  }
  try {
    return text + decoder.decode();
  } catch {
    return parts.length;
  }
}

function byAssembler(parts: readonly Uint8Array[], knowsBits: boolean, isFragmented: boolean): string | number {
  const messages: (string | Uint8Array)[] = [];
  const assembler = new Assembler(nodeHost.text, nodeHost.memory, new MemoryPool(nodeHost.memory));
  assembler.serve({ messageReceived: (data) => messages.push(data) }, limits);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  let failed = parts.length;
  try {
    if (!isFragmented) assembler.begin(0x80 | Opcode.text, total);
    for (const [index, part] of parts.entries()) {
      failed = index;
      // Somewhere within a chunk.
      const chunk = new Uint8Array(part.length + 5).fill(0xff);
      chunk.set(part, 2);
      const bits = knowsBits ? part.reduce((all, byte) => all | byte, 0) : -1;
      const opcode = index === 0 ? Opcode.text : Opcode.continuation;
      if (isFragmented) {
        assembler.begin(opcode, part.length);
        assembler.whole(opcode, chunk, 2, 2 + part.length, bits);
      } else assembler.part(chunk, 2, 2 + part.length, bits, 0);
    }
    failed = parts.length;
    if (isFragmented) assembler.begin(0x80 | Opcode.continuation, 0);
    assembler.end(0x80);
  } catch (error) {
    assert.ok(error instanceof WebSocketError && error.code === 'ERR_WS_INVALID_UTF8', String(error));
    return failed;
  }
  assert.equal(messages.length, 1);
  return messages[0] as string;
}

for (const isFragmented of [false, true]) {
  for (const knowsBits of [true, false]) {
    const way = `${isFragmented ? 'fragments' : 'chunks of one frame'}, ${knowsBits ? 'unmasked by us' : 'never masked'}`;
    test(`RFC 6455 §8.1: 1,500 texts, half of them broken, cut anywhere: ${way}`, () => {
      let refused = 0;
      for (let seed = 1; seed <= 1500; seed++) {
        const below = numbers(seed);
        const bytes = bytesOf(below);
        const parts: Uint8Array[] = [];
        const longest = [3, 40, 300, 2000][below(4)] as number;
        for (let at = 0; at < bytes.length; ) {
          const size = 1 + below(longest);
          parts.push(bytes.subarray(at, at + size));
          at += size;
        }
        if (parts.length === 0 || parts.length > 900) continue;
        const expected = plainly(parts);
        if (typeof expected === 'number') refused++;
        assert.equal(byAssembler(parts, knowsBits, isFragmented), expected, `seed ${seed}`);
      }
      assert.ok(refused > 300, `${refused} were refused`);
    });
  }
}
