// Whether several processes can listen on one port (SO_REUSEPORT): `net.Server.listen({ reusePort })` ignores the option where
// it does not know it.

import process from 'node:process';

/** Returns what this runtime lacks; `undefined`: nothing. */
export function reusePortProblem(versions: NodeJS.ProcessVersions = process.versions): string | undefined {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number);
  const isKnown = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
  const isNode = versions.bun === undefined && versions.deno === undefined;
  if (isKnown && isNode) return undefined;
  return `false here (Node.js ${versions.node}): Node.js has it since 22.12 and 23.1; node:cluster shares ports on all versions`;
}
