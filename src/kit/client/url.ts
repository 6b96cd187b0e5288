// The address given to `connect`, checked and brought into the form that is requested (§3.3 of the kit specification).

import { hideCredentials } from '../../core/credentials.ts';
import { utf8Bytes, utf8Size } from '../../core/utf8-text.ts';
import { quoted } from '../described.ts';

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
export type ParsedUrl = Target | NoTarget;

/** An address that cannot be requested. */
export interface NoTarget {
  readonly kind: 'nowhere' | 'malformed';
  /** A sentence, without what may be secret in the address: user name, password, query. */
  readonly problem: string;
}

// Scheme, authority, and the rest up to a fragment, which is not part of a request.
const PARTS = /^(wss?):\/\/([^/?#]*)([^#]*)/i;
// A host, in brackets for IPv6, and a port.
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f]/;

/** Parses an address. Its path and query stay as they are, except for characters that may not stand there. */
export function parseUrl(text: string): ParsedUrl {
  if (text.length > MAX_URL_SIZE || utf8Size(text) > MAX_URL_SIZE) {
    return malformed(`the address has ${utf8Size(text)} bytes in UTF-8; expected at most ${MAX_URL_SIZE}`);
  }
  // Passwords and tokens are not for logs.
  const shown = quoted(hideCredentials(text).replace(/[?#].*$/s, '?…'));
  const parts = PARTS.exec(text);
  if (parts === null) return malformed(`the address is ${shown}; expected one that begins with ws:// or wss://`);
  if (CONTROL_OR_SPACE.test(text)) {
    return malformed(`the address ${shown} has a blank or a control character in it; percent-encode it`);
  }
  const [, scheme = '', authority = '', rest = ''] = parts;
  // `user:password@` has no meaning for a WebSocket, and a device misreads it.
  if (authority.includes('@')) {
    return malformed(
      `the address ${shown} has a user name before its host, which the kit does not send; leave it out, ` +
        'and give an Authorization field in the option header',
    );
  }
  const address = AUTHORITY.exec(authority);
  if (address === null)
    return malformed(`the address ${shown} has no host and port that can be read; expected host:port`);
  const [, host = '', port = ''] = address;
  if (host === '') return nowhere(`the address ${shown} has no host; expected one after ws:// or wss://`);

  const secure = scheme.toLowerCase() === 'wss';
  const origin = parseOrigin(`${secure ? 'wss' : 'ws'}://${host}${port === '' ? '' : `:${port}`}`);
  if (Number(port) > 65535) return malformed(`the address ${shown} has the port ${port}; expected at most 65535`);
  if (origin === undefined) {
    const problem = `the address ${shown} has the host ${quoted(host)}, which is neither a name nor an IP address`;
    return /^[\w.-]+$/.test(host) ? nowhere(problem) : malformed(problem);
  }
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  return {
    kind: 'target',
    url: `${origin.protocol}//${origin.host}${percentEncode(target)}`,
    secure,
    host: origin.hostname,
    port: origin.port,
  };
}

function malformed(problem: string): NoTarget {
  return { kind: 'malformed', problem };
}

function nowhere(problem: string): NoTarget {
  return { kind: 'nowhere', problem };
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
    Array.from(utf8Bytes(characters), (byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  );
}
