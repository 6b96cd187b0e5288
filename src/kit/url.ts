// The address given to `connect`, checked and brought into the form that is requested (§3.3 of the kit specification).

import { utf8Size } from './utf8-size.ts';

/** UTF-8 bytes of an address: what fits into a device's buffer. */
const MAX_URL_SIZE = 8195;

/** An address that can be requested. */
export interface Target {
  readonly kind: 'target';
  /** In ASCII, without a fragment. */
  readonly url: string;
  readonly secure: boolean;
  /** As in the `Host` header: lower case, an IPv6 address in brackets, an international name in its ASCII form. */
  readonly host: string;
  /** `''` when it is the default of the scheme. */
  readonly port: string;
}

/**
 * What an address is: a target; a valid address of no host at all (`ws://`, an IPv4 address out of range), which fails
 * as a name that does not exist; or no address.
 */
export type ParsedUrl = Target | { readonly kind: 'nowhere' } | { readonly kind: 'malformed' };

const encoder = new TextEncoder();

const malformed = { kind: 'malformed' } as const;
const nowhere = { kind: 'nowhere' } as const;

// Scheme, authority, and the rest up to a fragment, which is not part of a request.
const PARTS = /^(wss?):\/\/([^/?#]*)([^#]*)/i;
// A host, in brackets for IPv6, and a port.
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f]/;

/** Parses an address. Its path and query stay as they are, except for characters that may not stand there. */
export function parseUrl(text: string): ParsedUrl {
  if (text.length > MAX_URL_SIZE || utf8Size(text) > MAX_URL_SIZE) return malformed;
  const parts = PARTS.exec(text);
  if (parts === null || CONTROL_OR_SPACE.test(text)) return malformed;
  const [, scheme = '', authority = '', rest = ''] = parts;
  // `user:password@` has no meaning for a WebSocket, and a device misreads it.
  const address = authority.includes('@') ? null : AUTHORITY.exec(authority);
  if (address === null) return malformed;
  const [, host = '', port = ''] = address;
  if (host === '') return nowhere;

  const secure = scheme.toLowerCase() === 'wss';
  const origin = parseOrigin(`${secure ? 'wss' : 'ws'}://${host}${port === '' ? '' : `:${port}`}`);
  if (origin === undefined) return /^[\w.-]+$/.test(host) && Number(port) <= 65535 ? nowhere : malformed;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return {
    kind: 'target',
    url: `${origin.protocol}//${origin.host}${percentEncode(target)}`,
    secure,
    host: origin.hostname,
    port: origin.port,
  };
}

function parseOrigin(text: string): URL | undefined {
  try {
    const url = new URL(text);
    // A backslash or the like would have become a path.
    return url.pathname === '/' ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Characters that may not stand in a path or query (RFC 3986 §3.3, §3.4) as the percent-encoded bytes of their UTF-8;
 * all others as they are, `/../` and `%7e` included. Brackets may not either, but are common and understood.
 */
function percentEncode(target: string): string {
  return target.replace(/[^A-Za-z0-9\-._~%!$&'()*+,;=:@/?[\]]+/g, (characters) =>
    Array.from(encoder.encode(characters), (byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  );
}
