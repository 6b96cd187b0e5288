// Paths with parameters: handlers know the names, a context goes along, and unknown names do not compile.

import { accept, createServer, type PathParams } from '../../../src/engine/index.ts';
import { same } from '../same.ts';

same<keyof PathParams<'/'>, never>(true);
same<keyof PathParams<'/chat'>, never>(true);
same<PathParams<'/chat/:room'>, { readonly room: string }>(true);
same<PathParams<'/:a/x/:b/:c'>, { readonly a: string; readonly b: string; readonly c: string }>(true);
same<PathParams<string>, Readonly<Record<string, string>>>(true);

createServer({
  paths: {
    '/chat/:room': {
      upgrade: ({ params }) => {
        same<typeof params.room, string>(true);
        // @ts-expect-error: there is no such parameter
        params.rooms;
      },
      message: (connection, data) => {
        same<typeof data, string | Buffer>(true);
        same<typeof connection.params.room, string>(true);
        // @ts-expect-error: there is no such parameter
        connection.params.name;
      },
      limits: { maxMessageSize: 5 },
    },
    '/news': {
      open: ({ params }) => {
        // @ts-expect-error: it has no parameters
        params.room;
      },
    },
  },
  close: ({ params }) => void same<typeof params, object>(true),
});

// The context comes from the `upgrade` of the server.
const server = createServer({
  paths: { '/users/:name': { open: ({ context, params }) => void same<typeof context, typeof params.name>(true) } },
  upgrade: () => accept({ context: 'ann' }),
});
for (const { context } of server.members('t')) same<typeof context, string>(true);

createServer<number, '/a/:b'>({ paths: { '/a/:b': { upgrade: () => accept({ context: 5 }) } } });
// @ts-expect-error: the context is a number
createServer<number, '/a/:b'>({ paths: { '/a/:b': { upgrade: () => accept({ context: 'five' }) } } });
// @ts-expect-error: not an option of a path
createServer({ paths: { '/a': { handshakeTimeout: 5 } } });
// @ts-expect-error: a bound of the whole server
createServer({ paths: { '/a': { limits: { maxConnections: 5 } } } });
// @ts-expect-error: not a handler
createServer({ paths: { '/a': { mesage: () => {} } } });
