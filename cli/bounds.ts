// The numeric options of the engine as options of the command: `maxMessageSize` is `--max-message-size`. One table serves
// the command line, the help and the error texts.

import { parseInteger } from './arguments.ts';

interface Bound {
  /** The name in the engine, with its object: `limits.maxMessageSize`. */
  readonly option: string;
  readonly unit: 'BYTES' | 'N' | 'MS';
  readonly help: string;
}

const MAX_DELAY = 2 ** 31 - 1;
const MAX_NUMBER = 999_999_999_999_999;

/** Limits on the memory and time that a peer can use. */
export const connectionBounds = [
  { option: 'limits.maxMessageSize', unit: 'BYTES', help: 'largest message to accept (default 104857600)' },
  {
    option: 'limits.maxFrameSize',
    unit: 'BYTES',
    help: 'largest frame to accept (default: that of --max-message-size)',
  },
  { option: 'limits.maxFragments', unit: 'N', help: 'frames to accept in one message (default 131072)' },
  { option: 'limits.maxEmptyFragments', unit: 'N', help: 'empty frames to accept in one message (default 1024)' },
  { option: 'limits.maxInflateRatio', unit: 'N', help: 'inflated size divided by compressed size (default 200)' },
  {
    option: 'limits.maxControlFramesPerSecond',
    unit: 'N',
    help: 'pings and pongs to accept per second (default 20000)',
  },
  { option: 'limits.maxQueuedPongs', unit: 'N', help: 'pongs that may wait for the peer (default 256)' },
  { option: 'limits.maxQueuedBytes', unit: 'BYTES', help: 'bytes that may wait for the peer (default 67108864)' },
  { option: 'messageTimeout', unit: 'MS', help: 'time for the next part of a message (default 60000; 0: no limit)' },
  { option: 'heartbeat.timeout', unit: 'MS', help: 'time for the answer to a ping (default 30000; 0: no limit)' },
] as const satisfies readonly Bound[];

/** Limits of `connect` for the opening handshake. */
export const handshakeBounds = [
  { option: 'maxHeaderSize', unit: 'BYTES', help: 'size of the response head (default 65536)' },
  { option: 'maxHeaderCount', unit: 'N', help: 'header fields in the response (default 200)' },
  { option: 'maxRedirects', unit: 'N', help: 'redirects to follow (default 0)' },
] as const satisfies readonly Bound[];

/** `limits.maxMessageSize` → `max-message-size`, `heartbeat.timeout` → `heartbeat-timeout`. */
export function flagOf(option: string): string {
  return option
    .replace(/^limits\./, '')
    .replace('.', '-')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the options for `parseArguments`. */
export function boundOptions(bounds: readonly Bound[]): Record<string, { type: 'string' }> {
  return Object.fromEntries(bounds.map(({ option }) => [flagOf(option), { type: 'string' }] as const));
}

/**
 * Returns the options of the engine that were given.
 *
 * @throws CommandError naming option, value and bounds
 */
export function boundSettings(
  bounds: readonly Bound[],
  values: Readonly<Record<string, unknown>>,
): Record<string, number | Record<string, number>> {
  const settings: Record<string, number | Record<string, number>> = {};
  for (const { option, unit } of bounds) {
    const flag = flagOf(option);
    const text = values[flag];
    if (typeof text !== 'string') continue;
    const value = parseInteger(`--${flag}`, text, 0, unit === 'MS' ? MAX_DELAY : MAX_NUMBER);
    const [owner, name] = option.includes('.') ? option.split('.') : [undefined, option];
    if (owner === undefined) settings[option] = value;
    else settings[owner] = { ...(settings[owner] as Record<string, number> | undefined), [name!]: value };
  }
  return settings;
}

/** Returns the lines for `--help`. */
export function boundHelp(bounds: readonly Bound[]): string {
  const rows = bounds.map(({ option, unit, help }) => [`--${flagOf(option)} ${unit}`, help] as const);
  const width = Math.max(...rows.map(([flag]) => flag.length)) + 2;
  return rows.map(([flag, help]) => `  ${flag.padEnd(width)}${help}`).join('\n');
}
