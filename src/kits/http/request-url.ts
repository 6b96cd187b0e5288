// URLs of requests: checked, and query parameters appended as a device does it.

import { httpError } from './errors.ts';
import type { QueryParamObject, QueryParamValue } from './options.ts';

/**
 * Parses the URL of a request. Without a scheme it is one of `http:`, as libcurl takes it.
 *
 * @throws BusinessError 2300003, or 2300001 for other schemes than `http:` and `https:`
 */
export function parseUrl(text: string): URL {
  const trimmed = text.trim();
  if (trimmed === '') throw httpError('url', 'the URL is empty; expected one such as https://example.com/path');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw httpError('protocol', `the URL has the scheme ${scheme}:; only http: and https: are supported`);
  }
  let url: URL;
  try {
    url = new URL(scheme === undefined ? `http://${trimmed.replace(/^\/\//u, '')}` : trimmed);
  } catch (error) {
    throw httpError('url', error);
  }
  // The parser of URLs would make a host of the path in "http:///path".
  if (/^[a-z]+:\/\/(?:[/?#]|$)/iu.test(trimmed)) throw httpError('url', 'the URL has no host');
  return url;
}

/** Returns the URL that a redirect leads to. @throws BusinessError 2300003, or 2300001 for other schemes */
export function resolveUrl(location: string, base: URL): URL {
  let url: URL;
  try {
    url = new URL(location, base);
  } catch (error) {
    throw httpError('url', error);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw httpError('protocol', `a redirect leads to the scheme ${url.protocol}; only http: and https: are supported`);
  }
  return url;
}

/** Appends a query to a URL, before its fragment. */
export function withQuery(url: string, query: string): string {
  if (query === '') return url;
  const hash = url.indexOf('#');
  const [place, fragment] = hash < 0 ? [url, ''] : [url.slice(0, hash), url.slice(hash)];
  const mark = place.indexOf('?');
  const joined = mark < 0 ? `?${query}` : mark === place.length - 1 ? query : `&${query}`;
  return `${place}${joined}${fragment}`;
}

/** Returns the members of `extraData` as a query. As on a device, members without a text are left out. */
export function extraQuery(data: object): string {
  return Object.entries(data)
    .filter(([key, value]) => key !== '' && value !== undefined && value !== null && String(value) !== '')
    .map(([key, value]) => `${encoded(key)}=${encoded(textOf(value))}`)
    .join('&');
}

/** Returns `queryParams` as a query. */
export function paramQuery(params: QueryParamObject): string {
  return Object.entries(params)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => pair(key, one)))
    .join('&');
}

function pair(key: string, value: QueryParamValue): string {
  return value === null || value === undefined ? encoded(key) : `${encoded(key)}=${encoded(String(value))}`;
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** RFC 3986 §2.3: all but unreserved characters, as UTF-8. */
function encoded(text: string): string {
  // Through bytes: an unpaired surrogate becomes U+FFFD, where `encodeURIComponent` would throw.
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
