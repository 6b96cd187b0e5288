// What most scenarios have in common: topics over all nodes, an even load, and the time until all nodes hear of one another again.

import type { Load } from '../load.ts';
import { now } from '../moment.ts';
import type { Script } from '../scenario.ts';

/** Not a multiple of the number of nodes: otherwise a balancer that goes round would put a topic's clients on one node. */
const TOPICS = 31;
export const topics: readonly string[] = Array.from({ length: TOPICS }, (_, index) => `news.${index}`);

/** Publishes a second, of all clients. Each goes to some twenty subscribers. */
const RATE = 200;
/** Bytes of a message. */
const SIZE = 64;

/** Two topics for each client, spread over all. */
export function topicsOf(index: number): string[] {
  return [topics[index % TOPICS] as string, topics[(index * 7 + 3) % TOPICS] as string];
}

/** Clients and subscriptions on all nodes, then traffic for a while. @returns the load, which goes on */
export async function begin({ stage, seconds, say }: Script, { rate = RATE, size = SIZE } = {}): Promise<Load> {
  say(`${stage.settings.clients} clients come`);
  await stage.gather(topicsOf);
  await stage.connectAll(topics);
  say('traffic');
  const load = stage.load((number) => topics[number % TOPICS] as string, { rate, size });
  await seconds(4);
  return load;
}

/** Traffic for a while, then none, until nothing comes any more. */
export async function finish({ stage, seconds, say }: Script, load: Load): Promise<void> {
  await seconds(4);
  load.stop();
  say('the last messages');
  await stage.calm();
}

/** Waits until these nodes have reported that their bus is back, and until all nodes hear of one another. */
export async function recovered(
  { stage, figure, say }: Script,
  nodes: readonly number[],
  since: number,
): Promise<void> {
  say('waiting for the bus');
  const names = nodes.map((number) => stage.node(number).name);
  await stage.until(`the bus of ${names.join(', ')} is ready again`, () =>
    names.every((name) => stage.heard('ready', since, name).length > 0),
  );
  const ready = Math.max(...names.map((name) => stage.heard('ready', since, name).at(-1)?.at ?? 0));
  figure('ready again after', seconds(ready - since));
  await stage.connectAll(topics);
  figure('all paths deliver after', seconds(now() - since));
}

/** Checks that these nodes told that they lost the bus, and how soon. */
export function told({ stage, figure, check }: Script, nodes: readonly number[], since: number): void {
  const delays = nodes.map((number) => stage.heard('lost', since, stage.node(number).name)[0]?.at ?? Infinity);
  const slowest = Math.max(...delays) - since;
  check(
    'each of these nodes reported the loss',
    Number.isFinite(slowest),
    `${delays.filter(Number.isFinite).length} of ${nodes.length}`,
  );
  if (Number.isFinite(slowest)) figure('loss reported after', seconds(slowest));
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
