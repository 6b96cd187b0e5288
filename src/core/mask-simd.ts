// Masking (RFC 6455 §5.3) sixteen bytes at a time: a WebAssembly routine of a few instructions over memory of its own.
// Bytes that lie there already (what a host reads into `maskable`) are masked where they are; others are copied in and
// out, which still pays from a few hundred bytes on. WebAssembly is part of the language's environment wherever this
// runs, like typed arrays; where it or its vector instructions are missing, `mask.ts` goes by words.

/** The part of WebAssembly's interface that is used here; the core is compiled without a host's types. */
declare const WebAssembly:
  | {
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { readonly exports: Record<string, unknown> };
    }
  | undefined;

/** Bytes at the start of the memory through which others are copied. */
const SCRATCH_SIZE = 64 * 1024;
/** Bytes behind them that a host may read into: {@link maskable}. */
const MASKABLE_SIZE = 256 * 1024;
const PAGES = (SCRATCH_SIZE + MASKABLE_SIZE) / 0x10000;

/** A function over the module's own memory: `(start, end, key)`; `end - start` is a multiple of 16. */
type Mask = (start: number, end: number, key: number) => number;

// biome-ignore format: one instruction a line
const MODULE = [
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x08, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x01, 0x7f, // type 0: (i32, i32, i32) → i32
  0x03, 0x02, 0x01, 0x00, // function 0 is of type 0
  0x05, 0x04, 0x01, 0x01, PAGES, PAGES, // a memory that never grows, so that its ArrayBuffer stays
  0x07, 0x11, 0x02, // two exports
  0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, // "memory"
  0x04, 0x6d, 0x61, 0x73, 0x6b, 0x00, 0x00, // "mask"
  0x0a, 0x40, 0x01, 0x3e, // code of function 0
  0x01, 0x03, 0x7b, // locals 3 to 5 are vectors
  0x20, 0x02, 0xfd, 0x11, 0x21, 0x03, // 3: the key, four times (i32x4.splat)
  0x02, 0x40, 0x03, 0x40, // block, loop
  0x20, 0x00, 0x20, 0x01, 0x4f, 0x0d, 0x01, // leave when start >= end
  0x20, 0x00, // where to store
  0x20, 0x00, 0xfd, 0x00, 0x00, 0x00, // v128.load
  0x20, 0x03, 0xfd, 0x51, // v128.xor with the key
  0x22, 0x05, // 5: sixteen bytes, masked
  0xfd, 0x0b, 0x00, 0x00, // v128.store
  0x20, 0x04, 0x20, 0x05, 0xfd, 0x50, 0x21, 0x04, // 4: all of them, ORed (v128.or)
  0x20, 0x00, 0x41, 0x10, 0x6a, 0x21, 0x00, // start += 16
  0x0c, 0x00, 0x0b, 0x0b, // again; end of loop, end of block
  0x20, 0x04, 0xfd, 0x64, // the high bits of the sixteen columns (i8x16.bitmask)
  0x0b,
];

function instantiate(): { mask: Mask; memory: ArrayBuffer } | undefined {
  try {
    if (typeof WebAssembly === 'undefined') return undefined;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(MODULE)));
    return { mask: exports.mask as Mask, memory: (exports.memory as { buffer: ArrayBuffer }).buffer };
  } catch {
    return undefined; // no vector instructions, or a policy against code made at run time
  }
}

const simd = instantiate();
const scratch = simd === undefined ? undefined : new Uint8Array(simd.memory, 0, SCRATCH_SIZE);

/**
 * Memory in which masking costs least, for the one buffer of a host that all its connections read into. Absent where
 * there are no vector instructions.
 */
export const maskable: Uint8Array | undefined =
  simd === undefined ? undefined : new Uint8Array(simd.memory, SCRATCH_SIZE, MASKABLE_SIZE);

/** Whether {@link maskCopied} and {@link maskMaskable} may be called. */
export const hasSimd = simd !== undefined;

/**
 * Masks whole vectors of bytes, beginning at `start`, in {@link maskable} itself.
 *
 * @param size  a multiple of 16
 * @returns 0 when all resulting bytes are ASCII
 */
export function maskMaskable(start: number, size: number, key: number): number {
  const at = SCRATCH_SIZE + start;
  return (simd as { mask: Mask }).mask(at, at + size, key);
}

/**
 * As {@link maskMaskable}, from `source` of any memory to `target[at…]`; by default in place. Any `size`, a multiple of 16.
 */
export function maskCopied(
  source: Uint8Array,
  start: number,
  size: number,
  key: number,
  target = source,
  at = start,
): number {
  const { mask } = simd as { mask: Mask };
  const window = scratch as Uint8Array;
  let highBits = 0;
  for (let done = 0; done < size; ) {
    const count = Math.min(size - done, SCRATCH_SIZE);
    window.set(source.subarray(start + done, start + done + count));
    highBits |= mask(0, count, key);
    target.set(count === SCRATCH_SIZE ? window : window.subarray(0, count), at + done);
    done += count;
  }
  return highBits;
}
