// The options of a request, read once: what is sent, and the bounds on it. Values of a wrong type count as absent, as on a
// device, but for a body.

import type { HttpProxy } from '../../kit/types.ts';
import { proxyForHttp } from '../connection/proxies.ts';
import type { ProxyAddress, ProxySetting } from '../host.ts';
import { AddressFamily, HttpDataType, HttpProtocol } from './constants.ts';
import { httpError } from './errors.ts';
import { multipartBody } from './multipart.ts';
import type { HttpRequestOptions, Socks5Proxy } from './options.ts';
import { bodyOf } from './request-body.ts';
import { extraQuery, paramQuery, parseUrl, withQuery } from './request-url.ts';
import { type TlsPlan, tlsPlan } from './tls-plan.ts';

/** User name and password, and how to send them. */
export interface Authentication {
  readonly username: string;
  readonly password: string;
  /** `'any'`: what the server asks for. */
  readonly scheme: 'basic' | 'digest' | 'any';
}

/** What to send. Interceptors change it. */
export interface RequestPlan {
  url: URL;
  method: string;
  /** Names in lower case. */
  header: Map<string, string>;
  body: Buffer | undefined;
  readonly usesCache: boolean;
  readonly expectDataType: HttpDataType | undefined;
  /** Milliseconds; 0: no bound. */
  readonly readTimeout: number;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Bytes. */
  readonly maxLimit: number;
  readonly maxRedirects: number;
  readonly proxy: ProxySetting;
  /** A SOCKS5 proxy, which comes before `proxy`. */
  readonly socks: ProxyAddress | undefined;
  readonly family: 4 | 6 | undefined;
  readonly authentication: Authentication | undefined;
  readonly tls: TlsPlan;
}

const TIMEOUT = 60_000;
/** What libcurl has for 0. */
const LONGEST_CONNECT = 300_000;
const MAX_LIMIT = 100 * 1024 * 1024;
const DEFAULT_LIMIT = 5 * 1024 * 1024;
const MAX_INT = 2_147_483_647;
/** Methods whose `extraData` is a query. */
const queryMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT']);
/** Methods whose `content-type` is by default `application/json`. */
const jsonMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE', 'PATCH', '']);

/**
 * Reads the arguments of a request.
 *
 * @throws BusinessError 401, 801, 2300001, 2300003, 2300026 or 2300999
 */
export function planRequest(url: string, options: HttpRequestOptions): RequestPlan {
  refuseUnsupported(options);
  const method = methodOf(options);
  const isQuery = queryMethods.has(method);
  const header = headerOf(options.header);
  let place = url;
  let body: Buffer | undefined;
  const { extraData, queryParams } = options;
  if (queryParams !== undefined && queryParams !== null) place = withQuery(place, queryOf(queryParams, paramQuery));
  if (options.body !== undefined && options.body !== null) body = requestBody(options.body, 'body');
  else if (extraData !== undefined && extraData !== null) {
    if (!isQuery) body = requestBody(extraData, 'extraData');
    else if (queryParams === undefined || queryParams === null)
      place = withQuery(place, queryOf(extraData, extraQuery));
  }
  const form = formOf(header, options);
  if (form !== undefined) {
    header.set('content-type', form.contentType);
    body = form.body;
  }
  if (!header.has('content-type')) header.set('content-type', jsonMethods.has(method) ? JSON_TYPE : FORM_TYPE);
  const target = parseUrl(place);
  if (options.usingProtocol === HttpProtocol.HTTP3 && target.protocol === 'http:') {
    throw httpError('protocol', 'HTTP3 needs an https: URL');
  }
  const range = rangeOf(options);
  if (range !== undefined) {
    if (method === 'PUT') throw httpError('internal', 'resumeFrom and resumeTo cannot be used with PUT');
    header.set('range', range);
  }
  return {
    url: target,
    method: method === '' ? (body === undefined ? 'GET' : 'POST') : method,
    header,
    body,
    usesCache: options.usingCache !== false,
    expectDataType: isDataType(options.expectDataType) ? options.expectDataType : undefined,
    readTimeout: uint32(options.readTimeout, TIMEOUT),
    connectTimeout: uint32(options.connectTimeout, TIMEOUT) || LONGEST_CONNECT,
    maxLimit: Math.min(uint32(options.maxLimit, DEFAULT_LIMIT), MAX_LIMIT),
    maxRedirects: redirectsOf(options.maxRedirects),
    proxy: proxyOf(options.usingProxy),
    socks: socksOf(options.usingSocks5Proxy),
    family: familyOf(options.addressFamily),
    authentication: authenticationOf(options.serverAuthentication),
    tls: tlsPlan(options),
  };
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

function refuseUnsupported({ sslType, serverAuthentication }: HttpRequestOptions): void {
  if (sslType === 'TLCP') throw httpError('capability', 'there is no TLCP off the device; use TLS');
  if (serverAuthentication?.authenticationType === 'ntlm') {
    throw httpError('capability', "there is no NTLM off the device; use 'basic' or 'digest'");
  }
}

function methodOf({ method, customMethod }: HttpRequestOptions): string {
  if (typeof customMethod === 'string' && customMethod !== '' && customMethod.length <= 128) return customMethod;
  return typeof method === 'string' ? method : 'GET';
}

/** As on a device, names in lower case; numbers and the like as text, objects as JSON. */
function headerOf(header: unknown): Map<string, string> {
  const fields = new Map<string, string>();
  if (typeof header !== 'object' || header === null) return fields;
  for (const [name, value] of Object.entries(header)) {
    if (value === undefined || value === null) continue;
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    setField(fields, name, text);
  }
  return fields;
}

/** Sets a header field. @throws BusinessError 401 for what cannot be one */
export function setField(fields: Map<string, string>, name: string, value: string): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/u.test(name)) {
    throw httpError('parameter', `${JSON.stringify(name)} cannot be the name of a header field`);
  }
  if (/[\0\r\n]/u.test(value)) throw httpError('parameter', `the header field ${name} contains a line end or NUL`);
  fields.set(name.toLowerCase(), value.trim());
}

