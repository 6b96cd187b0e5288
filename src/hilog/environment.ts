// `hilog` under Node: lines go to standard output and standard error. Environment variables replace the system settings
// of a device: HARMONY_WEBSOCKET_HILOG_LEVEL is the lowest level to print (debug, info, warn, error, fatal or 3–7), and
// HARMONY_WEBSOCKET_HILOG_PRIVATE=show prints private parameters.

import { show } from '../core/errors.ts';
import { lateWorkerThreads } from '../node/late-modules.ts';
import { type HilogSettings, isLevel, LogLevel } from './hilog.ts';

const PROCESS_NAME = 'node';

/**
 * The settings of the logger from the environment. A value that is not documented counts as absent, and prints a
 * warning.
 */
export function hilogSettings(environment: Readonly<Record<string, string | undefined>>): HilogSettings {
  return {
    write: (line, level) => void (level >= LogLevel.ERROR ? process.stderr : process.stdout).write(line),
    now: () => new Date(),
    level: levelOf(environment.HARMONY_WEBSOCKET_HILOG_LEVEL) ?? LogLevel.INFO,
    showPrivate: showsPrivate(environment.HARMONY_WEBSOCKET_HILOG_PRIVATE),
    processName: PROCESS_NAME,
    processId: process.pid,
    // Devices print the id of the thread. For the main thread it is that of the process.
    threadId: lateWorkerThreads().threadId === 0 ? process.pid : lateWorkerThreads().threadId,
  };
}

function levelOf(text: string | undefined): LogLevel | undefined {
  const name = text?.toUpperCase() ?? '';
  if (name === '') return undefined;
  if (Object.hasOwn(LogLevel, name)) return LogLevel[name as keyof typeof LogLevel];
  if (isLevel(Number(name))) return Number(name) as LogLevel;
  warn('LEVEL', text, 'debug, info, warn, error, fatal or a number from 3 to 7');
  return undefined;
}

function showsPrivate(text: string | undefined): boolean {
  if (text !== undefined && text !== '' && text !== 'show') warn('PRIVATE', text, 'show, or nothing');
  return text === 'show';
}

function warn(name: string, value: unknown, expected: string): void {
  const text = `environment variable HARMONY_WEBSOCKET_HILOG_${name} is ${show(value)}; expected ${expected}; it is ignored`;
  process.emitWarning(text, 'HarmonyWebSocketWarning');
}
