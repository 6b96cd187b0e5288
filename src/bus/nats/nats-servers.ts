// Addresses of NATS servers, as its clients write them: `nats://user:password@host:4222`, several divided by commas, `tls://`
// where the connection must be encrypted, and a token in the place of a user.

import { webSocketError } from '../../core/errors.ts';
import { Described } from '../../core/shown-value.ts';

/** Servers of one system, and how to log in. */
export interface NatsServers {
  /** `host:port` of each. */
  readonly hosts: readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** One of them is `tls://`. */
  readonly isEncrypted: boolean;
}

const EXPECTED = 'a URL such as nats://127.0.0.1:4222 or tls://user:password@nats.example:4222';
const DEFAULT_PORT = '4222';
/** `nats://` and `tls://`; other clients also know `natss://`. */
const SCHEME = /^(nats|tls):\/\//iu;

/**
 * Reads addresses.
 *
 * @param given  URLs; each may be several, divided by commas
 * @throws WebSocketError ERR_WS_OPTION. It does not show credentials
 */
export function parseServers(given: readonly string[], option = 'servers'): NatsServers {
  const urls = given.flatMap((one) => one.split(',')).map((one) => one.trim());
  const hosts: string[] = [];
  let login: string | undefined;
  let credentials: Pick<NatsServers, 'user' | 'pass' | 'token'> = {};
  let isEncrypted = false;
  for (const text of urls) {
    const url = parse(text, option);
    hosts.push(`${url.hostname}:${url.port || (/:0*80$/u.test(text) ? '80' : DEFAULT_PORT)}`);
    if (/^tls/iu.test(text)) isEncrypted = true;
    if (url.username === '') continue;
    const own = `${url.username}:${url.password}`;
    if (login !== undefined && login !== own) throw wrong(option, 'the same user and password in each URL');
    login = own;
    const user = decode(url.username, option);
    credentials = url.password === '' ? { token: user } : { user, pass: decode(url.password, option) };
  }
  if (hosts.length === 0) throw wrong(option, EXPECTED);
  return { hosts: [...new Set(hosts)], ...credentials, isEncrypted };
}

function parse(text: string, option: string): URL {
  if (!SCHEME.test(text)) throw wrong(option, EXPECTED);
  let url: URL;
  try {
    // A URL of a scheme that the standard does not know takes any host: it is read as one of HTTP.
    url = new URL(text.replace(SCHEME, 'http://'));
  } catch {
    throw wrong(option, EXPECTED);
  }
  // A path is a sign of a mistake: the rest of a password whose slash is not written as %2F.
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.port === '0') throw wrong(option, EXPECTED);
  return url;
}

function decode(text: string, option: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong(option, `${EXPECTED}, with other characters of the password as %2F`);
  }
}

function wrong(option: string, expected: string): Error {
  return webSocketError('ERR_WS_OPTION', option, new Described('an address that cannot be used'), expected);
}

/** Whether `host:port` has an address, not a name: certificates rarely have one. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[\d.]+:\d+$/u.test(host);
}

/** In any order, so that the nodes of a system spread over the servers of a cluster. */
export function shuffled<Value>(values: readonly Value[]): Value[] {
  const result = [...values];
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    const value = result[index] as Value;
    result[index] = result[other] as Value;
    result[other] = value;
  }
  return result;
}
