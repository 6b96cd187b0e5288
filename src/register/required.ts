// `require('@kit.…')` where Node calls no hooks for it: Node 20, and 22 in its first versions. The program fails with Node's own
// error, which does not say what to do. Only undocumented functions of Node could resolve such a name there.

import { isDeviceModule } from './device-imports.ts';
import { registerError } from './errors.ts';

/** Has the error of a `require()` of a module of the device tell the remedy, when it ends the process. */
export function explainRequire(): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    const specifier = missingModule(error);
    if (specifier === undefined || !isDeviceModule(specifier)) return;
    const failure = error as Error & { requireStack?: readonly string[] };
    const { message } = registerError(
      'ERR_KIT_REQUIRE',
      failure.requireStack?.[0] ?? 'this file',
      specifier,
      process.version,
    );
    failure.stack = failure.stack?.replace(failure.message, () => message) ?? message;
    failure.message = message;
  });
}

/** What a `require()` did not find. */
function missingModule(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'MODULE_NOT_FOUND' || typeof message !== 'string') return undefined;
  return /^Cannot find module '([^']+)'/.exec(message)?.[1];
}
