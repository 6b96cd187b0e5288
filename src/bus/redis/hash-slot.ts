// The slots of Redis Cluster: CRC-16 (XMODEM) of the name, modulo 16,384 (Redis Cluster specification, "Key distribution
// model"). Names here have no braces, so that the whole name counts.

export const SLOTS = 16_384;

export function hashSlot(name: string): number {
  let crc = 0;
  for (let at = 0; at < name.length; at++) {
    crc ^= name.charCodeAt(at) << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc % SLOTS;
}

/** Names with the given beginning, one in each of `count` equal parts of the slots: each node of a usual cluster has one. */
export function spreadNames(beginning: string, count: number): string[] {
  const names = new Map<number, string>();
  for (let number = 0; names.size < count; number++) {
    const name = `${beginning}${number}`;
    const part = Math.floor((hashSlot(name) * count) / SLOTS);
    if (!names.has(part)) names.set(part, name);
  }
  return [...names.values()];
}
