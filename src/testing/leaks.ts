// What the code under test has left open on an in-memory network, in words.

import { describeAddress } from '../node/address.ts';
import { describeTarget, type MemoryNetwork } from './memory-network.ts';

/** The connections and listeners that the code under test has open, one line of text for each. */
export function openThings({ connections, ports, connecting }: MemoryNetwork): string[] {
  const lines: string[] = [];
  for (const { client, server, isPeer, from, to, asked } of connections) {
    const ends: string[] = [];
    if (!isPeer.client && !client.closed) ends.push('client');
    if (!isPeer.server && !server.closed) ends.push('server');
    if (ends.length === 0) continue;
    lines.push(
      `connection from ${describeAddress(from)} to ${describeTarget(asked, to)}, open at the ${ends.join(' and the ')}`,
    );
  }
  for (const _socket of connecting) lines.push('connection attempt that has not ended');
  for (const { isPeer, address } of ports.listeners) {
    if (!isPeer) lines.push(`listener on ${describeAddress(address)}`);
  }
  return lines;
}

/** The text of the error for what was left open. */
export function leakText(leaks: readonly string[]): string {
  const what = leaks.length === 1 ? 'something' : `${leaks.length} things`;
  return `the code under test left ${what} open:\n${leaks.map((leak) => `  ${leak}`).join('\n')}`;
}

/** Shows what passed on a network whose test has failed, below what the runner shows of the failure. */
export function printRecord(record: string): void {
  if (record !== '') console.error(`what passed on the network of the test:\n${record}`);
}
