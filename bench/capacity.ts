// What `ws` can do in this run: rows at a fixed rate send a part of it.

import type { Measure } from './harness/machine.ts';
import { commandOf } from './harness/peers.ts';
import { serverContenders } from './harness/servers.ts';
import type { EchoKind } from './load/echo-load.ts';
import { median } from './statistics.ts';

const ROUNDS = 3;

/** By the binary of Node. */
const measured = new Map<string, number>();

/** Messages per second that `ws` answers when each connection sends the next one on each answer. @throws when it is missing */
export async function capacityOf(
  kind: EchoKind,
  { node, milliseconds, warmUp }: Measure & { readonly warmUp: number },
): Promise<number> {
  const known = measured.get(node.binary);
  if (known !== undefined) return known;
  const command = (): ReturnType<typeof commandOf> => commandOf('server', 'ws', node);
  const closed = { id: '', row: '', title: '', servers: [], targets: [], kind: 'echo', echo: kind } as const;
  const setting = { name: 'ws', command, tls: undefined, engine: undefined, capacity: 0 };
  const rates: number[] = [];
  for (const [, contender] of serverContenders(closed, setting)) {
    try {
      await contender.start?.();
      await contender.round(warmUp);
      for (let round = 0; round < ROUNDS; round++) rates.push((await contender.round(milliseconds)).rate as number);
    } finally {
      await contender.stop?.();
    }
  }
  const capacity = median(rates);
  measured.set(node.binary, capacity);
  return capacity;
}
