// Ports that `node:cluster` shares: it gives one socket to all processes of this one that listen on the same address, whichever cluster
// they are of. Two clusters would take each other's connections, and nobody would be told.

/** By port and address, or path. */
const holders = new Map<string, object>();

/** @returns whether the address is this cluster's from here on: no other one has it */
export function holdPort(cluster: object, address: object): boolean {
  const name = JSON.stringify(address);
  const holder = holders.get(name);
  if (holder === undefined) holders.set(name, cluster);
  return holder === undefined || holder === cluster;
}

/** The cluster has ended. */
export function leavePorts(cluster: object): void {
  for (const [name, holder] of holders) if (holder === cluster) holders.delete(name);
}
