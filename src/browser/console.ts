// `hilog` in a browser: its lines go to the console, at the console's levels. A page does not have environment
// variables, so the lowest level is INFO until `setMinLogLevel` sets another, and private parameters stay private.

import { type HilogSettings, LogLevel } from '../hilog/hilog.ts';

const methods = {
  [LogLevel.DEBUG]: 'debug',
  [LogLevel.INFO]: 'info',
  [LogLevel.WARN]: 'warn',
  [LogLevel.ERROR]: 'error',
  [LogLevel.FATAL]: 'error',
} as const;

export const consoleSettings: HilogSettings = {
  // The console adds the line feed itself.
  write: (line, level) => console[methods[level]](line.slice(0, -1)),
  now: () => new Date(),
  level: LogLevel.INFO,
  showPrivate: false,
  processName: 'browser',
  // A page does not know the ids of its process and thread.
  processId: 0,
  threadId: 0,
};
