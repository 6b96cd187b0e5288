// `url.URL`: a URL and its parts, by the platform's parser. What cannot be set is left as it is, as on a device.

import { BusinessError } from '../host.ts';
import { typeError } from '../parameter-error.ts';
import { paramsOf, type URLParams, type URLSearchParams } from './search-params.ts';

type Platform = InstanceType<typeof globalThis.URL>;
type Part =
  | 'hash'
  | 'host'
  | 'hostname'
  | 'href'
  | 'password'
  | 'pathname'
  | 'port'
  | 'protocol'
  | 'search'
  | 'username';

/** A URL. Its parts can be read and set. */
export class URL {
  #url: Platform | undefined;
  #query: { params: URLParams; searchParams: URLSearchParams } | undefined;

  /**
   * @deprecated with arguments: use `parseURL`. Text that is not a URL gives an object with empty parts, and a printed line
   */
  constructor(url: string, base?: string | URL);
  /** Makes an object whose parts are empty. */
  constructor();
  constructor(...args: [url?: string, base?: string | URL]) {
    if (args.length === 0) return;
    this.#url = parsed(args[0], args[1]);
    if (this.#url === undefined) console.error('constructor failed');
  }

  /**
   * Parses a URL.
   *
   * @param url   absolute, or relative to `base`
   * @param base  an absolute URL
   * @throws BusinessError 401 if an argument is of another type, 10200002 if the text is not a URL
   */
  static parseURL(url: string, base?: string | URL): URL;
  static parseURL(...args: [url: string, base?: string | URL]): URL {
    const [url, base] = args;
    if (typeof url !== 'string') throw typeError(url, 'string');
    if (args.length > 1 && base !== undefined && base !== null) {
      if (base === '') throw typeError(base, 'string');
      if (typeof base !== 'string' && !(base instanceof URL)) throw typeError(base, 'string or URL');
    }
    const made = new URL();
    made.#url = parsed(url, base);
    if (made.#url === undefined) throw new BusinessError(10200002, 'Syntax Error. Invalid Url string');
    return made;
  }

  /** Returns the URL. */
  toString(): string {
    return this.href;
  }

  /** Returns the URL. */
  toJSON(): string {
    return this.href;
  }

  /** The fragment, with `#`, or `''`. */
  get hash(): string {
    return this.#get('hash');
  }
  set hash(fragment: string) {
    this.#set('hash', fragment);
  }

  /** Host name and port. */
  get host(): string {
    return this.#get('host');
  }
  set host(host: string) {
    this.#set('host', host);
  }

  /** Host name. */
  get hostname(): string {
    return this.#get('hostname');
  }
  set hostname(hostname: string) {
    this.#set('hostname', hostname);
  }

  /** The URL. Text that is not a URL is not taken. */
  get href(): string {
    return this.#get('href');
  }
  set href(href: string) {
    this.#set('href', href);
  }

  /** Scheme, host and port; `'null'` for schemes other than those of the web. */
  get origin(): string {
    return this.#url?.origin ?? 'null';
  }

  /** Password, or `''`. */
  get password(): string {
    return this.#get('password');
  }
  set password(password: string) {
    this.#set('password', password);
  }

  /** Path. */
  get pathname(): string {
    return this.#get('pathname');
  }
  set pathname(path: string) {
    this.#set('pathname', path);
  }

  /** Port, or `''` for that of the scheme. `''` is not taken. */
  get port(): string {
    return this.#get('port');
  }
  set port(port: string) {
    if (port !== '') this.#set('port', port);
  }

  /** Scheme, with `:`. */
  get protocol(): string {
    return this.#get('protocol');
  }
  set protocol(scheme: string) {
    if (scheme !== '') this.#set('protocol', scheme);
  }

  /** Query, with `?`, or `''`. */
  get search(): string {
    return this.#get('search');
  }
  set search(query: string) {
    this.#set('search', query);
  }

  /**
   * The query as an object. Changing it changes the URL.
   *
   * @deprecated use `params`
   */
  get searchParams(): URLSearchParams {
    return this.#queries().searchParams;
  }

  /** The query as an object. Changing it changes the URL. */
  get params(): URLParams {
    return this.#queries().params;
  }

  /** User name, or `''`. */
  get username(): string {
    return this.#get('username');
  }
  set username(name: string) {
    this.#set('username', name);
  }

  #get(part: Part): string {
    return this.#url?.[part] ?? '';
  }

  #set(part: Part, value: string): void {
    if (this.#url === undefined) return;
    try {
      this.#url[part] = value;
    } catch {
      // Only `href` throws, and keeps what it was.
    }
  }

  #queries(): { params: URLParams; searchParams: URLSearchParams } {
    this.#query ??= paramsOf(this.#url?.searchParams ?? new globalThis.URLSearchParams());
    return this.#query;
  }
}

function parsed(url: unknown, base: unknown): Platform | undefined {
  try {
    return new globalThis.URL(String(url), base === undefined || base === null ? undefined : String(base));
  } catch {
    return undefined;
  }
}