function requestBody(value: unknown, name: string): Buffer | undefined {
  const body = bodyOf(value);
  if (body !== undefined && (body.length > 0 || value !== '')) return body;
  if (name === 'body' && value === '') return undefined;
  const given = value === '' ? 'an empty string' : `a ${typeof value}`;
  throw httpError('parameter', `${name} is ${given}; expected a string, an object or an ArrayBuffer, or leave it out`);
}

/** A string as it is, an object encoded, an ArrayBuffer not at all. */
function queryOf<Value extends object>(value: unknown, encode: (value: Value) => string): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? encode(value as Value) : '';
}

function formOf(header: Map<string, string>, { multiFormDataList }: HttpRequestOptions) {
  if (header.get('content-type')?.toLowerCase() !== 'multipart/form-data') return undefined;
  return Array.isArray(multiFormDataList) ? multipartBody(multiFormDataList) : undefined;
}

/** `Range` as libcurl sends it: `-n` asks for the last n bytes. */
function rangeOf({ resumeFrom, resumeTo }: HttpRequestOptions): string | undefined {
  const [from, to] = [resumeFrom, resumeTo].map((value) =>
    typeof value === 'number' && value >= 1 && value <= 4_294_967_296 ? Math.trunc(value) : undefined,
  );
  if (from === undefined) return to === undefined ? undefined : `bytes=-${to}`;
  if (to === undefined) return `bytes=${from}-`;
  return to <= from ? undefined : `bytes=${from}-${to}`;
}

function isDataType(value: unknown): value is HttpDataType {
  return value === HttpDataType.STRING || value === HttpDataType.OBJECT || value === HttpDataType.ARRAY_BUFFER;
}

function uint32(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value >>> 0 : otherwise;
}

function redirectsOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= MAX_INT ? Math.trunc(value) : 30;
}

function proxyOf(value: HttpRequestOptions['usingProxy']): ProxySetting {
  if (value === false) return 'none';
  if (typeof value === 'object' && value !== null) return addressOf(value) ?? 'none';
  const set = proxyForHttp();
  return (set && addressOf(set)) ?? 'system';
}

/** As on a device, one without a host or a port is none. */
function socksOf(value: HttpRequestOptions['usingSocks5Proxy']): ProxyAddress | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const address = addressOf(value);
  return address === undefined || address.host === '' || address.port <= 0 ? undefined : address;
}

function addressOf({
  host,
  port,
  exclusionList,
  username,
  password,
}: HttpProxy | Socks5Proxy): ProxyAddress | undefined {
  if (typeof host !== 'string' || typeof port !== 'number') return undefined;
  return {
    host: host.replace(/^(?:http|socks5h?):\/\//iu, ''),
    port,
    exclude: Array.isArray(exclusionList) ? exclusionList.map(String) : [],
    ...(username && password ? { username, password } : {}),
  };
}

function familyOf(value: unknown): 4 | 6 | undefined {
  if (value === AddressFamily.ONLY_V4) return 4;
  return value === AddressFamily.ONLY_V6 ? 6 : undefined;
}

function authenticationOf(value: HttpRequestOptions['serverAuthentication']): Authentication | undefined {
  const { credential, authenticationType } = value ?? {};
  if (typeof credential?.username !== 'string' || credential.username === '') return undefined;
  const { username, password } = credential;
  const scheme = authenticationType === 'basic' || authenticationType === 'digest' ? authenticationType : 'any';
  return { username, password: typeof password === 'string' ? password : '', scheme };
}
