// `hilog` under Node: lines go to standard output and standard error, and the environment sets what the system settings of
// a device do. HARMONY_WEBSOCKET_HILOG_LEVEL is the lowest level printed (debug, info, warn, error, fatal or 3–7),
// HARMONY_WEBSOCKET_HILOG_PRIVATE=show prints private parameters.

import { threadId } from 'node:worker_threads';
import { type HilogSettings, isLevel, LogLevel } from './hilog.ts';

const PROCESS_NAME = 'node';

/** The logger's settings from the environment. Values that are none of those documented count as absent. */
export function hilogSettings(environment: Readonly<Record<string, string | undefined>>): HilogSettings {
  return {
    write: (line, level) => void (level >= LogLevel.ERROR ? process.stderr : process.stdout).write(line),
    now: () => new Date(),
    level: levelOf(environment.HARMONY_WEBSOCKET_HILOG_LEVEL) ?? LogLevel.INFO,
    showPrivate: environment.HARMONY_WEBSOCKET_HILOG_PRIVATE === 'show',
    processName: PROCESS_NAME,
    processId: process.pid,
    // Devices print the thread's id, which for the main thread is that of the process.
    threadId: threadId === 0 ? process.pid : threadId,
  };
}

function levelOf(text: string | undefined): LogLevel | undefined {
  const name = text?.toUpperCase() ?? '';
  if (Object.hasOwn(LogLevel, name)) return LogLevel[name as keyof typeof LogLevel];
  return isLevel(Number(name)) ? (Number(name) as LogLevel) : undefined;
}
