// The parts of a URI (RFC 3986), as a device finds them, and what it says of a URI that is wrong.

/** Parts as they are written, percent-encoded. One that is not there is `undefined`. */
export interface Parts {
  readonly scheme?: string | undefined;
  /** All between the scheme and the fragment. */
  readonly ssp: string;
  readonly authority?: string | undefined;
  readonly userInfo?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
  readonly fragment?: string | undefined;
}

const anyCharacter = /^[\w\u0080-\uffff+\-.;/?:@&=$,[\]!~*'()%]*$/;
const pathCharacter = /^[\w\u0080-\uffff+\-.;/:@&=$,!~*'()%]*$/;
const userInfoCharacter = /^[\w\u0080-\uffff+\-.;:&=$,!~*'()%]*$/;
const portCharacter = /^[\w\u0080-\uffff+\-.;:&=$,!~*'()]*$/;
const hostName = /^[a-z\d]([a-z\d~_-]*[a-z\d])?(\.[a-z\d]([a-z\d~_-]*[a-z\d])?)*$/i;

/**
 * Finds the parts of a URI.
 *
 * @param fail  is called with a device's text, and throws
 */
export function partsOf(uri: string, fail: (text: string) => never): Parts {
  const check = (text: string, allowed: RegExp, name: string): void => {
    if (!allowed.test(text)) fail(`${name} does not conform to the rule`);
  };
  const [beforeFragment, fragment] = cut(uri, '#');
  if (beforeFragment === '') fail("#It can't be the first");
  check(fragment ?? '', anyCharacter, 'Fragment');
  const [beforeQuery, query] = cut(beforeFragment, '?');
  check(query ?? '', anyCharacter, 'Query');

  const colon = beforeQuery.indexOf(':');
  const slash = beforeQuery.indexOf('/');
  if (colon < 0 || (slash >= 0 && slash < colon)) {
    check(beforeQuery, pathCharacter, 'SpecialPath');
    return { ssp: beforeFragment, path: beforeQuery || undefined, query, fragment };
  }
  const scheme = beforeQuery.slice(0, colon);
  if (!/^[a-z]/i.test(scheme)) fail('Scheme the first character must be a letter');
  check(scheme, /^[a-z\d+\-.]*$/i, 'scheme');

  const rest = beforeQuery.slice(colon + 1);
  const ssp = beforeFragment.slice(colon + 1);
  // What does not begin with a slash has no parts.
  if (!rest.startsWith('/')) return { scheme, ssp, fragment };
  if (!rest.startsWith('//')) return { scheme, ssp, path: rest, query, fragment };
  const end = rest.indexOf('/', 2);
  const authority = (end < 0 ? rest.slice(2) : rest.slice(2, end)) || undefined;
  const path = end < 0 ? undefined : rest.slice(end);
  check(path ?? '', pathCharacter, 'path');
  return { scheme, ssp, authority, ...serverOf(authority ?? '', check, fail), path, query, fragment };
}

function serverOf(
  authority: string,
  check: (text: string, allowed: RegExp, name: string) => void,
  fail: (text: string) => never,
): Pick<Parts, 'userInfo' | 'host' | 'port'> {
  const at = authority.indexOf('@');
  const userInfo = at < 0 ? undefined : authority.slice(0, at);
  check(userInfo ?? '', userInfoCharacter, 'userInfo');
  const address = authority.slice(at + 1);
  const colon = address.lastIndexOf(':');
  const hasPort = colon > address.lastIndexOf(']');
  const port = hasPort ? address.slice(colon + 1) : undefined;
  check(port ?? '', portCharacter, 'port');
  // An empty port is none, and its colon is a part of the host, which is wrong then.
  const host = port ? address.slice(0, colon) : address;
  const isNumber = port === undefined || /^\d*$/.test(port);
  if (host.startsWith('[')) {
    if (!host.endsWith(']')) fail('IPv6 is missing a closing bracket');
    if (!isNumber) fail('Prot does not conform to the rule');
    if (!/^\[[\da-f:.]+(%[\w.]+)?\]$/i.test(host)) fail('ipv6 does not conform to the rule');
  } else {
    if (/[[\]]/.test(host)) fail('host does not conform to the rule');
    // An authority of another kind: it has no host.
    if (!isNumber || !hostName.test(host)) return {};
  }
  return { userInfo, host, port };
}

/** What is before the first separator, and what is after it, if there is one. */
function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
