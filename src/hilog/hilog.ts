// OpenHarmony's `hilog`: log lines with a domain, a tag and a level (kit specification §6). The host's settings decide
// where the lines go, and replace the system settings of a device.

import { cutToSize } from '../core/utf8-text.ts';
import { formatLog } from './format.ts';

/** The levels, from the lowest to the highest. */
export const LogLevel = { DEBUG: 3, INFO: 4, WARN: 5, ERROR: 6, FATAL: 7 } as const;
/** The number of a level. */
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

/** How `setLogLevel` combines two levels: the environment's own, the stricter one, the laxer one. */
export const PreferStrategy = { UNSET_LOGLEVEL: 0, PREFER_CLOSE_LOG: 1, PREFER_OPEN_LOG: 2 } as const;
/** The number of a strategy. */
export type PreferStrategy = (typeof PreferStrategy)[keyof typeof PreferStrategy];

/** Where a device writes lines. Here they always go to the console. */
export const OutputType = {
  DEFAULT: 0,
  CONSOLE_ONLY: 0,
  PRIVATE_SANDBOX_ONLY: 1,
  SHARE_SANDBOX_ONLY: 2,
  PRIVATE_SANDBOX_WITH_CONSOLE: 3,
  SHARE_SANDBOX_WITH_CONSOLE: 4,
} as const;
/** The number of a place. */
export type OutputType = (typeof OutputType)[keyof typeof OutputType];

/** The logger, as the SDK declares it. No call throws. A call with wrong arguments prints nothing. */
export interface Hilog {
  /** Prints a line with level DEBUG. `domain`: 0 to 0xFFFF; `tag`: at most 31 bytes; `format`: with `%{public}s` and its like. */
  // biome-ignore-start lint/suspicious/noExplicitAny: declared like this by the SDK
  debug(domain: number, tag: string, format: string, ...args: any[]): void;
  /** Prints a line with level INFO. */
  info(domain: number, tag: string, format: string, ...args: any[]): void;
  /** Prints a line with level WARN. */
  warn(domain: number, tag: string, format: string, ...args: any[]): void;
  /** Prints a line with level ERROR. */
  error(domain: number, tag: string, format: string, ...args: any[]): void;
  /** Prints a line with level FATAL. */
  fatal(domain: number, tag: string, format: string, ...args: any[]): void;
  /** Whether a line of this level would be printed. */
  // biome-ignore-end lint/suspicious/noExplicitAny: declared like this by the SDK
  isLoggable(domain: number, tag: string, level: LogLevel): boolean;
  /** Sets the lowest level to print. */
  setMinLogLevel(level: LogLevel): void;
  /** Sets the lowest level to print to the stricter or the laxer of `level` and the level of the environment. */
  setLogLevel(level: LogLevel, prefer: PreferStrategy): void;
  /** Has no effect, and returns `CONSOLE_ONLY`: file output does not exist off the device. */
  setOutputType(type: OutputType): OutputType;
  /** Has no effect, like `setOutputType`. */
  setOutputTypeByDomainID(type: OutputType, ids: number[], isExclude: boolean): OutputType;
  /** Always `CONSOLE_ONLY`. */
  getOutputType(): OutputType;
  /** `''`: there are no log files. */
  getOutputDir(): string;
  /** Has no effect: there are no log files. */
  clean(): void;
  /** Has no effect: there are no log files. */
  flush(): void;
  /** An empty array: there are no log files. */
  getLogFile(latestSeconds: number): string[];
  /** Levels by name. */
  readonly LogLevel: typeof LogLevel;
  /** Strategies by name. */
  readonly PreferStrategy: typeof PreferStrategy;
  /** Places by name. */
  readonly OutputType: typeof OutputType;
}

/** What a logger needs from its host. */
export interface HilogSettings {
  /** Writes a complete line. It ends with a line feed. */
  write(line: string, level: LogLevel): void;
  now(): Date;
  /** The lowest level to print. */
  readonly level: LogLevel;
  /** Whether parameters that are not marked `{public}` are printed. */
  readonly showPrivate: boolean;
  /** Printed in every line, like the ids. */
  readonly processName: string;
  readonly processId: number;
  readonly threadId: number;
}

const MAX_DOMAIN = 0xffff;
/** Bytes of UTF-8. */
const MAX_TAG_SIZE = 31;
const LETTERS = { 3: 'D', 4: 'I', 5: 'W', 6: 'E', 7: 'F' } as const;

/** Makes a logger. Its functions do not use `this`. */
export function createHilog(settings: HilogSettings): Hilog {
  let minimum: number = settings.level;
  const ids = `${settings.processId}  ${settings.threadId}`;

  function log(level: LogLevel, domain: unknown, tag: unknown, format: unknown, args: readonly unknown[]): void {
    if (level < minimum || !isDomain(domain) || typeof tag !== 'string' || typeof format !== 'string') return;
    const text = formatLog(format, args, settings.showPrivate);
    const origin = `A${domain.toString(16).padStart(5, '0')}/${settings.processName}/${cutToSize(tag, MAX_TAG_SIZE)}`;
    settings.write(`${timestamp(settings.now())}  ${ids}  ${LETTERS[level]} ${origin}: ${text}\n`, level);
  }

  return {
    debug: (domain, tag, format, ...args) => log(LogLevel.DEBUG, domain, tag, format, args),
    info: (domain, tag, format, ...args) => log(LogLevel.INFO, domain, tag, format, args),
    warn: (domain, tag, format, ...args) => log(LogLevel.WARN, domain, tag, format, args),
    error: (domain, tag, format, ...args) => log(LogLevel.ERROR, domain, tag, format, args),
    fatal: (domain, tag, format, ...args) => log(LogLevel.FATAL, domain, tag, format, args),
    isLoggable: (domain, tag, level) =>
      isDomain(domain) && typeof tag === 'string' && isLevel(level) && level >= minimum,
    setMinLogLevel(level) {
      if (isLevel(level)) minimum = level;
    },
    setLogLevel(level, prefer) {
      if (!isLevel(level)) return;
      if (prefer === PreferStrategy.UNSET_LOGLEVEL) minimum = settings.level;
      else if (prefer === PreferStrategy.PREFER_CLOSE_LOG) minimum = Math.max(level, settings.level);
      else if (prefer === PreferStrategy.PREFER_OPEN_LOG) minimum = Math.min(level, settings.level);
    },
    setOutputType: () => OutputType.CONSOLE_ONLY,
    setOutputTypeByDomainID: () => OutputType.CONSOLE_ONLY,
    getOutputType: () => OutputType.CONSOLE_ONLY,
    getOutputDir: () => '',
    clean() {},
    flush() {},
    getLogFile: () => [],
    LogLevel,
    PreferStrategy,
    OutputType,
  };
}

/** Whether a value is one of the five levels. */
export function isLevel(value: unknown): value is LogLevel {
  return (Object.values(LogLevel) as unknown[]).includes(value);
}

function isDomain(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_DOMAIN;
}

/** `MM-DD HH:MM:SS.mmm`, local time. */
function timestamp(time: Date): string {
  const date = `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
