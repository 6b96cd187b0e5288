// What handlers of sessions are given, with a context type and without.

import {
  accept,
  createServer,
  fileStore,
  memoryStore,
  type Resumption,
  type Session,
} from '../../../src/engine/index.ts';
import { same } from '../same.ts';

createServer({
  resume: true,
  resumed: ({ session, context }, { lost, isRestored }) => {
    same<typeof session, Session | undefined>(true);
    same<typeof context, undefined>(true);
    same<typeof lost, Resumption['lost']>(true);
    same<typeof isRestored, boolean>(true);
  },
});
createServer({
  resume: { keep: 1, store: fileStore({ directory: 'sessions' }), bind: ({ headers }) => headers.cookie ?? '' },
  upgrade: () => accept({ context: { user: 'ann' } }),
  interrupted: ({ context }) => void same<typeof context.user, string>(true),
  expired: ({ context }, { unacknowledged }) => {
    same<typeof context.user, string>(true);
    for (const { data } of unacknowledged) same<typeof data, string | Uint8Array>(true);
  },
});
createServer({ resume: { store: memoryStore(), authorize: async ({ id }, { url }) => id === url } });
// @ts-expect-error a time is a number
createServer({ resume: { keep: '1 min' } });
// @ts-expect-error there is no such setting
createServer({ resume: { ttl: 5 } });
