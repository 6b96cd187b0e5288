// Packages that only some users need: they are loaded when they are used, and a missing one is told in a sentence.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { webSocketErrorFrom } from '../core/errors.ts';

/** Absent in a bundle of CommonJS. */
const here: string | undefined = import.meta.url;

/**
 * Loads a package that the application installs beside this one.
 *
 * @param name  the package, which CommonJS can load
 * @param user  what needs it, for the error
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING if it is not installed; whatever the package throws while it is loaded
 */
export function optionalPackage<Module>(name: string, user: string): Module {
  try {
    return createRequire(here ?? join(process.cwd(), 'bundle.cjs'))(name) as Module;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // The package may be installed while a module that it loads is missing.
    const isMissing = code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`);
    throw isMissing ? webSocketErrorFrom(error, 'ERR_WS_PACKAGE_MISSING', user, name) : error;
  }
}
