// hypium's `SysTestKit`: the test that runs, and what it has logged.

import { forgetPrinted, wasPrinted } from './printed-lines.ts';
import { runningTest } from './running.ts';

/** What a test can ask of the environment that it runs in. */
export const SysTestKit = {
  /** Name of the suite of the test that runs: of the innermost one. */
  getDescribeName(): string {
    return runningTest('SysTestKit.getDescribeName').suite;
  },

  /** Name of the test that runs. */
  getItName(): string {
    return runningTest('SysTestKit.getItName').name;
  },

  /** Type, size and level of the test that runs: the second argument of `it`. */
  getItAttribute(): number {
    return runningTest('SysTestKit.getItAttribute').attribute;
  },

  /** Prints that a part of the test begins, in a line that tools for reports of a device know. */
  actionStart(tag: string): void {
    void SysTestKit.print(`\nOHOS_REPORT_ACTIONSTART: ${JSON.stringify(tag)}\n`);
  },

  /** Prints that a part of the test has ended. */
  actionEnd(tag: string): void {
    void SysTestKit.print(`\nOHOS_REPORT_ACTIONEND: ${JSON.stringify(tag)}\n`);
  },

  /** Prints a text, as it is. */
  async print(message: string): Promise<void> {
    process.stdout.write(message);
  },

  /**
   * Whether a line with this text has been printed since the last {@link SysTestKit.clearLog}, by `hilog` or `console`; capital
   * and small letters are the same. hypium declares a boolean, and gives a promise of one.
   *
   * Off the device: looks at what the process has printed, without waiting. Under Vitest, which replaces the console, it finds
   * the lines of `hilog` only.
   *
   * @param _timeout  seconds; not used
   */
  async existKeyword(keyword: string, _timeout?: number): Promise<boolean> {
    return wasPrinted(keyword);
  },

  /** Forgets what has been printed, for {@link SysTestKit.existKeyword}. Always `true`. */
  async clearLog(): Promise<boolean> {
    forgetPrinted();
    return true;
  },

  /** The same as {@link SysTestKit.clearLog}. */
  async cleanLog(): Promise<boolean> {
    return SysTestKit.clearLog();
  },

  /** Milliseconds since 1970, by the system's clock. */
  async getRealTime(): Promise<number> {
    return Date.now();
  },
};
