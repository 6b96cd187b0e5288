// The error of an assertion that does not hold.

/** What a failed assertion throws; hypium's reports tell it from other errors by its name. */
export class AssertException extends Error {
  override readonly name = 'AssertException';
}
