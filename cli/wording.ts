// Errors of the engine in the words of the command line. They name the engine's options, which nobody can set who types a
// command: those that have a flag get its name, and advice that only a program could follow is left out.

import { connectionBounds, flagOf, handshakeBounds } from './bounds.ts';

/** What stands before the words of a server in the text of ERR_WS_REFUSED. */
const SERVER_SAYS = '. The server says: ';

type Flags = ReadonlyMap<string, string>;

const numbers = (bounds: readonly { readonly option: string }[]) =>
  bounds.map(({ option }) => [option, `--${flagOf(option)}`] as const);

/** What `connect` has for options of the engine. */
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

/** What `serve` has for them. */
export const serveFlags: Flags = new Map([
  ...numbers(connectionBounds),
  ['tls.cert', '--cert'],
  ['tls.key', '--key'],
  ['compression', '--compress'],
]);

/**
 * Names of the engine's options as they stand in its errors: limits and times by their form, so that a new one is not
 * forgotten here, the others one by one. Only those that have no flag are left when this is looked for.
 */
const optionNames =
  /(?<![\w-])(?:(?:limits\.)?max[A-Z]\w*|[a-z]+(?:[A-Z]\w*)?(?:Timeout|Lifetime|Interval|Deadline)|tls\.[a-z]\w*|heartbeat\.(?:interval|timeout)|proxy\.(?:host|port|username|password|exclude)|allowedOrigins|highWaterMark|rejectUnauthorized|slowConsumer|trustedProxies)(?![\w-])/g;

/** Advice that is about a call, or about what surrounds it in a program. */
const forPrograms = /\w\(\)|\bwait for drained\b|\bof `\w+`|\bthe `\w+` option\b/;

/**
 * The text of an error of the engine for somebody at the command line.
 *
 * @param flags  which options of the engine the command has, see {@link connectFlags} and {@link serveFlags}
 */
export function inFlags(text: string, flags: Flags): string {
  // What a server says of its own options is not advice for here.
  const quoted = text.indexOf(SERVER_SAYS);
  if (quoted !== -1) return inFlags(text.slice(0, quoted), flags) + text.slice(quoted);
  const spoken = outsideQuotes(text, (part) => nameFlags(part, flags));
  const [statement = '', ...remedies] = splitOutsideQuotes(spoken, '; ');
  // "raise it" is about the limit in the statement.
  const isFixed = statement.search(optionNames) !== -1;
  const kept = remedies.map((remedy) => adviceFor(remedy, isFixed)).filter((remedy) => remedy !== '');
  return outsideQuotes([statement, ...kept].join('; '), describeNames);
}

/** Applies `change` to what is not in double quotes: what is comes from elsewhere, and stays. */
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
    // With or without the object that the option is in; not within another word, and not what is a flag already.
    const name = option.startsWith('limits.') ? `(?:limits\\.)?${option.slice(7)}` : option.replace('.', '\\.');
    spoken = spoken.replace(new RegExp(`(?<![\\w.-])${name}(?:\\[\\d+\\])?(?![\\w-]|\\.\\w)`, 'g'), flag);
  }
  return spoken;
}

/**
 * The alternatives of a remedy (`raise a, or have the peer …`) that can be followed here, also of those in parentheses.
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

/** What is left in a statement: `maxConnections (100) are open` → `max connections (100) are open`. */
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
