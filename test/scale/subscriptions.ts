// `npm run scale -- --memory`: what a subscription costs the broker. A million of them, by one connection, and the resident memory
// before and after. The protocols are spoken by hand.

import { connect, type Socket } from 'node:net';
import { startBrokers } from './brokers.ts';
import type { Daemon } from './daemon.ts';
import { whole } from './play.ts';

const COUNT = 1_000_000;
/** Subscriptions in one write. */
const BATCH = 1_000;

const speakers = {
  redis: {
    greeting: '',
    subscribe: (topics: readonly string[]) => `SUBSCRIBE ${topics.join(' ')}\r\nPING\r\n`,
    /** The answer to PING is the last of a batch. */
    isDone: (text: string) => /\bpong\b/iu.test(text),
  },
  nats: {
    greeting: 'CONNECT {"verbose":false}\r\n',
    subscribe: (topics: readonly string[], from: number) =>
      `${topics.map((topic, index) => `SUB ${topic} ${from + index}\r\n`).join('')}PING\r\n`,
    isDone: (text: string) => text.includes('PONG'),
  },
};

/** Prints a line for each broker. */
export async function measureSubscriptions(): Promise<void> {
  for (const kind of ['redis', 'nats'] as const) {
    const brokers = await startBrokers(kind);
    try {
      const [server] = brokers.servers as [Daemon];
      const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
      const before = server.resident;
      await subscribeAll(socket, kind);
      const each = (server.resident - before) / COUNT;
      console.log(
        `${kind}: ${whole(each)} bytes for each of ${whole(COUNT)} subscriptions, ${whole((server.cpu * 1000) / COUNT)} ns of CPU`,
      );
      socket.destroy();
    } finally {
      await brokers.close();
    }
  }
}

async function subscribeAll(socket: Socket, kind: keyof typeof speakers): Promise<void> {
  const { greeting, subscribe, isDone } = speakers[kind];
  let done: (() => void) | undefined;
  socket.setEncoding('latin1').on('data', (text: string) => {
    if (isDone(text)) done?.();
  });
  if (greeting !== '') socket.write(greeting);
  for (let from = 0; from < COUNT; from += BATCH) {
    const topics = Array.from({ length: BATCH }, (_, index) => `hws.t.user-${from + index}`);
    await new Promise<void>((resolve) => {
      done = resolve;
      socket.write(subscribe(topics, from));
    });
  }
}
