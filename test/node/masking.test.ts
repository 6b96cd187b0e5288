// Node's own masking: found where it does what RFC 6455 §5.3 says, and used by the core for what a client sends.

import assert from 'node:assert/strict';
import * as http from 'node:http';
import { test } from 'node:test';
import { useNativeMask } from '../../src/core/mask.ts';
import { findNativeMask } from '../../src/node/masking.ts';
import { assertMasked } from '../support/masking.ts';
import { exclusiveOr } from '../support/wire.ts';

/** As Node's, with something wrong. */
function wrong(change: (target: Uint8Array) => void): object {
  return {
    websocketMask(source: Uint8Array, key: Uint8Array, target: Uint8Array, at: number, size: number) {
      target.set(exclusiveOr(source.subarray(0, size), key), at);
      change(target);
    },
  };
}

test('it is found where Node has it', () => {
  assert.equal(findNativeMask() !== undefined, Reflect.has(http, 'websocketMask'));
});

test('one that is missing, throws, or writes something else is not taken', () => {
  assert.ok(findNativeMask(wrong(() => {})));
  assert.equal(findNativeMask({}), undefined);
  assert.equal(findNativeMask({ websocketMask: () => assert.fail('other arguments') }), undefined);
  for (const at of [0, 1, 40, 71]) {
    assert.equal(findNativeMask(wrong((target) => void target.fill(0xaa, at, at + 1))), undefined, `byte ${at}`);
  }
});

test('with Node’s routine and without it, the bytes are those of RFC 6455 §5.3', () => {
  const native = findNativeMask();
  try {
    for (const mask of [native, undefined]) {
      useNativeMask(mask);
      for (const size of [0, 1, 63, 64, 65, 1_023, 1_024, 65_537, 200_000]) assertMasked(size);
    }
  } finally {
    useNativeMask(native);
  }
});
