// Checks for the handlers that clients and servers have in common.

import type { Rows } from '../core/option-check.ts';
import { handler } from '../core/option-kinds.ts';
import type { PeerHandlers } from './handlers.ts';

export const handlerRows = {
  open: handler,
  message: handler,
  error: handler,
  close: handler,
  drain: handler,
  ping: handler,
  pong: handler,
  failed: handler,
} satisfies Rows<PeerHandlers<unknown>>;
