// What a micro-benchmark is: a routine of `src/`, and the slow, obvious way to the same result, which it must agree with
// before either is measured.

/** By which cases are chosen and grouped. */
export const groups = ['mask', 'frames', 'text', 'deflate'] as const;

export interface Case {
  readonly group: (typeof groups)[number];
  readonly name: string;
  /** Bytes that one call works on, for MB/s; 0 where that says nothing. */
  readonly size: number;
  run(): void;
  /** The slow twin, and what it is. */
  readonly twin: { readonly name: string; run(): void };
  /** Once, before: @throws when the two do not agree */
  check(): void;
}

/** @throws Error naming the first byte that differs */
export function mustEqual(actual: Uint8Array, expected: Uint8Array, what: string): void {
  if (actual.length !== expected.length) throw new Error(`${what}: ${actual.length} bytes, not ${expected.length}`);
  for (let at = 0; at < expected.length; at++) if (actual[at] !== expected[at]) throw new Error(`${what}: byte ${at}`);
}

/** `size` in the unit that reads best. */
export function sizeName(size: number): string {
  return size < 1024 ? `${size} B` : size < 1024 * 1024 ? `${size / 1024} KiB` : `${size / 1024 / 1024} MiB`;
}
