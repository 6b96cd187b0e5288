// RFC 7692 §7.2.2 under maxMessageSize: what lies after the byte that exceeds it is not inflated, errors included.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { hex } from '../support/hex.ts';
import { frame, wire } from '../support/wire.ts';

test('an error well after the limit is not met: 1009, wherever it is cut', () => {
  // 21 times "a" in one match that the limit cuts, then a block type that does not exist.
  const payload = hex('4a 4c c4 02 00 00 00 00 ff ff 07');
  const bytes = wire('server', frame(0xc1, payload));
  for (const size of [bytes.length, 1, 13, 16]) {
    const { transport, turn, events } = openConnection('server', { deflate: {}, limits: { maxMessageSize: 15 } });
    for (let at = 0; at < bytes.length; at += size) {
      transport.deliver(bytes.slice(at, at + size));
      turn.end();
    }
    assert.deepEqual(events, ['error ERR_WS_MESSAGE_TOO_LARGE'], `chunks of ${size}`);
  }
});
