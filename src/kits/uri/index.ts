// `uri` of `@kit.ArkTS` and `@ohos.uri`: URIs of any scheme.

import { BusinessError } from '../host.ts';
import { typeError } from '../parameter-error.ts';
import { type Parts, partsOf } from './parts.ts';

/** A URI. It does not change; methods that change a part return another one. Parts that are not there are `null`. */
class URI {
  readonly #text: string;
  readonly #parts: Parts;

  /** @throws BusinessError 401 if it is not a string, or is empty; 10200002 if it is not a URI */
  constructor(uri: string) {
    if (typeof uri !== 'string' || uri === '') throw typeError(uri, 'string');
    this.#text = uri;
    this.#parts = partsOf(uri, (text) => {
      throw new BusinessError(10200002, `Syntax Error. Invalid Uri string: The ${text}`);
    });
  }

  /**
   * Makes a URI of its parts, which are percent-encoded.
   *
   * @param ssp       what is between the scheme and the fragment
   * @param fragment  `''` for none
   * @throws BusinessError 401 if an argument is not a string, 10200002 if the result is not a URI
   */
  static createFromParts(scheme: string, ssp: string, fragment: string): URI {
    requireStrings(scheme, ssp, fragment);
    const end = fragment === '' ? '' : `#${encodeURIComponent(fragment)}`;
    return new URI(`${scheme}:${encodeURIComponent(ssp)}${end}`);
  }

  /** Returns the URI, percent-encoded. */
  toString(): string {
    return encodeURI(this.#text).replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%25', '%');
  }

  /**
   * Whether it is the same URI.
   *
   * @deprecated use `equalsTo`
   */
  equals(other: URI): boolean {
    return this.#text === other.#text;
  }

  /**
   * Whether it is the same URI.
   *
   * @throws BusinessError 401 if it is not a URI
   */
  equalsTo(other: URI): boolean {
    if (!(other instanceof URI)) throw typeError(other, 'URI');
    return this.equals(other);
  }

  /** Whether there is a scheme. */
  checkIsAbsolute(): boolean {
    return this.#parts.scheme !== undefined;
  }

  /** Whether there is no scheme. */
  checkRelative(): boolean {
    return !this.checkIsAbsolute();
  }

  /** Whether there is a scheme, and no slash follows it. */
  checkOpaque(): boolean {
    return this.checkIsAbsolute() && !this.#parts.ssp.startsWith('/');
  }

  /** Whether a slash follows the scheme, or there is no scheme. */
  checkHierarchical(): boolean {
    return !this.checkOpaque();
  }

  /** Returns the URI without `.` and `..` in its path. */
  normalize(): URI {
    const { path } = this.#parts;
    if (path === undefined) return new URI(this.#text);
    const segments: string[] = [];
    for (const segment of path.split('/')) {
      if (segment === '' || segment === '.') continue;
      if (segment === '..' && segments.length > 0 && segments.at(-1) !== '..') segments.pop();
      else segments.push(segment);
    }
    return this.#with({ path: `/${segments.join('/')}` });
  }

  /**
   * Returns the first value of a parameter of the query, decoded; `null` if there is none.
   *
   * @throws BusinessError 401 if it is not a string
   */
  getQueryValue(key: string): string {
    requireStrings(key);
    const found = this.#parameters().find(([name]) => name === key);
    return (found === undefined ? null : decoded(found[1].replaceAll('+', ' '))) as string;
  }

  /**
   * Returns the URI with another parameter in its query.
   *
   * @throws BusinessError 401 if an argument is not a string
   */
  addQueryValue(key: string, value: string): URI {
    requireStrings(key, value);
    const { query } = this.#parts;
    const added = `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
    return this.#with({ query: query ? `${query}&${added}` : added });
  }

  /**
   * Returns the URI with another segment at the end of its path.
   *
   * @throws BusinessError 401 if it is not a string
   */
  addSegment(pathSegment: string): URI {
    requireStrings(pathSegment);
    return this.addEncodedSegment(encodeURIComponent(pathSegment));
  }

  /**
   * Returns the URI with another segment, which is percent-encoded, at the end of its path.
   *
   * @throws BusinessError 401 if it is not a string
   */
  addEncodedSegment(pathSegment: string): URI {
    requireStrings(pathSegment);
    const path = this.#parts.path ?? '';
    return this.#with({ path: `${path.endsWith('/') ? path : `${path}/`}${pathSegment}` });
  }

  /** Returns the names of the query, decoded, each once. */
  getQueryNames(): string[] {
    return [...new Set(this.#parameters().map(([name]) => name))];
  }

  /**
   * Returns all values of a parameter of the query, decoded.
   *
   * @throws BusinessError 401 if it is not a string
   */
  getQueryValues(key: string): string[] {
    requireStrings(key);
    return this.#parameters().flatMap(([name, value]) => (name === key ? [decoded(value)] : []));
  }

  /**
   * Returns whether the first value of a parameter of the query is neither `false` nor `0`.
   *
   * @param defaultValue  for a parameter that is not there
   * @throws BusinessError 401 if an argument is of another type
   */
  getBooleanQueryValue(key: string, defaultValue: boolean): boolean {
    const value: string | null = this.getQueryValue(key);
    if (typeof defaultValue !== 'boolean') throw typeError(key, 'boolean');
    return value === null ? defaultValue : !['false', '0'].includes(value.toLowerCase());
  }

  /** Returns the URI without its query. */
  clearQuery(): URI {
    return this.#with({ query: undefined });
  }

  /** Returns the last segment of the path, decoded; `''` if there is none, or the path ends with a slash. */
  getLastSegment(): string {
    return decoded(this.#parts.path?.split('/').at(-1) ?? '');
  }

  /** Returns the segments of the path, decoded. */
  getSegment(): string[] {
    return (this.#parts.path ?? '')
      .split('/')
      .filter((segment) => segment !== '')
      .map(decoded);
  }

  /** Scheme, without `:`. */
  get scheme(): string {
    return orNull(this.#parts.scheme);
  }

  /** User information, decoded. */
  get userInfo(): string {
    return orNull(this.#parts.userInfo, decoded);
  }

  /** Host. */
  get host(): string {
    return orNull(this.#parts.host);
  }

  /** Port; `'-1'` if there is none. */
  get port(): string {
    return this.#parts.port ?? '-1';
  }

  /** Path, decoded. */
  get path(): string {
    return orNull(this.#parts.path, decoded);
  }

  /** Query, without `?`, decoded. */
  get query(): string {
    return orNull(this.#parts.query, decoded);
  }

  /** Fragment, without `#`, decoded. */
  get fragment(): string {
    return orNull(this.#parts.fragment, decoded);
  }

  /** User information, host and port, decoded. */
  get authority(): string {
    return orNull(this.#parts.authority, decoded);
  }

  /** What is between the scheme and the fragment, decoded. */
  get ssp(): string {
    return decoded(this.#parts.ssp);
  }

  /** User information. */
  get encodedUserInfo(): string {
    return orNull(this.#parts.userInfo);
  }

  /** Path. */
  get encodedPath(): string {
    return orNull(this.#parts.path);
  }

  /** Query, without `?`. */
  get encodedQuery(): string {
    return orNull(this.#parts.query);
  }

  /** Fragment, without `#`. */
  get encodedFragment(): string {
    return orNull(this.#parts.fragment);
  }

  /** User information, host and port. */
  get encodedAuthority(): string {
    return orNull(this.#parts.authority);
  }

  /** What is between the scheme and the fragment. */
  get encodedSSP(): string {
    return this.#parts.ssp;
  }

  /** Names, decoded, and values as they are. */
  #parameters(): [name: string, value: string][] {
    const { query } = this.#parts;
    if (query === undefined) return [];
    return query.split('&').map((item) => {
      const equals = item.indexOf('=');
      return equals < 0 ? [decoded(item), ''] : [decoded(item.slice(0, equals)), item.slice(equals + 1)];
    });
  }

  /** Makes a URI of this one and another path or query. */
  #with(changed: Pick<Parts, 'path' | 'query'>): URI {
    const { scheme, authority, path, query, fragment } = { ...this.#parts, ...changed };
    const start = scheme === undefined ? '' : `${scheme}:`;
    const slashes = authority === undefined ? '' : `//${authority}`;
    const opaque = this.checkOpaque() ? this.#parts.ssp : '';
    const asked = query === undefined ? '' : `?${query}`;
    const end = fragment === undefined ? '' : `#${fragment}`;
    return new URI(`${start}${opaque}${slashes}${path ?? ''}${asked}${end}`);
  }
}

function requireStrings(...values: unknown[]): void {
  for (const value of values) if (typeof value !== 'string') throw typeError(value, 'string');
}

/** Decodes what can be decoded, and leaves the rest. */
function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

/** A missing part is `null` on a device, where its declaration has `string` only. */
function orNull(part: string | undefined, convert = (text: string): string => text): string {
  return (part === undefined ? null : convert(part)) as string;
}

type UriClass = URI;

/** The module: URIs of any scheme. */
const uri = {
  /** A URI. */
  URI,
};

declare namespace uri {
  /** A URI. */
  export type URI = UriClass;
}

export { uri, uri as default };
