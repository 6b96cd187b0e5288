// What every client under test does: it opens connections to a bare echo and sends a message for each that comes back,
// as long as a round goes on; the first answer is compared. Or it opens connections that do nothing.

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

/** Idle connections opened at a time. */
const OPENING = 32;

export async function echo(open: Open): Promise<void> {
  const given = task<ClientTask>();
  if (given.connections === 0) openIdle(open, given);
  else await exchange(open, given);
}

/** Connections that are opened at a command of the harness, and kept. */
function openIdle(open: Open, { port }: ClientTask): void {
  const clients: EchoingClient[] = [];
  ready(0, {
    async open(count) {
      const last = clients.length + count;
      let next = clients.length;
      const openSome = async (): Promise<void> => {
        while (next++ < last) clients.push(await open(`ws://127.0.0.1:${port}/`, () => {}));
      };
      await Promise.all(Array.from({ length: OPENING }, openSome));
      return clients.length === last;
    },
  });
}

async function exchange(open: Open, { message, port, connections, inFlight }: ClientTask): Promise<void> {
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
