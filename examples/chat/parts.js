// What several nodes share, by the URL of a broker: the bus, the place for sessions, and the history.

/**
 * @param {string} url   `redis://…` or `nats://…`
 * @param {string} node  name of this node
 * @param {(gap: number) => void} back  the bus is there again, after so many milliseconds
 */
export async function sharedParts(url, node, back) {
  const options = { node, prefix: 'chat', ready: ({ gap }) => gap > 0 && back(gap) };
  if (new URL(url).protocol === 'nats:') {
    const { natsBus, natsStore } = await import('harmony-websocket/nats');
    const { natsHistory } = await import('./history/nats.js');
    return {
      bus: natsBus({ servers: url, ...options }),
      store: natsStore({ servers: url }),
      history: await natsHistory(url),
    };
  }
  const { redisBus, redisStore } = await import('harmony-websocket/redis');
  const { redisHistory } = await import('./history/redis.js');
  return { bus: redisBus({ url, ...options }), store: redisStore({ url }), history: await redisHistory(url) };
}
