// A worker of a test: an ordinary program with a server. What it is asked for comes by messages.

import process from 'node:process';
import { createCluster } from 'harmony-websocket/cluster';
import { createServer, fileStore } from 'harmony-websocket/engine';

const { MISTAKE, DIRECTORY, MODE, PORT = '0' } = process.env;
if (MISTAKE !== undefined) throw new Error(MISTAKE);

const server = createServer({
  ...(DIRECTORY === undefined
    ? {}
    : { resume: { store: fileStore({ directory: DIRECTORY }), mode: MODE, drainSpread: 50 } }),
  open(connection) {
    connection.subscribe('room');
    connection.send(`hello from ${process.pid}`);
  },
  async message(connection, data) {
    const [verb, ...rest] = String(data).split(' ');
    const text = rest.join(' ');
    if (verb === 'throw')
      setImmediate(() => {
        throw new Error(text);
      });
    else if (verb === 'publish') connection.send(`published ${server.publish('room', text)}`);
    else if (verb === 'send') connection.send(`sent ${await server.sendTo(rest[0], 'privately')}`);
    else if (verb === 'id') connection.send(`id ${connection.id}`);
    else if (verb === 'count') connection.send(`count ${(await server.count()).count}`);
    else if (verb === 'cluster')
      connection.send(await createCluster({ server: './room.js' }).catch(({ code }) => code));
    else connection.send(`echo ${text}`);
  },
});
await server.listen({ host: '127.0.0.1', port: Number(PORT), metrics: '/metrics', health: '/healthz' });
