// The logger of an application, as the option `logger` takes it, and calls of it that harm nothing.

import { webSocketError } from '../core/errors.ts';
import type { Check } from '../core/option-check.ts';

/**
 * Where a server or a client writes lines about its connections: `console`, a logger of pino or winston, or your own object.
 * Each method gets one line of text, without secrets and control characters. What it throws, or rejects a promise with, has no
 * effect but one warning of the process.
 */
export interface Logger {
  /** Each frame by its kind and size, without its payload; handshakes; the end of a queue. */
  debug(line: string): unknown;
  /** Connections that open and close. */
  info(line: string): unknown;
  /** Handshakes that were refused, connections that failed or were lost, slow peers. */
  warn(line: string): unknown;
  /** What is wrong in this process: an `upgrade` handler that failed, an internal error. */
  error(line: string): unknown;
}

export type LogLevel = keyof Logger;

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** The check of the option. The object itself is kept: loggers such as pino replace their methods when their level changes. */
export const loggerCheck: Check<Logger> = {
  expected: 'an object with the methods debug, info, warn and error, such as console or a logger of pino',
  read(value, path) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      throw webSocketError('ERR_WS_OPTION', path, value, loggerCheck.expected);
    }
    for (const level of LEVELS) {
      const method: unknown = Reflect.get(value, level);
      if (typeof method === 'function') continue;
      throw webSocketError(
        'ERR_WS_OPTION',
        `${path}.${level}`,
        method,
        `a function: ${path} is ${loggerCheck.expected}`,
      );
    }
    return value as Logger;
  },
};

/** Calls a logger, and bears what it does. */
export class GuardedLogger {
  readonly #logger: Logger;
  #hasFailed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether lines of a level are wanted, as far as the logger can tell (`isLevelEnabled` of pino and winston). */
  wants(level: LogLevel): boolean {
    try {
      const isEnabled: unknown = Reflect.get(this.#logger, 'isLevelEnabled');
      return typeof isEnabled !== 'function' || isEnabled.call(this.#logger, level) !== false;
    } catch {
      return true;
    }
  }

  write(level: LogLevel, line: string): void {
    try {
      const result: unknown = this.#logger[level](line);
      if (typeof result === 'object' && result !== null && 'then' in result) {
        Promise.resolve(result).then(undefined, (reason: unknown) => this.#failed(reason));
      }
    } catch (exception) {
      this.#failed(exception);
    }
  }

  /** Told once: a logger that is broken would fill the output with each line. */
  #failed(exception: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    let reason: string;
    try {
      reason = String(exception);
    } catch {
      reason = 'something that is not an error';
    }
    process.emitWarning(`a logger has failed (${reason}); lines for it are lost, and further failures are not told`);
  }
}
