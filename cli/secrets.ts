// Secrets that come from the command line or the environment and must not be printed: passwords in URLs, header values.
// Every text that the command prints to standard error passes through here, including texts of the engine.

import { hideCredentialsIn } from '#credentials';

/** Printed instead of a secret. */
const MASK = '***';

/** Shorter values are not treated as secrets: they would be found in any text. */
const SHORTEST = 6;

/** Characters of a secret by which its beginning is recognised where a text was cut. */
const HEAD = 12;

/** Removes known secrets and the credentials of all URLs from texts. */
export class Secrets {
  readonly #values: readonly string[];

  /**
   * @param args         a command line: the values of `--header` and the credentials of every URL are secrets
   * @param environment  variables: the credentials of proxies are secrets
   */
  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const values = [...headerValues(args)];
    const proxies = Object.entries(environment).flatMap(([name, value]) =>
      /_proxy$/i.test(name) ? [value ?? ''] : [],
    );
    for (const text of [...args, ...proxies]) values.push(...passwordsIn(text));
    const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
    // The longest first: one may contain another.
    this.#values = [...new Set(forms)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
  }

  /** Returns `text` without secrets. */
  hide(text: string): string {
    let hidden = text;
    for (const value of this.#values) hidden = hide(hidden, value);
    return hideCredentialsIn(hidden);
  }
}

/** Removes `value` from `text`, even if the text was cut within it and continues with `…`. */
function hide(text: string, value: string): string {
  const head = value.slice(0, HEAD);
  let result = '';
  let done = 0;
  for (let at = text.indexOf(head); at !== -1; at = text.indexOf(head, Math.max(done, at + 1))) {
    let end = at + head.length;
    while (end - at < value.length && text[end] === value[end - at]) end++;
    if (end - at < value.length && text[end] !== '…') continue;
    result += text.slice(done, at) + MASK;
    done = end;
  }
  return result + text.slice(done);
}

function* headerValues(args: readonly string[]): Generator<string> {
  for (const [index, arg] of args.entries()) {
    const field = arg.startsWith('--header=') ? arg.slice('--header='.length) : undefined;
    const given = field ?? (args[index - 1] === '--header' ? arg : undefined);
    if (given === undefined) continue;
    const value = given.slice(given.indexOf(':') + 1).trim();
    yield value;
    // `Bearer abc`: the scheme is not a secret, and the rest may appear without it.
    const credentials = /^[A-Za-z][\w-]*\s+(.+)$/s.exec(value)?.[1];
    if (credentials !== undefined) yield credentials;
  }
}

/** Returns the password of a URL, encoded and decoded. Text before the `@` without a colon may be a password too. */
function passwordsIn(text: string): string[] {
  const credentials = /^(?:[a-z][a-z0-9+.-]*:)?\/\/(.*)@/is.exec(text)?.[1];
  if (credentials === undefined) return [];
  const password = credentials.includes(':') ? credentials.slice(credentials.indexOf(':') + 1) : credentials;
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
