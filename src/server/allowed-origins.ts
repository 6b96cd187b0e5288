// Which pages may connect (RFC 6455 §10.2). A browser names the page of a script in `Origin`, and sends the user's cookies
// whatever page it is. Other programs send no Origin, or any they like: the list does not protect against them.

import { type WebSocketError, webSocketError } from '../core/errors.ts';

const FORMS =
  'such as https://example.org or https://example.org:8443, https://*.example.org for its subdomains, or null; in ASCII (xn--…), without path';
/** The entries, in words. */
export const ORIGINS_EXPECTED = `origins ${FORMS}`;
const ORIGIN_EXPECTED = `an origin ${FORMS}`;

export class AllowedOrigins {
  /** Serialized (RFC 6454 §6.2), without default ports. */
  readonly #exact = new Set<string>();
  /** The text before and after the name of a subdomain. */
  readonly #below: { readonly scheme: string; readonly rest: string }[] = [];

  /** @throws WebSocketError ERR_WS_OPTION for an entry that is not an origin */
  constructor(entries: readonly string[]) {
    if (!Array.isArray(entries))
      throw webSocketError('ERR_WS_OPTION', 'allowedOrigins', entries, `a list of ${ORIGINS_EXPECTED}`);
    for (const [index, entry] of (entries as readonly unknown[]).entries()) this.#add(entry, index);
  }

  /**
   * Whether a handshake with this origin may go on.
   *
   * @param origin  value of Origin; `undefined` if there is none, as from programs other than browsers
   */
  allows(origin: string | undefined): boolean {
    if (origin === undefined) return true;
    const serialized = origin === 'null' ? origin : serialize(origin);
    if (serialized === undefined) return false;
    if (this.#exact.has(serialized)) return true;
    return this.#below.some(
      ({ scheme, rest }) =>
        serialized.startsWith(scheme) && serialized.endsWith(rest) && serialized.length > scheme.length + rest.length,
    );
  }

  #add(entry: unknown, index: number): void {
    if (typeof entry !== 'string') throw badEntry(entry, index);
    const [scheme = '', rest] = entry.split('://*.', 2);
    const isBelow = rest !== undefined;
    const serialized = entry === 'null' ? entry : serialize(isBelow ? `${scheme}://${rest}` : entry);
    if (serialized === undefined) throw badEntry(entry, index);
    if (isBelow) {
      const hostAt = serialized.indexOf('://') + 3;
      this.#below.push({ scheme: serialized.slice(0, hostAt), rest: `.${serialized.slice(hostAt)}` });
    } else {
      this.#exact.add(serialized);
    }
  }
}

function badEntry(entry: unknown, index: number): WebSocketError {
  return webSocketError('ERR_WS_OPTION', `allowedOrigins[${index}]`, entry, ORIGIN_EXPECTED);
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443' };

/**
 * The ASCII serialization of an origin: scheme and host in lower case, no default port.
 *
 * @returns `undefined` for other text: without a scheme, with a path or a user, or a host with other characters
 */
function serialize(origin: string): string | undefined {
  const parts = /^([a-z][a-z\d+.-]*):\/\/([a-z\d_.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/.exec(origin.toLowerCase());
  if (parts === null) return undefined;
  const [, scheme = '', host = '', port] = parts;
  if (port !== undefined && Number(port) > 65535) return undefined;
  const isDefault = port === undefined || String(Number(port)) === DEFAULT_PORTS[scheme];
  return isDefault ? `${scheme}://${host}` : `${scheme}://${host}:${Number(port)}`;
}
