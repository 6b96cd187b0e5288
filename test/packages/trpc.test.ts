import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { place } from './place.ts';
import { trial } from './trial.ts';

trial(
  {
    name: '@trpc/server',
    exercised: 'applyWSSHandler with @trpc/client: query, subscription, keep-alive, reconnect notice',
  },
  async (scope) => {
    const { initTRPC } = await import('@trpc/server');
    const { applyWSSHandler } = await import('@trpc/server/adapters/ws');
    const { createTRPCClient, createWSClient, wsLink } = await import('@trpc/client');
    const { server, host } = await place(scope);
    const api = initTRPC.create();
    const router = api.router({
      double: api.procedure.input((value) => Number(value)).query(({ input }) => 2 * input),
      countdown: api.procedure
        .input((value) => Number(value))
        .subscription(async function* ({ input }) {
          for (let left = input; left > 0; left--) yield left;
        }),
    });
    const sockets = new WebSocketServer({ server });
    const handler = applyWSSHandler({
      wss: sockets,
      router,
      keepAlive: { enabled: true, pingMs: 10, pongWaitMs: 30_000 },
    });
    scope.defer(() => sockets.close());
    const client = createWSClient({ url: `ws://${host}`, WebSocket: WebSocket as never, retryDelayMs: () => 1 });
    scope.defer(() => client.close());
    const remote = createTRPCClient<typeof router>({ links: [wsLink({ client })] });
    assert.equal(await remote.double.query(21), 42);
    const counted: number[] = [];
    await new Promise<void>((resolve, reject) => {
      remote.countdown.subscribe(3, {
        onData: (value) => counted.push(value as number),
        onError: reject,
        onComplete: resolve,
      });
    });
    assert.deepEqual(counted, [3, 2, 1]);
    const again = once(sockets, 'connection');
    handler.broadcastReconnectNotification();
    await again;
    assert.equal(await remote.double.query(4), 8);
  },
);
