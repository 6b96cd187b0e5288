// One node of several: a process of its own, started by main.js, which it tells its port.

import { createChat } from './chat.js';
import { answerRequest } from './pages.js';
import { sharedParts } from './parts.js';

const { node, bus: url } = JSON.parse(process.argv[2]);
let chat;
try {
  const { bus, store, history } = await sharedParts(url, node, () => chat.caughtUp());
  chat = createChat({ node, bus, store, history });
  const { port } = await chat.server.listen({ host: '127.0.0.1', port: 0, request: answerRequest });
  process.send?.({ port });

  let isEnding = false;
  const end = async () => {
    if (isEnding) return;
    isEnding = true;
    // Whatever the broker does: it may be gone, too.
    setTimeout(() => process.exit(1), 5_000).unref();
    // Clients are told to come back, and their sessions go to the store: another node goes on with them.
    await chat.close();
    await store.close?.();
    await history.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(signal, end);
} catch (error) {
  process.send?.({ problem: error.message }, () => process.exit(1));
}
