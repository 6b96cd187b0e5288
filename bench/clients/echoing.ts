// What every client under test does: it opens connections to a bare echo and sends a message for each that comes back,
// as long as a round goes on. The first answer is compared.

import { payloadOf } from '../load/payload.ts';
import { ready, task } from '../servers/child.ts';
import type { ClientTask } from '../servers/task.ts';

export type Data = string | Uint8Array | ArrayBuffer;

/** One connection of a library. */
export interface EchoingClient {
  send(data: string | Buffer): void;
}

/**
 * Opens one connection. @param received  to be called with each message. @returns it, once it is open
 */
export type Open = (url: string, received: (data: Data) => void) => Promise<EchoingClient>;

export async function echo(open: Open): Promise<void> {
  const { message, port, connections, inFlight } = task<ClientTask>();
  const payload = payloadOf(message.size, message.opcode);
  const data = message.opcode === 1 ? payload.toString('latin1') : payload;
  const clients: EchoingClient[] = [];
  let isRunning = false;
  let isChecked = false;
  let count = 0;
  let outstanding = 0;
  let idle: (() => void) | undefined;
  for (let index = 0; index < connections; index++) {
    const client = await open(`ws://127.0.0.1:${port}/`, (answer) => {
      if (!isChecked) {
        isChecked = true;
        check(answer, payload);
      }
      count++;
      if (isRunning) client.send(data);
      else if (--outstanding === 0) idle?.();
    });
    clients.push(client);
  }
  ready(0, {
    async run(milliseconds) {
      count = 0;
      outstanding = clients.length * inFlight;
      isRunning = true;
      const start = performance.now();
      for (const client of clients) for (let index = 0; index < inFlight; index++) client.send(data);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      isRunning = false;
      if (outstanding > 0) await new Promise<void>((resolve) => (idle = resolve));
      return { count, seconds: (performance.now() - start) / 1000 };
    },
  });
}

function check(answer: Data, payload: Buffer): void {
  const bytes = typeof answer === 'string' ? Buffer.from(answer) : Buffer.from(answer as Uint8Array);
  if (!bytes.equals(payload)) throw new Error('the first answer is not the echo');
}
