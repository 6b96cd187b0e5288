// Options of the engine as its types have them: what may be written, and what does not compile.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Rows } from '../../../src/core/option-check.ts';
import { size } from '../../../src/core/option-kinds.ts';
import {
  accept,
  type ConnectOptions,
  connect,
  createServer,
  type HeaderFields,
  type HeaderValue,
  refuse,
  release,
  shareMessage,
} from '../../../src/engine/index.ts';
import { same } from '../same.ts';

// Two cookies, in each form, where a response is made.
const cookies: HeaderFields[] = [
  { 'Set-Cookie': ['a=1', 'b=2'] },
  [
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ],
  new Map([['Set-Cookie', ['a=1', 'b=2']]]),
  new Headers([
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ]),
];
createServer({
  upgrade: ({ url }) =>
    url === '/'
      ? accept({ headers: { 'Set-Cookie': ['a=1', 'b=2'], 'Retry-After': 5 } })
      : refuse(401, 'no', cookies[0]),
});
for (const headers of cookies) {
  accept({ headers });
  refuse(403, undefined, headers);
  void connect('ws://a.example/', { headers });
}
accept({ headers: [['Set-Cookie', ['a=1', 'b=2']]] });
refuse(403, 'no', new Map([['Retry-After', 5]]));
same<HeaderValue, string | number | readonly (string | number)[]>(true);
same<ConnectOptions['subprotocols'], string | readonly string[] | undefined>(true);
// @ts-expect-error: not a boolean
accept({ headers: { 'X-A': true } });
// @ts-expect-error: a text is not a list of fields
refuse(403, 'no', 'X-A: 1');

// A client that comes back is there at once; it is asked for by `reconnect`, with which URL and headers may be functions.
connect('ws://a.example/', { reconnect: true }).send('x');
connect(async () => new URL('ws://a.example/'), {
  reconnect: { attempts: 3, outbox: false, network: { subscribe: () => () => {} } },
  headers: async () => ({ Authorization: 'x' }),
  handlers: {
    open: (connection) => void connection.remoteAddress,
    waiting: (delay, error) => `${delay.toFixed()} ${error.code}`,
    gaveUp: (_error, unsent) => unsent.map(({ data }) => data),
  },
}).connection?.ping();
void connect('ws://a.example/', { reconnect: false }).then((connection) => connection.ping());
// @ts-expect-error: without `reconnect` the URL is not a function
void connect(() => 'ws://a.example/', {});
// @ts-expect-error: nor are the headers
void connect('ws://a.example/', { headers: () => ({}) });
// @ts-expect-error: nothing is waited for
void connect('ws://a.example/', { handlers: { waiting() {} } });
// @ts-expect-error: a number of attempts is in the object
void connect('ws://a.example/', { reconnect: 5 });

// `undefined` is the same as absent, at every depth: values of the environment that may be there.
declare const port: number | undefined;
declare const word: string | undefined;
createServer({ limits: { maxMessageSize: port, maxConnections: port }, heartbeat: { interval: port, timeout: port } });
void connect('ws://a.example/', {
  limits: { maxQueuedBytes: port },
  heartbeat: { interval: port },
  compression: { level: port },
  tls: { passphrase: word },
  proxy: { host: 'a', port: 1, username: word, password: word },
});
void createServer().listen({ port, host: word });

// An option without a row in the table of checks does not compile, nor does a row of another type.
interface Options {
  one?: number;
  two?: number;
}
export const all = { one: size, two: size } satisfies Rows<Options>;
// @ts-expect-error: `two` has no row
export const missing = { one: size } satisfies Rows<Options>;
// @ts-expect-error: `three` is not an option
export const more = { one: size, two: size, three: size } satisfies Rows<Options>;
// @ts-expect-error: the check is of numbers
export const wrong = { name: size } satisfies Rows<{ name?: string }>;

// @ts-expect-error: other libraries' names
createServer({ maxPayload: 5 });
void connect('ws://a.example/').then((connection) => {
  connection.send('x', { binary: true });
  connection.send('x', { compress: false }, (error) => error?.code);
  connection.sendFragment('x', { fin: false, binary: true, compress: true }, () => {});
  const message = shareMessage('x', { binary: true });
  connection.sendShared(message);
  connection.sendShared(message, { compress: false }, (error) => error?.message);
  // @ts-expect-error: a message is made by shareMessage
  connection.sendShared('x');
  // @ts-expect-error: the role decides on masking
  connection.send('x', { mask: true });
  // @ts-expect-error: fragments are sent by sendFragment
  connection.send('x', { fin: false });
});
declare const upgraded: [IncomingMessage, Duplex, Buffer];
createServer<string>({ upgrade: () => accept({ context: 'a' }) }).handleUpgrade(...upgraded, {
  async upgrade(request) {
    return request.url === '/' ? accept({ context: 'b', subprotocol: request.subprotocols[0] }) : release();
  },
  invalid: (_, error) => (error.status === 426 ? release() : refuse(400)),
  accepting: (fields: readonly string[], request) => ({ 'X-Count': fields.length, 'X-Method': `${request.method}` }),
  opened: (connection) => connection.send(connection.context),
});
createServer().handleUpgrade(...upgraded, { upgrade: () => refuse(404) });
createServer().handleUpgrade(...upgraded, { upgrade: () => undefined });
createServer<string>({ upgrade: () => accept({ context: 'a' }) }).handleUpgrade(...upgraded, {
  // @ts-expect-error: a context of another type
  upgrade: () => accept(),
});
// @ts-expect-error: only an owner may keep the socket
createServer({ upgrade: () => release() });
createServer({
  autoPong: false,
  textMessages: 'bytes',
  message(connection, data, isBinary) {
    const binary: boolean = isBinary;
    connection.send(data, { binary });
  },
});
// @ts-expect-error: 'strings' or 'bytes'
createServer({ textMessages: 'buffers' });
createServer().broadcast('x', { compress: false, binary: true });
// @ts-expect-error: only publish leaves somebody out
createServer().broadcast('x', { except: '17' });
const sent: Promise<boolean> = createServer().sendTo('17', 'x', { compress: true });
createServer().publish('tea', 'x', { compress: await sent, binary: undefined });
// @ts-expect-error: true or false
createServer().publish('tea', 'x', { compress: 'always' });
