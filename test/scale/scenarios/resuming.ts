// What scenarios with clients that resume have in common: how they begin, and what must have become of their questions.

import { ResumingClient } from '../resuming-client.ts';
import type { Script } from '../scenario.ts';

/** Clients, each subscribed to a topic. Resolves when all of them are. */
export async function resumingClients(
  { stage }: Script,
  topicOf: (index: number) => string,
): Promise<ResumingClient[]> {
  const clients = Array.from(
    { length: stage.settings.clients },
    (_, index) => new ResumingClient(`client-${index}`, topicOf(index), stage.balancer.port, stage.ledger),
  );
  await stage.until('every subscription is confirmed', () => clients.every(({ isSettled }) => isSettled));
  return clients;
}

export function sum(clients: readonly ResumingClient[], count: (client: ResumingClient) => number): number {
  return clients.reduce((total, client) => total + count(client), 0);
}

/** Waits for the last answers, judges them, and closes all. @param promise  what the check is called */
export async function judge(script: Script, clients: readonly ResumingClient[], promise: string): Promise<void> {
  const { stage } = script;
  await stage.until('everything is answered', () => clients.every(({ isDone }) => isDone));
  await stage.calm();
  const faults = clients.flatMap((client) => client.faults);
  const answered = sum(clients, (client) => client.answered);
  script.figure('questions answered', `${answered} of ${sum(clients, ({ asked }) => asked)}`);
  script.check(promise, faults.length === 0, faults.slice(0, 3).join('; ') || 'none');
  for (const client of clients) client.close();
}
