// Starts the suites of a `*.test.ets` file. On a device the test ability imports `List.test.ets` and calls its
// default export, which calls those of the other files. Here the file given to the test runner takes its place: the
// load hook ends every `*.test.ets` file that has a default export with a call of `runSuite`.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Calls the default export of the file that the test runner was started with; of any other file, nothing.
 *
 * @param url    The file that calls.
 * @param suite  Its default export; ignored unless it is a function.
 * @param entry  Path of the file that the test runner was started with. By default that of the process, since
 *               `node --test` starts one for each file.
 */
export async function runSuite(url: string, suite: unknown, entry = process.argv[1]): Promise<void> {
  if (typeof suite === 'function' && entry !== undefined && isSameFile(fileURLToPath(url), entry)) await suite();
}

function isSameFile(left: string, right: string): boolean {
  try {
    return realpathSync(left) === realpathSync(right);
  } catch {
    return false; // `entry` is not a file but code from the command line, or a pattern.
  }
}
