// Cookies (RFC 6265) of one request and its redirects, or of all requests of an object. They are told to the application in the
// form in which libcurl, and so a device, lists them.

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Whether subdomains get it. */
  readonly hasSubdomains: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  /** Seconds since 1970; 0: until the jar is gone. */
  readonly expires: number;
}

/** The most cookies that a jar keeps; the oldest go first. */
const MAX_COOKIES = 300;

/** Cookies, and which requests get them. */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** Takes the cookies of a response. */
  store(fields: readonly string[], url: URL): void {
    for (const field of fields) {
      const cookie = parseCookie(field, url);
      if (cookie === undefined) continue;
      this.#cookies = this.#cookies.filter((other) => !isSame(cookie, other));
      if (!isOver(cookie)) this.#cookies.push(cookie);
      if (this.#cookies.length > MAX_COOKIES) this.#cookies.shift();
    }
  }

  /** Returns the value of `Cookie` for a request; `''` if it gets none. */
  fieldFor(url: URL): string {
    return this.#cookies
      .filter((cookie) => !isOver(cookie) && isFor(cookie, url))
      .sort((one, other) => other.path.length - one.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** Returns all cookies, a line each. */
  lines(): string {
    return this.#cookies
      .map(({ name, value, domain, hasSubdomains, path, isSecure, isHttpOnly, expires }) =>
        [
          `${isHttpOnly ? '#HttpOnly_' : ''}${hasSubdomains ? '.' : ''}${domain}`,
          inCapitals(hasSubdomains),
          path,
          inCapitals(isSecure),
          expires,
          name,
          value,
        ].join('\t'),
      )
      .join('\r\n');
  }
}

function inCapitals(value: boolean): string {
  return value ? 'TRUE' : 'FALSE';
}

/** RFC 6265 §5.2, §5.3. @returns `undefined` for a cookie that must be ignored */
function parseCookie(field: string, url: URL): Cookie | undefined {
  const [pair = '', ...attributes] = field.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if (equals < 0 || name === '' || /[\t\r\n]/u.test(name + value)) return undefined;
  const host = url.hostname.toLowerCase();
  let [domain, hasSubdomains, path, isSecure, isHttpOnly, expires] = [host, false, '', false, false, 0];
  let maxAge: number | undefined;
  for (const attribute of attributes) {
    const [key = '', ...rest] = attribute.split('=');
    const text = rest.join('=').trim();
    switch (key.trim().toLowerCase()) {
      case 'domain':
        if (text === '') break;
        domain = text.replace(/^\./u, '').toLowerCase();
        hasSubdomains = true;
        break;
      case 'path':
        path = text;
        break;
      case 'secure':
        isSecure = true;
        break;
      case 'httponly':
        isHttpOnly = true;
        break;
      case 'max-age':
        if (/^-?\d+$/u.test(text)) maxAge = Number(text);
        break;
      case 'expires':
        expires = Math.max(1, Math.trunc(Date.parse(text) / 1000)) || 0;
        break;
    }
  }
  // RFC 6265 §5.3: max-age comes before expires.
  if (maxAge !== undefined) expires = maxAge <= 0 ? 1 : Math.trunc(Date.now() / 1000) + maxAge;
  if (hasSubdomains && !(host === domain || (host.endsWith(`.${domain}`) && domain.includes('.')))) return undefined;
  if (isSecure && url.protocol !== 'https:') return undefined;
  if (!path.startsWith('/')) path = url.pathname.slice(0, url.pathname.lastIndexOf('/')) || '/';
  return { name, value, domain, hasSubdomains, path, isSecure, isHttpOnly, expires };
}

function isSame(one: Cookie, other: Cookie): boolean {
  return one.name === other.name && one.domain === other.domain && one.path === other.path;
}

function isOver({ expires }: Cookie): boolean {
  return expires !== 0 && expires * 1000 <= Date.now();
}

/** RFC 6265 §5.1.3, §5.1.4. */
function isFor({ domain, hasSubdomains, path, isSecure }: Cookie, url: URL): boolean {
  const host = url.hostname.toLowerCase();
  if (host !== domain && !(hasSubdomains && host.endsWith(`.${domain}`))) return false;
  if (isSecure && url.protocol !== 'https:') return false;
  if (!url.pathname.startsWith(path)) return false;
  return path.endsWith('/') || url.pathname.length === path.length || url.pathname[path.length] === '/';
}
