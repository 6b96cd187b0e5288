// The warning of a page that connects without options that its browser cannot meet: `configure({ browser: { unsupported:
// 'warn' } })`. It tells what is missing, and first what makes the connection less safe. A page that does not import
// `configure` does not load it.

import { warn } from './diagnostics.ts';

/** What the application loses. The first group is about safety and identity. */
const unsafe: Readonly<Record<string, string>> = {
  clientCert: 'the server does not get this certificate, so it does not learn from it who connects',
  caPath: 'a server is accepted with a certificate of any authority that the browser trusts',
  minSupportTlsProtocol: 'an older version of TLS is accepted if the browser accepts it',
  proxy: 'the connection uses the proxy of the browser, or none',
};

const harmless: Readonly<Record<string, string>> = {
  skipServerCertVerification: 'the browser verifies the certificate of the server',
  supportOriginPort: 'the server gets the origin of the page',
  pingInterval: 'no pings are sent, so a server that falls silent is not noticed',
  pongTimeout: 'no pongs are awaited',
};

/** Names of headers by which programs send credentials. */
const CREDENTIALS =
  /authori[sz]ation|cookie|token|secret|passw|api-?key|signature|credential|session|(?:^|-)auth(?:$|-)/;

/** The sets of options that this page has been told of. Few: a set of nine names. */
const told = new Set<string>();

/**
 * Warns of ignored options. Each set of options is told once in a page, so that a client that connects again and again
 * does not fill the console.
 *
 * @param names    the ignored options
 * @param headers  names of the headers in `header`, in lower case
 */
export function warnOfIgnored(names: readonly string[], headers: readonly string[]): void {
  const credentials = headers.filter((name) => CREDENTIALS.test(name));
  const set = `${names.join()} ${credentials.length > 0}`;
  if (told.has(set)) return;
  told.add(set);
  const safety = names.flatMap((name) => losses(name, unsafe));
  const others = names.flatMap((name) => losses(name, harmless));
  if (names.includes('header')) {
    const loss = `the server does not get ${headers.join(', ')}`;
    if (credentials.length === 0) others.unshift(`header (${loss})`);
    else safety.unshift(`header (${loss}; it does not learn from ${credentials.join(', ')} who connects)`);
  }
  const parts = [
    `connect ignored options that do not work in a browser: ${names.join(', ')}`,
    ...(safety.length > 0 ? [`Less safe without ${safety.join(', ')}`] : []),
    ...(others.length > 0 ? [`Different without ${others.join(', ')}`] : []),
    'This warning comes once; leave these options out in a page to end it',
    "configure({ browser: { unsupported: 'refuse' } }), the default, makes connect fail with 2302999 instead",
  ];
  warn(`ignored ${set}`, `${parts.join('. ')}.`);
}

function losses(name: string, table: Readonly<Record<string, string>>): string[] {
  return table[name] === undefined ? [] : [`${name} (${table[name]})`];
}
