// Parses command lines by `parseArgs` of node:util. The errors are our own, of one line each, and name the argument; those
// of `parseArgs` have several lines.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError, UsageError } from './exit.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<Known extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Known; allowPositionals: true; strict: true }>
>;

/**
 * Parses what follows the command's name.
 *
 * @param options      as `parseArgs` takes them
 * @param positionals  names of the arguments that are not options, such as `['URL']`. No others are allowed; none is
 *                     required
 * @throws UsageError naming the argument that is unknown, has no value, or is one too many
 */
export function parseArguments<const Known extends Options>(
  args: readonly string[],
  options: Known,
  positionals: readonly string[] = [],
): Parsed<Known> {
  diagnose(args, options, positionals.length);
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
}

/**
 * Gives an option that may be written without a value its default: `parseArgs` has no such options. A value is only what follows
 * its `=`.
 */
export function withDefaultValue(args: readonly string[], option: string, value: string): string[] {
  const end = args.indexOf('--');
  return args.map((arg, at) => (arg === option && (end === -1 || at < end) ? `${option}=${value}` : arg));
}

function diagnose(args: readonly string[], options: Options, allowed: number): void {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  let positionals = 0;
  for (const token of tokens) {
    if (token.kind === 'positional' && ++positionals > allowed) {
      throw new UsageError(`unexpected argument "${token.value}"`);
    }
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (option === undefined) {
      throw new UsageError(`unknown option ${token.rawName}${didYouMean(token.name, Object.keys(options), '--')}`);
    }
    if (option.type === 'boolean' && token.value !== undefined) {
      throw new UsageError(`option ${token.rawName} has the value "${token.value}", but takes none`);
    }
    if (option.type === 'string') {
      const swallowed = !token.inlineValue && token.value !== undefined && /^-./.test(token.value);
      if (token.value === undefined || swallowed) {
        throw new UsageError(`option ${token.rawName} needs a value`);
      }
    }
  }
}

/** `'; did you mean …?'` if one of `names` is close to the typed word, else `''`. */
export function didYouMean(typed: string, names: readonly string[], prefix = ''): string {
  const close = names.find((name) => name.startsWith(typed) || distance(typed, name) <= 2);
  return close === undefined || typed.length < 2 ? '' : `; did you mean ${prefix}${close}?`;
}

/** Levenshtein distance: insertions, deletions and replacements from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/**
 * A whole number within bounds, from an option's text.
 *
 * @throws CommandError naming option, value and bounds
 */
export function parseInteger(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new CommandError(`${name} is "${text}"; expected a whole number from ${minimum} to ${maximum}`);
}

/** A TCP port; 0 lets the system choose. */
export function parsePort(name: string, text: string): number {
  return parseInteger(name, text, 0, 65_535);
}
