// Which server has which slot, from the answer to `CLUSTER SLOTS`.

import { SLOTS } from './hash-slot.ts';

/** @returns for each slot the id of its master. What has another form is left out: a library may shape answers its own way */
export function ownersOf(answer: unknown): Map<number, string> {
  const owners = new Map<number, string>();
  if (!Array.isArray(answer)) return owners;
  for (const range of answer as unknown[]) {
    if (!Array.isArray(range)) continue;
    const [first, last, master] = range as unknown[];
    if (!Array.isArray(master)) continue;
    const [host, port, id] = master as unknown[];
    const name = String(id ?? `${String(host)}:${String(port)}`);
    const end = Math.min(Number(last), SLOTS - 1);
    for (let slot = Number(first); slot <= end; slot++) owners.set(slot, name);
  }
  return owners;
}
