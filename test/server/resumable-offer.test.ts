// How a client asks for a session by its subprotocols, and what the application sees of that.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applicationOffers, resumableName } from '../../src/server/resumable-offer.ts';

describe('a session is asked for by the suffix of a subprotocol', () => {
  test('the application sees each name once, without suffix', () => {
    assert.deepEqual(applicationOffers(['chat+wsr1', 'chat', 'v2']), ['chat', 'v2']);
    assert.deepEqual(applicationOffers(['wsr1']), []);
    assert.deepEqual(applicationOffers(['+wsr1', 'b+wsr1', 'a']), ['b', 'a']);
    assert.deepEqual(applicationOffers([]), []);
  });

  test('the answer has the suffix only if it was offered with this name', () => {
    assert.equal(resumableName('chat', ['chat+wsr1', 'chat']), 'chat+wsr1');
    assert.equal(resumableName('chat', ['chat', 'wsr1']), undefined);
    assert.equal(resumableName('', ['chat', 'wsr1']), 'wsr1');
    assert.equal(resumableName('', ['chat+wsr1']), undefined);
  });
});
