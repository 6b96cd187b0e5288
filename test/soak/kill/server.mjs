// The process that is killed: it writes down each message that it handles, as an application with a database does, and answers it.
// It runs what was built, without a loader: it is started often. Arguments: port (0: any), directory of the sessions, file of the
// book (empty: none), mode (`none`: no store).

import { appendFileSync } from 'node:fs';
import { createServer, fileStore } from '../../../dist/engine/index.js';

const [port, directory = '', book = '', mode = 'none'] = process.argv.slice(2);
/** @type {Pick<import('../../../dist/engine/index.js').ResumeOptions<undefined>, 'store' | 'mode'>} */
const store = mode === 'none' ? {} : { store: fileStore({ directory }), mode: mode === 'ahead' ? mode : 'spill' };
const server = createServer({
  limits: { maxConnectionsPerAddress: 100_000, maxConnectionsPerMinute: 10_000_000, maxHandshakes: 100_000 },
  resume: { ...store, maxResumesPerMinute: Infinity, maxFailuresPerMinute: Infinity },
  message(connection, data) {
    const { id, messageNumber } = connection.session ?? {};
    if (book !== '') appendFileSync(book, `${id}/${messageNumber} ${data}\n`);
    connection.send(data);
  },
});
const { port: own } = await server.listen({ host: '127.0.0.1', port: Number(port) });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, away: server.metrics().sessions?.detached ?? 0 });
});
process.on('disconnect', () => process.exit());
process.send?.({ port: own });
