// A stream over a link, where something ends it while the source or the link is being asked.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sendOverLink } from '../../../src/core/connection/link-stream.ts';
import { type WebSocketError, webSocketError } from '../../../src/core/errors.ts';
import type { MessageData } from '../../../src/core/message/message-data.ts';
import type { SendStreamOptions } from '../../../src/core/message/send-options.ts';
import type { OpenSource } from '../../../src/core/message/stream-source.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { isError } from '../../support/expect.ts';

/** @param ask  is called with a function that says that the message cannot be finished */
function sending(
  parts: readonly MessageData[],
  options: SendStreamOptions,
  ask: {
    room?: (gone: (error: WebSocketError) => void) => void;
    part?: (gone: (error: WebSocketError) => void) => void;
  },
) {
  const calls: string[] = [];
  const left = [...parts];
  let isGone: (error: WebSocketError) => void = () => {};
  const source = {
    isBinary: undefined,
    next: () => {
      ask.part?.(isGone);
      return left.shift();
    },
    cancel: () => void calls.push('cancel'),
  } as unknown as OpenSource;
  const open = (_: boolean | undefined, gone: (error: WebSocketError) => void) => {
    isGone = gone;
    return {
      hasRoom: () => void ask.room?.(gone),
      write: (part: string | Uint8Array) => void calls.push(`write ${String(part)}`),
      end: () => void calls.push('end'),
      abort: () => void calls.push('abort'),
    };
  };
  return { calls, done: sendOverLink(open, nodeHost, source, options) };
}

describe('a stream over a link', () => {
  const dropped = webSocketError('ERR_WS_DROPPED', 'the session is over');

  test('the message cannot be finished: found while the link is asked for room, and the source is cancelled', async () => {
    const { calls, done } = sending(['a'], {}, { room: (gone) => gone(dropped) });
    await assert.rejects(done, (error) => error === dropped);
    assert.deepEqual(calls, ['cancel']);
  });

  test('the same while the source is asked: its part is not written', async () => {
    const { calls, done } = sending(['a'], {}, { part: (gone) => gone(dropped) });
    await assert.rejects(done, (error) => error === dropped);
    assert.deepEqual(calls, ['cancel']);
  });

  test('the signal is aborted while the source is asked: the link is told, and the reason is the error', async () => {
    const abort = new AbortController();
    const reason = new Error('not wanted any more');
    const { calls, done } = sending(['a'], { signal: abort.signal }, { part: () => abort.abort(reason) });
    await assert.rejects(done, (error) => error === reason);
    assert.deepEqual(calls, ['cancel', 'abort']);
  });

  test('a text whose bytes end within a character, with a string after them, is refused', async () => {
    const { calls, done } = sending([Buffer.from('61c3', 'hex'), 'b'], { binary: false }, {});
    await assert.rejects(done, (error) => {
      const { cause } = isError(error, 'ERR_WS_SEND_STREAM', 'source');
      return !!isError(cause, 'ERR_WS_SEND_UTF8', 'UTF-8');
    });
    assert.deepEqual(calls, ['write a', 'cancel', 'abort']);
  });
});
