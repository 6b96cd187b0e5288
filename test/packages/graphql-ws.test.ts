import assert from 'node:assert/strict';
import { WebSocket, WebSocketServer } from 'ws';
import { call, place } from './place.ts';
import { trial } from './trial.ts';

async function schema() {
  const { buildSchema } = await import('graphql');
  return buildSchema('type Query { hello(name: String!): String! } type Subscription { count(to: Int!): Int! }');
}

const roots = {
  query: { hello: ({ name }: { name: string }) => `Hello, ${name}` },
  subscription: {
    async *count({ to }: { to: number }) {
      for (let count = 1; count <= to; count++) yield { count };
    },
  },
};

trial(
  { name: 'graphql-ws', exercised: 'server and client: query, subscription, 4406 and 4400 for bad peers' },
  async (scope) => {
    const { useServer } = await import('graphql-ws/use/ws');
    const { createClient } = await import('graphql-ws');
    const { server, host } = await place(scope);
    const sockets = new WebSocketServer({ server, path: '/graphql' });
    const stop = useServer({ schema: await schema(), roots }, sockets);
    scope.defer(() => stop.dispose());
    const client = createClient({ url: `ws://${host}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
    scope.defer(() => client.dispose());
    const results = async (query: string) => {
      const all: unknown[] = [];
      for await (const { data } of client.iterate({ query })) all.push({ ...data });
      return all;
    };
    assert.deepEqual(await results('{ hello(name: "é") }'), [{ hello: 'Hello, é' }]);
    assert.deepEqual(await results('subscription { count(to: 3) }'), [{ count: 1 }, { count: 2 }, { count: 3 }]);

    const stranger = await call(scope, `ws://${host}/graphql`);
    assert.equal(await stranger.end, '4406 Subprotocol not acceptable');
    const mistaken = await call(scope, `ws://${host}/graphql`, 'graphql-transport-ws');
    mistaken.socket.send('{');
    assert.match(await mistaken.end, /^4400 /u);
  },
);
