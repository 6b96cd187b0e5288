// Where a connection over sockets and one of only the core must agree, and where they may differ.

import assert from 'node:assert/strict';
import type { DeflateAgreement } from '../../../src/core/extension/compression-settings.ts';

/** permessage-deflate without parameters. */
export const defaultAgreement: DeflateAgreement = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** The same events. Which of three errors a broken compressed message fails with is a matter of cuts; see connection.ts. */
export function assertSameEvents(actual: readonly string[], expected: readonly string[], isCompressed: boolean): void {
  const normal = (event: string) =>
    isCompressed ? event.replace(/ERR_WS_(INFLATE|INVALID_UTF8|MESSAGE_TOO_LARGE)/, 'ERR_WS_INFLATE') : event;
  assert.deepEqual(actual.map(normal), expected.map(normal));
}
