// What goes to the terminal: lines with a time, colours where they are welcome, and previews of messages that fit into
// the line. Everything that a peer sent passes `visible` first, so that it cannot steer the terminal (ECMA-48 escape
// sequences, cursor movement, reordering of text).

const styles = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  cyan: ['36', '39'],
} as const;

export type Style = keyof typeof styles;

/** The part of a stream's type that is used: `process.stdout`, `process.stderr`, or a stand-in for them. */
export interface TextStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): boolean;
}

/** Columns taken for granted where nothing tells. */
const DEFAULT_COLUMNS = 120;

/** Styled lines on one stream. */
export class Output {
  readonly #stream: TextStream;
  readonly #coloured: boolean;
  readonly #columns: number;

  /** @param environment  for `NO_COLOR` (https://no-color.org), `TERM`, and, without a terminal, `COLUMNS` */
  constructor(stream: TextStream, environment: NodeJS.ProcessEnv = process.env) {
    this.#stream = stream;
    this.#coloured = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
    this.#columns = Number(environment.COLUMNS) || DEFAULT_COLUMNS;
  }

  get columns(): number {
    return this.#stream.columns ?? this.#columns;
  }

  /** `text` with the style's escape sequences around it, or as it is where colours are not welcome. */
  style(style: Style, text: string): string {
    if (!this.#coloured) return text;
    const [on, off] = styles[style];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  }

  line(text = ''): void {
    this.#stream.write(`${text}\n`);
  }

  /** A line of a log: the local time to the millisecond, then `text`. */
  stamped(text: string): void {
    this.line(`${this.style('dim', timeOfDay(new Date()))}  ${text}`);
  }
}

/** Columns that {@link Output.stamped} puts before its text: `12:34:56.789` and two spaces. */
export const STAMP_COLUMNS = 14;

function timeOfDay(date: Date): string {
  const part = (value: number, digits: number) => String(value).padStart(digits, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => part(value, 2)).join(':');
  return `${clock}.${part(date.getMilliseconds(), 3)}`;
}

/** `5 B`, `1.5 KiB`, `16 MiB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** `1 connection`, `2 connections`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

// Controls (C0, DEL, C1), line and paragraph separators, and what reorders text on the screen; lone surrogates.
const unsafe = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that can be printed in one line: control characters become `\n`, `\x1b` or `\u2028`. */
export function visible(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0);
    return named[character] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** The beginning of a text message in one line of at most `columns`, with `…` where it was cut. */
export function previewText(text: string, columns: number): string {
  // No character takes less than one column, so this much is enough; a message may be a hundred megabytes.
  const room = Math.max(8, columns);
  const start = text.slice(0, room + 2);
  const shown = cut(visible(start), room);
  return start.length === text.length || shown.endsWith('…') ? shown : `${shown}…`;
}

function cut(text: string, columns: number): string {
  let used = 0;
  let fits = 0;
  for (const character of text) {
    used += isWide(character.codePointAt(0)!) ? 2 : 1;
    if (used > columns) return `${text.slice(0, fits)}…`;
    // The ellipsis takes a column itself.
    if (used < columns) fits += character.length;
  }
  return text;
}

/** Whether terminals give two columns to a character: East Asian wide forms and pictures. Near enough for a preview. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** The beginning of binary data as hex in at most `columns`: `89 50 4e 47 …`. */
export function previewBytes(bytes: Uint8Array, columns: number): string {
  const room = Math.max(8, columns);
  const all = bytes.length * 3 - 1 <= room;
  const shown = bytes.subarray(0, all ? bytes.length : Math.floor((room - 1) / 3));
  const pairs = Array.from(shown, (byte) => hex(byte, 2));
  return (all ? pairs : [...pairs, '…']).join(' ');
}

/** Size in bytes of a message's payload. */
export function sizeOf(data: string | Uint8Array): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length;
}
