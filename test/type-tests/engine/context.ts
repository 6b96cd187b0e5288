// The context of a server's connections: if you name its type, you must give an `upgrade` that provides it.

import {
  accept,
  type Connection,
  connect,
  createServer,
  refuse,
  type ServerOptions,
} from '../../../src/engine/index.ts';
import { same } from '../same.ts';

interface User {
  readonly name: string;
}
const user: User = { name: 'anna' };

// Without a context
createServer();
createServer({});
createServer({ message: (connection, data) => connection.send(data) });
createServer({ upgrade: () => {} });
createServer({ upgrade: () => accept() });
createServer({ upgrade: async () => accept({ subprotocol: 'chat', headers: { 'Set-Cookie': 'id=1' } }) });
createServer<undefined>({ upgrade: ({ url }) => (url === '/' ? undefined : refuse(404)) });
createServer({ open: (connection) => void same<typeof connection.context, undefined>(true) });

// With one
createServer<User>({ upgrade: () => accept({ context: user }), message: ({ context }) => void context.name.length });
createServer<User>({ upgrade: async () => (user.name === '' ? refuse(401) : accept({ context: user })) });
createServer<User | undefined>({ message: ({ context }) => void context?.name });
createServer<User | undefined>({ upgrade: ({ url }) => (url === '/' ? accept({ context: user }) : undefined) });
const inferred = createServer({
  upgrade: () => accept({ context: user }),
  open: ({ context }) => void same<typeof context, User>(true),
});
for (const { context } of inferred.connections) same<typeof context, User>(true);
const options: ServerOptions<User> = { upgrade: () => accept({ context: user }) };
createServer(options);

// @ts-expect-error: nothing provides the context
createServer<User>();
// @ts-expect-error: likewise
createServer<User>({});
// @ts-expect-error: likewise
createServer<User>({ message: ({ context }) => void context.name.length });
// @ts-expect-error: an upgrade that accepts without it
createServer<User>({ upgrade: () => accept() });
// @ts-expect-error: likewise, in some cases
createServer<User>({ upgrade: ({ url }) => (url === '/' ? accept({ context: user }) : undefined) });
// @ts-expect-error: likewise, later
createServer<User>({ upgrade: async () => {} });
// @ts-expect-error: a context of another type
createServer<User>({ upgrade: () => accept({ context: 5 }) });
// @ts-expect-error: the options of such a server have it, too
export const incomplete: ServerOptions<User> = { open: () => {} };

// Handlers may be async, answer anything, and name their server.
const server = createServer({
  open: async (connection) => connection.subscribe('all'),
  message: (_, data) => server.broadcast(data),
  failed: (error: unknown, subject) => void [error, subject],
});
void connect('ws://localhost/', {
  handlers: { message: async (connection: Connection) => connection.close(), failed: (_, it) => void it?.terminate() },
});
