// The checks of the options of `createPresence`.

import type { Rows, Schema } from '../core/option-check.ts';
import { handler, integer, size } from '../core/option-kinds.ts';
import type { PresenceOptions } from './options.ts';

export const presenceSchema: Schema<PresenceOptions<never>> = {
  of: 'createPresence',
  example: '{ joined(topic, members) {}, left(topic, members) {} }',
  mayBeInstance: true,
  rows: {
    joined: handler,
    left: handler,
    changed: handler,
    debounce: integer(0, 60_000),
    refresh: integer(1_000, 600_000),
    maxMembers: size,
    maxTopics: size,
    maxData: size,
  } satisfies Rows<PresenceOptions<never>>,
  elsewhere: {
    join: 'use joined',
    leave: 'use left',
    update: 'use changed',
    timeout: 'use debounce',
    ttl: 'use debounce; a node that died is known by the option liveness of the bus',
  },
};
