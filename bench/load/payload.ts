// What is sent: the same bytes for the same size everywhere, so that server, client and load agree without talking.

/** 1 is text, 2 binary (RFC 6455 §5.2). */
export type Opcode = 1 | 2;

/** ASCII text that looks like words for opcode 1; bytes without order for opcode 2. */
export function payloadOf(size: number, opcode: Opcode): Buffer {
  if (opcode === 1) return Buffer.from(jsonText(size, 1), 'latin1');
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = 0x9e3779b9;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return Buffer.from(words.buffer, 0, size);
}

/** Readings of sensors as JSON, cut to `size` characters. Another `seed` gives other values under the same names. */
export function jsonText(size: number, seed: number): string {
  let text = '[';
  for (let id = seed; text.length < size; id++) {
    text += `{"id":${id},"name":"sensor ${id % 7}","value":${(id * 7919) % 1009},"unit":"kPa","ok":${id % 3 !== 0}},`;
  }
  return text.slice(0, size);
}
