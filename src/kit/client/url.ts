// The address given to `connect`: it is checked and brought into the form of a request (kit specification §3.3).

import { hideCredentials } from '../../core/credentials.ts';
import { utf8Bytes, utf8Size } from '../../core/utf8-text.ts';
import { quoted } from '../described.ts';

/** Bytes of UTF-8: the size of a device's buffer. */
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

/** An address: one that can be requested, or one that cannot. */
export type ParsedUrl = Target | NoTarget;

/**
 * An address that cannot be requested. `nowhere` is valid but has no host (`ws://`, an IPv4 address out of range), and
 * fails like a name that does not exist. `malformed` is not an address.
 */
export interface NoTarget {
  readonly kind: 'nowhere' | 'malformed';
  /** A sentence. It does not show the parts that may be secret: user name, password, query. */
  readonly problem: string;
}

// Scheme, authority, and the rest without the fragment, which is not part of a request.
const PARTS = /^(wss?):\/\/([^/?#]*)([^#]*)/i;
// A host, in brackets for IPv6, and a port.
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f]/;

/** Parses an address. Path and query stay as written, except for characters that may not stand there. */
export function parseUrl(text: string): ParsedUrl {
  if (text.length > MAX_URL_SIZE || utf8Size(text) > MAX_URL_SIZE) {
    return malformed(`the address has ${utf8Size(text)} bytes in UTF-8; expected at most ${MAX_URL_SIZE}`);
  }
  // Passwords and tokens must not get into logs.
  const shown = quoted(hideCredentials(text).replace(/[?#].*$/s, '?…'));
  const parts = PARTS.exec(text);
  if (parts === null) return malformed(`the address is ${shown}; it must begin with ws:// or wss://`);
  if (CONTROL_OR_SPACE.test(text)) {
    return malformed(`the address ${shown} contains a space or a control character; percent-encode it`);
  }
  const [, scheme = '', authority = '', rest = ''] = parts;
  // `user:password@` has no meaning for a WebSocket, and a device misreads it.
  if (authority.includes('@')) {
    return malformed(
      `the address ${shown} has a user name before its host, which the kit does not send; remove it, ` +
        'and set an Authorization header in the option header',
    );
  }
  const address = AUTHORITY.exec(authority);
  if (address === null)
    return malformed(`the host and port of the address ${shown} cannot be read; expected host:port`);
  const [, host = '', port = ''] = address;
  if (host === '') return nowhere(`the address ${shown} has no host; write one after ws:// or wss://`);

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
    // A backslash, for example, would have become a path.
    return url.pathname === '/' ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Percent-encodes the characters that may not stand in a path or query (RFC 3986 §3.3, §3.4), as UTF-8. All others stay
 * as they are, including `/../` and `%7e`. Brackets may not stand there either, but are common, and servers understand
 * them.
 */
function percentEncode(target: string): string {
  return target.replace(/[^A-Za-z0-9\-._~%!$&'()*+,;=:@/?[\]]+/g, (characters) =>
    Array.from(utf8Bytes(characters), (byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  );
}
