// Starts the endpoint: PUBLISH_TOKEN=… node examples/publish/main.js --bus redis://127.0.0.1:6379 [--prefix chat] [--port 8090]
//
// The token comes from the environment, where other users of the machine do not see it.

import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createPublisher } from 'harmony-websocket/bus';
import { publishEndpoint } from './endpoint.js';

try {
  const { values } = parseArgs({
    options: {
      bus: { type: 'string' },
      /** That of the servers. */
      prefix: { type: 'string' },
      port: { type: 'string', default: '8090' },
    },
  });
  const { bus: url = '', prefix } = values;
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  const common = { node: 'publish', ...(prefix && { prefix }) };
  let bus;
  if (protocol === 'nats:') bus = (await import('harmony-websocket/nats')).natsBus({ servers: url, ...common });
  else if (/^rediss?:$/.test(protocol)) bus = (await import('harmony-websocket/redis')).redisBus({ url, ...common });
  else throw new Error('--bus is missing; expected redis://host:port or nats://host:port');

  const publisher = createPublisher({ bus });
  const http = createServer(publishEndpoint({ publisher, token: process.env.PUBLISH_TOKEN }));
  http.requestTimeout = 10_000;
  await publisher.ready();
  http.listen(Number(values.port), '127.0.0.1', () =>
    console.log(`POST http://127.0.0.1:${http.address().port}/publish`),
  );
  process.once('SIGTERM', async () => {
    http.close();
    http.closeIdleConnections();
    await publisher.close();
  });
} catch (error) {
  console.error(`publish: ${error.message}`);
  process.exit(1);
}
