// What nodes tell each other of one topic: JSON, since members have data of the application's. What comes from the bus is
// checked like anything from outside: a newer version, or another program, may be on it.

/** A member: its key and its data. */
export type Entry = [key: string, data: unknown];

/** A change of one key that was not told yet. */
export type Change = { readonly kind: 'in'; readonly data: unknown } | { readonly kind: 'left' | 'gone' };

/** What a node tells of its own members. Versions are numbers of changes; they only grow. */
export type Told =
  | {
      readonly kind: 'changes';
      /** The version that they follow on. */
      readonly before: number;
      readonly version: number;
      readonly entered: Entry[];
      /** Those who left by themselves. */
      readonly left: string[];
      /** Those whose connections ended: they may come back. */
      readonly gone: string[];
    }
  /** A piece of all that it has. */
  | {
      readonly kind: 'list';
      readonly version: number;
      readonly index: number;
      readonly count: number;
      readonly entries: Entry[];
    }
  /** Where it stands, for those who have missed something. */
  | { readonly kind: 'version'; readonly version: number };

/** One message: of whom, and either what it tells, or whom it asks for a list. */
export type Message =
  | { readonly node: string; readonly told: Told }
  /** `ask`: the id of a node; `''`: all. `isBrief`: for its version only. */
  | { readonly node: string; readonly ask: string; readonly isBrief: boolean };

export function write(message: Message): string {
  const { node } = message;
  if ('ask' in message) return JSON.stringify({ n: node, q: message.ask, b: message.isBrief });
  const { told } = message;
  switch (told.kind) {
    case 'changes': {
      const { before, version, entered, left, gone } = told;
      return JSON.stringify({ n: node, p: before, v: version, j: entered, l: left, g: gone });
    }
    case 'list':
      return JSON.stringify({ n: node, v: told.version, i: told.index, of: told.count, s: told.entries });
    case 'version':
      return JSON.stringify({ n: node, v: told.version });
  }
}

const MAX_KEY = 256;

/** @returns `undefined` for anything that is not a message of presence */
export function read(text: string): Message | undefined {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = Object(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { n: node, q: ask, b: isBrief, v: version, p: before, i: index, of: count, s, j, l, g } = value;
  if (typeof node !== 'string' || node === '') return undefined;
  if (typeof ask === 'string') return { node, ask, isBrief: isBrief === true };
  if (!isCount(version)) return undefined;
  if (isEntries(s) && isCount(index) && isCount(count)) {
    return { node, told: { kind: 'list', version, index, count, entries: s } };
  }
  if (isEntries(j) && isKeys(l) && isKeys(g) && isCount(before)) {
    return { node, told: { kind: 'changes', before, version, entered: j, left: l, gone: g } };
  }
  const isBare = [before, index, count, s, j, l, g].every((one) => one === undefined);
  return isBare ? { node, told: { kind: 'version', version } } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether it can be a member's key: a text of 1 to 256 characters. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_KEY;
}

function isKeys(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isKey);
}

function isEntries(value: unknown): value is Entry[] {
  return Array.isArray(value) && value.every((one) => Array.isArray(one) && one.length <= 2 && isKey(one[0]));
}
