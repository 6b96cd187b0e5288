// The debug log: lines on standard error about what happens inside the package. It is
// on with HARMONY_WEBSOCKET_DEBUG=1, or with NODE_DEBUG, as for Node's own modules: NODE_DEBUG=harmony-websocket.

import { lateConsole } from './late-modules.ts';

const NAME = 'harmony-websocket';

/** Made when first needed: touching `process.stderr` opens it. A `Console` survives a standard error that is closed. */
let output: Console | undefined;

/** Writes one line to standard error. Line ends and other control characters in it become blanks. */
export function writeLine(line: string): void {
  output ??= new (lateConsole().Console)({ stdout: process.stderr, stderr: process.stderr });
  output.error(line.replace(/\p{Cc}+/gu, ' '));
}

/**
 * Whether the environment asks for the debug log.
 *
 * @param environment  as `process.env`. NODE_DEBUG is a list by commas, whose `*` stands for anything.
 */
export function asksForDebugLog(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { HARMONY_WEBSOCKET_DEBUG: own = '', NODE_DEBUG: all = '' } = environment;
  if (own !== '' && own !== '0') return true;
  return all.split(',').some((entry) => {
    const pattern = entry
      .trim()
      .replace(/[|\\{}()[\]^$+?.]/g, '\\$&')
      .replaceAll('*', '.*');
    return pattern !== '' && new RegExp(`^${pattern}$`, 'i').test(NAME);
  });
}

/** Writes a line to the debug log. `undefined` where the environment did not ask for it when the program started. */
export const debugLog: ((line: string) => void) | undefined = asksForDebugLog(process.env)
  ? (line) => writeLine(`${NAME} ${process.pid}: ${line}`)
  : undefined;
