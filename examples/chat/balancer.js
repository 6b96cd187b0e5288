// A small TCP balancer: each connection goes to the node that has had none for longest. A node that refuses is passed over. For
// production use HAProxy or nginx (docs/production.md).

import { connect, createServer } from 'node:net';

/** @param {() => number[]} ports  of the nodes that run, on this machine */
export function createBalancer(ports) {
  let turn = 0;
  return createServer({ pauseOnConnect: true }, (client) => {
    client.on('error', () => client.destroy());
    const nodes = ports();
    const start = turn++;
    const attempt = (index) => {
      if (index === nodes.length || client.destroyed) {
        client.destroy();
        return;
      }
      const upstream = connect({ port: nodes[(start + index) % nodes.length], host: '127.0.0.1', noDelay: true });
      const refused = () => attempt(index + 1);
      upstream.once('error', refused);
      upstream.once('connect', () => {
        upstream.off('error', refused);
        upstream.on('error', () => upstream.destroy());
        // What ends one side ends the other.
        upstream.on('close', () => client.destroy());
        client.on('close', () => upstream.destroy());
        client.setNoDelay(true).pipe(upstream).pipe(client);
      });
    };
    attempt(0);
  });
}
