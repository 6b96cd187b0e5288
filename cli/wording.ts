// Errors of the engine in the words of the command line. The engine's texts name its options. Here an option that has a flag
// gets the name of the flag, and advice that only a program can follow is left out.

import { connectionBounds, flagOf, handshakeBounds } from './bounds.ts';

/** The words before a server's own text in ERR_WS_REFUSED. */
const SERVER_SAYS = '. The server says: ';

type Flags = ReadonlyMap<string, string>;

const numbers = (bounds: readonly { readonly option: string }[]) =>
  bounds.map(({ option }) => [option, `--${flagOf(option)}`] as const);

/** The flags of `connect` for options of the engine. */
export const connectFlags: Flags = new Map([
  ...numbers(connectionBounds),
  ...numbers(handshakeBounds),
  ['handshakeTimeout', '--timeout'],
  ['tls.ca', '--ca'],
  ['tls.cert', '--cert'],
  ['tls.key', '--key'],
  ['tls.servername', '--servername'],
  ['tls.rejectUnauthorized', '--insecure'],
  ['rejectUnauthorized', '--insecure'],
  ['subprotocols', '--subprotocol'],
  ['compression', '--compress'],
]);

/** The flags of `serve` for options of the engine. */
export const serveFlags: Flags = new Map([
  ...numbers(connectionBounds),
  ['tls.cert', '--cert'],
  ['tls.key', '--key'],
  ['compression', '--compress'],
]);

/**
 * Names of the engine's options in its errors. Limits and times are found by their form, so that a new one is found as
 * well; the others are listed. By the time this is used, options with a flag have been replaced.
 */
const optionNames =
  /(?<![\w-])(?:(?:limits\.)?max[A-Z]\w*|[a-z]+(?:[A-Z]\w*)?(?:Timeout|Lifetime|Interval|Deadline)|tls\.[a-z]\w*|heartbeat\.(?:interval|timeout)|proxy\.(?:host|port|username|password|exclude)|allowedOrigins|highWaterMark|rejectUnauthorized|slowConsumer|trustedProxies)(?![\w-])/g;

/** Advice that is about a call in a program. */
const forPrograms = /\w\(\)|\bwait for drained\b|\bof `\w+`|\bthe `\w+` option\b/;

/**
 * The text of an error of the engine, for a user of the command.
 *
 * @param flags  which options of the engine the command has, see {@link connectFlags} and {@link serveFlags}
 */
export function inFlags(text: string, flags: Flags): string {
  // The server's words are about its own options.
  const quoted = text.indexOf(SERVER_SAYS);
  if (quoted !== -1) return inFlags(text.slice(0, quoted), flags) + text.slice(quoted);
  const spoken = outsideQuotes(text, (part) => nameFlags(part, flags));
  const [statement = '', ...remedies] = splitOutsideQuotes(spoken, '; ');
  // "raise it" is about the limit in the statement.
  const isFixed = statement.search(optionNames) !== -1;
  const kept = remedies.map((remedy) => adviceFor(remedy, isFixed)).filter((remedy) => remedy !== '');
  return outsideQuotes([statement, ...kept].join('; '), describeNames);
}

/** Applies `change` to the text outside double quotes. Quoted text comes from elsewhere, and stays as it is. */
function outsideQuotes(text: string, change: (part: string) => string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|[^"]+|"/g, (part) =>
    part.length > 1 && part.startsWith('"') ? part : change(part),
  );
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [''];
  for (const piece of text.match(/"(?:[^"\\]|\\.)*"|[^"]+|"/g) ?? []) {
    const [first = '', ...others] = piece.startsWith('"') ? [piece] : piece.split(separator);
    parts[parts.length - 1] += first;
    parts.push(...others);
  }
  return parts;
}

function nameFlags(part: string, flags: Flags): string {
  let spoken = part;
  for (const [option, flag] of longestFirst(flags)) {
    // With or without the object that the option is in. Not inside another word, and not an existing flag.
    const name = option.startsWith('limits.') ? `(?:limits\\.)?${option.slice(7)}` : option.replace('.', '\\.');
    spoken = spoken.replace(new RegExp(`(?<![\\w.-])${name}(?:\\[\\d+\\])?(?![\\w-]|\\.\\w)`, 'g'), flag);
  }
  return spoken;
}

/**
 * The alternatives of a remedy (`raise a, or have the peer …`) that apply here, including those in parentheses.
 *
 * @param isFixed  whether the limit that an error is about has no flag
 */
function adviceFor(remedy: string, isFixed: boolean): string {
  const isForPrograms = (text: string): boolean => isAdviceForPrograms(text) || (isFixed && /\braise it\b/.test(text));
  const outer = remedy.replace(/ \(([^()]*)\)/g, (whole, inner: string) => {
    if (!isForPrograms(inner)) return whole;
    const kept = inner.split(', ').filter((part) => !isForPrograms(part));
    return kept.length === 0 ? '' : ` (${kept.join(', ')})`;
  });
  if (!isForPrograms(outer)) return outer;
  const alternatives = outer.split(/,? or (?=[a-z])/).flatMap((part) => part.split(', '));
  return alternatives.filter((part) => !isForPrograms(part)).join(', or ');
}

function isAdviceForPrograms(text: string): boolean {
  return forPrograms.test(text) || text.search(optionNames) !== -1;
}

/** Puts names without a flag into words: `maxConnections (100)` → `max connections (100)`. */
function describeNames(part: string): string {
  return part.replace(optionNames, (name) =>
    name
      .replace(/^limits\./, '')
      .replace('.', ' ')
      .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  );
}

function longestFirst(flags: Flags): (readonly [string, string])[] {
  return [...flags].sort(([one], [other]) => other.length - one.length);
}
