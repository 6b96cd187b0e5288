// A proxy that is written as a URL: `socks5://user:password@host:port`, in an option or in an environment variable.

import { isSocks, type ProxyAddress, type ProxyProtocol } from './proxy-options.ts';

/** The protocols, and the port that each one has without another. */
const PORTS: Readonly<Record<ProxyProtocol, number>> = {
  http: 80,
  https: 443,
  socks5: 1080,
  socks5h: 1080,
  socks4: 1080,
  socks4a: 1080,
};

/** The protocols of proxies, in words. */
export const PROXY_PROTOCOLS = Object.keys(PORTS) as readonly ProxyProtocol[];

export const PROXY_URL_EXPECTED = 'a proxy such as http://user:password@proxy.example:3128';

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//iu;

/** Whether a text is meant as a URL. */
export function hasScheme(text: string): boolean {
  return SCHEME.test(text);
}

/**
 * Reads `protocol://user:password@host:port`, all but the host optional; without a protocol, `http`.
 *
 * @param malformed  makes the error from what is expected
 * @throws what `malformed` makes
 */
export function parseProxyUrl(value: string, malformed: (expected: string) => Error): ProxyAddress {
  const protocol = (SCHEME.exec(value)?.[1]?.toLowerCase() ?? 'http') as ProxyProtocol;
  const defaultPort = Object.hasOwn(PORTS, protocol) ? PORTS[protocol] : undefined;
  if (defaultPort === undefined)
    throw malformed(`${PROXY_URL_EXPECTED}; the protocols are ${PROXY_PROTOCOLS.join(', ')}`);
  let url: URL;
  let credentials: { username?: string; password?: string } = {};
  try {
    // A URL of a scheme that the standard does not know takes any host: read as one of HTTP.
    url = new URL(`http://${value.replace(SCHEME, '')}`);
    const { username, password } = url;
    // `user@` has no password, `user:@` an empty one; URL does not tell them apart.
    const hasPassword = password !== '' || /:@/u.test(value);
    if (username !== '' && (hasPassword || isSocks(protocol)))
      credentials = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw malformed(PROXY_URL_EXPECTED);
  }
  // A path is a sign of a mistake: the rest of a password whose slash is not written as %2F.
  if (url.port === '0' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw malformed(PROXY_URL_EXPECTED);
  // URL leaves out port 80, which it takes for the default.
  const isPort80 = url.port === '' && /:0*80\/?$/u.test(value);
  const port = url.port !== '' ? Number(url.port) : isPort80 ? 80 : defaultPort;
  if (credentials.username?.includes(':') && !isSocks(protocol))
    throw malformed(`${PROXY_URL_EXPECTED}, without a colon in the user name (RFC 7617 §2)`);
  const { hostname } = url;
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { host, port, ...credentials, ...(protocol === 'http' ? {} : { protocol }) };
}
