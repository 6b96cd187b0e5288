// The attributes that hypium's `it` takes as its second argument, with the values of a device. They have no effect here: the
// options of the test runner select tests.

export const DEFAULT = 0;

/** What a test is about. */
export const TestType = {
  FUNCTION: 0x1,
  PERFORMANCE: 0x2,
  POWER: 0x4,
  RELIABILITY: 0x8,
  SECURITY: 0x10,
  GLOBAL: 0x20,
  COMPATIBILITY: 0x40,
  USER: 0x80,
  STANDARD: 0x100,
  SAFETY: 0x200,
  RESILIENCE: 0x400,
} as const;
export type TestType = (typeof TestType)[keyof typeof TestType];

/** How long a test takes. */
export const Size = { SMALLTEST: 0x1_0000, MEDIUMTEST: 0x2_0000, LARGETEST: 0x4_0000 } as const;
export type Size = (typeof Size)[keyof typeof Size];

/** How often a test is run. */
export const Level = {
  LEVEL0: 0x100_0000,
  LEVEL1: 0x200_0000,
  LEVEL2: 0x400_0000,
  LEVEL3: 0x800_0000,
  LEVEL4: 0x1000_0000,
} as const;
export type Level = (typeof Level)[keyof typeof Level];
