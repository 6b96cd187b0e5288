// The check of the option `observer`.

import type { Observer } from './observer.ts';
import type { Rows, Schema } from './option-check.ts';
import { handler, nested } from './option-kinds.ts';

export const observerSchema: Schema<Observer<unknown>> = {
  of: 'observer',
  example: '{ frame(connection, frame) {} }',
  mayBeInstance: true,
  rows: {
    handshake: handler,
    open: handler,
    frame: handler,
    message: handler,
    drain: handler,
    slowConsumer: handler,
    error: handler,
    close: handler,
  } satisfies Rows<Observer<unknown>>,
  elsewhere: {
    ping: 'use frame: a ping has the opcode 9',
    pong: 'use frame: a pong has the opcode 10',
    upgrade: 'use handshake',
  },
};

export const observerCheck = nested(observerSchema);
