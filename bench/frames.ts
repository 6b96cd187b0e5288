// Frames for the load, written by hand so that the client of a benchmark depends on no implementation under test.

/** One final frame. A masked one has a fixed key. */
export function encodeFrame(opcode: number, payload: Buffer, isMasked: boolean): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended + (isMasked ? 4 : 0));
  header[0] = 0x80 | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  if (!isMasked) return Buffer.concat([header, payload]);
  const key = [0x12, 0x34, 0x56, 0x78];
  header.set(key, header.length - 4);
  const masked = Buffer.from(payload);
  for (let at = 0; at < length; at++) masked[at] = (masked[at] as number) ^ (key[at & 3] as number);
  return Buffer.concat([header, masked]);
}
