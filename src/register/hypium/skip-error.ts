// hypium's `SkipError`: a test that throws it is skipped.

/** Ends a test as skipped, when a test or one of its hooks throws it. The message is the reason. */
export class SkipError extends Error {
  override readonly name = 'SkipError';
}
