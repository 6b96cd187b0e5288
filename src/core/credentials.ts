// Texts of users without the secrets in them, for errors and logs: the one place that knows where a URL has a user name, a
// password and tokens. It needs nothing of Node, since the kit in a page uses it too.

/** Shown instead of a secret. */
const MASK = '***';

/** What stands before the user name of a URL. */
const PREFIX = /^(?:[a-z][a-z0-9+.-]*:)?[/\\]+/i;
/** An authority with a colon that no port follows. Linear in its length, as all of this: a server chooses a Location. */
const CUT_PASSWORD = /^[^/\\]*:(?!\d*[/\\])/;

/**
 * Hides the credentials of a URL, valid or not, and the values of its query and fragment, in which tokens are sent.
 *
 * User name and password end at the last `@` before the query: a text that cannot be parsed may have a slash in its
 * password, or a `#` or a `?` where its port would be.
 */
export function hideCredentials(url: string): string {
  const prefix = PREFIX.exec(url)?.[0] ?? '';
  let at = url.slice(0, lengthBeforeQuery(url)).lastIndexOf('@');
  if (at === -1 && CUT_PASSWORD.test(url.slice(prefix.length, lengthBeforeQuery(url)))) at = url.lastIndexOf('@');
  return hideQuery(at === -1 ? url : `${prefix}${MASK}${url.slice(at)}`);
}

/** Hides the credentials of a proxy: everything before the last `@`, since its address has no path, query or fragment. */
export function hideProxyCredentials(proxy: string): string {
  const at = proxy.lastIndexOf('@');
  return at === -1 ? proxy : `${PREFIX.exec(proxy)?.[0] ?? ''}${MASK}${proxy.slice(at)}`;
}

function lengthBeforeQuery(url: string): number {
  const at = url.search(/[?#]/);
  return at === -1 ? url.length : at;
}

/** Hides the values of the query and the fragment of a URL or a path; their names stay. */
export function hideQuery(url: string): string {
  const length = lengthBeforeQuery(url);
  return (
    url.slice(0, length) +
    url
      .slice(length)
      .replace(/=[^&;#]+/g, '=…')
      .replace(LONG_VALUE, '…')
  );
}

/** Hides the credentials of a Location field, absolute or relative. A path has none, though it may contain an `@`. */
export function hideInLocation(location: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(location) ? hideCredentials(location) : hideQuery(location);
}

/** Of a query without names. */
const LONG_VALUE = /[^?&;#=]{17,}/g;

/** `scheme://user:password@`, up to the last `@` of the authority; a password may contain `@` by mistake. */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:)?\/\/[^\s/?#"'<>]*@/gi;
/** The same with a `/`, `?` or `#` in the password, which no parser takes for a part of it. */
const BROKEN_CREDENTIALS = /([a-z][a-z0-9+.-]*:)?\/\/[^\s/?#"'<>@:]*:[^\s"'<>@]*@/gi;
/** Parameters of a query by whose names programs pass credentials. */
const SECRET_PARAMETER =
  /([?&;](?:[\w.-]*(?:token|secret|passw(?:or)?d|passwd|pwd|api[-_]?key|signature|credentials?)|auth|authorization|sig|jwt)=)[^&;#\s"'<>]+/gi;

/** Hides the credentials of all URLs in a running text. `user:password@`, as examples have it, stays. */
export function hideCredentialsIn(text: string): string {
  return text.replace(CREDENTIALS, masked).replace(BROKEN_CREDENTIALS, masked).replace(SECRET_PARAMETER, `$1${MASK}`);
}

function masked(credentials: string, scheme = ''): string {
  return credentials.endsWith('//user:password@') ? credentials : `${scheme}//${MASK}@`;
}
