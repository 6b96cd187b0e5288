// The cache of responses (RFC 9111) of the process: in memory, by URL, the least recently used go first. It works once the
// application has made it, as on a device.

import { Buffer } from 'node:buffer';
import { network } from '../host.ts';
import type { RequestPlan } from './request-plan.ts';
import { fieldOf, type ReadResponse } from './response.ts';

interface Entry {
  readonly response: ReadResponse;
  /** When it was received or validated, in milliseconds of the network's clock. */
  readonly received: number;
  /** The request's values of the fields that `Vary` names. */
  readonly varied: ReadonlyMap<string, string>;
  readonly size: number;
}

/** What the cache has for a request. */
export interface CachedResponse {
  readonly response: ReadResponse;
  /** Whether it may be used without asking the server. */
  readonly isFresh: boolean;
  /** Fields that ask the server whether it has changed. */
  readonly conditions: ReadonlyMap<string, string>;
}

/** Largest cache, in bytes. */
export const MAX_CACHE = 10 * 1024 * 1024;
/** Bytes that an entry takes in addition to its body. */
const OVERHEAD = 512;

class ResponseCache {
  readonly #entries = new Map<string, Entry>();
  #size = 0;
  #limit = 0;

  /** Starts it, or changes its size. */
  start(limit: number): void {
    this.#limit = Math.min(limit, MAX_CACHE);
    this.#shrink();
  }

  /** Stops it, and forgets what is in it. */
  stop(): void {
    this.#limit = 0;
    this.#shrink();
  }

  /** Returns what there is for a request. */
  find({ usesCache, method, url, header }: RequestPlan): CachedResponse | undefined {
    const key = url.href;
    const entry = usesCache && method === 'GET' ? this.#entries.get(key) : undefined;
    const asked = directives(header.get('cache-control') ?? '');
    if (entry === undefined || asked.has('no-store') || header.has('range')) return undefined;
    for (const [name, value] of entry.varied) if ((header.get(name) ?? '') !== value) return undefined;
    // The most recently used is the last one.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const { fields } = entry.response;
    const conditions = new Map<string, string>();
    const [tag, date] = [fieldOf(fields, 'etag'), fieldOf(fields, 'last-modified')];
    if (tag !== '') conditions.set('if-none-match', tag);
    if (date !== '') conditions.set('if-modified-since', date);
    const isFresh = !asked.has('no-cache') && age(entry) < lifetime(entry.response);
    return { response: entry.response, isFresh, conditions };
  }

  /** Keeps a response, if that is allowed and of use. */
  keep({ usesCache, method, url, header }: RequestPlan, response: ReadResponse): void {
    const key = url.href;
    // RFC 9111 §4.4: what changes a resource makes its responses stale.
    if (method !== 'GET') {
      if (!['HEAD', 'OPTIONS', 'TRACE', 'CONNECT'].includes(method)) this.#drop(key);
      return;
    }
    if (!usesCache || this.#limit === 0 || response.status !== 200 || header.has('range')) return;
    if (directives(header.get('cache-control') ?? '').has('no-store')) return;
    this.#drop(key);
    const { fields, body } = response;
    const isForbidden = directives(fieldOf(fields, 'cache-control')).has('no-store');
    const isOfUse = lifetime(response) > 0 || fieldOf(fields, 'etag') !== '' || fieldOf(fields, 'last-modified') !== '';
    const vary = fieldOf(fields, 'vary').toLowerCase();
    const size = body.length + OVERHEAD;
    if (isForbidden || !isOfUse || vary.includes('*') || size > this.#limit) return;
    const names = vary.split(',').flatMap((name) => name.trim() || []);
    const varied = new Map(names.map((name) => [name, header.get(name) ?? '']));
    this.#entries.set(key, { response: copyOf(response), received: network().clock.now(), varied, size });
    this.#size += size;
    this.#shrink();
  }

  #drop(key: string): void {
    this.#size -= this.#entries.get(key)?.size ?? 0;
    this.#entries.delete(key);
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      if (this.#size <= this.#limit) return;
      this.#drop(key);
    }
  }
}

/** The cache. One for the process: its objects share it. */
export const responseCache = new ResponseCache();

/** Returns a cached response with the fields of the 304 that has confirmed it (RFC 9111 §4.3.4). */
export function confirmed(cached: ReadResponse, fields: ReadResponse['fields']): ReadResponse {
  const { 'content-length': _length, 'content-encoding': _encoding, 'status-line': _line, ...newer } = fields;
  return { ...copyOf(cached), fields: { ...cached.fields, ...newer } };
}

function copyOf({ status, fields, body, cookies }: ReadResponse): ReadResponse {
  return { status, fields: { ...fields }, body: Buffer.from(body), cookies };
}

/** Milliseconds. */
function age({ received, response }: Entry): number {
  const before = Number(fieldOf(response.fields, 'age')) * 1000;
  return network().clock.now() - received + (before > 0 ? before : 0);
}

/** RFC 9111 §4.2.1, in milliseconds. Without a time in its fields a response is not fresh: a device does not guess, either. */
function lifetime({ fields }: ReadResponse): number {
  const control = directives(fieldOf(fields, 'cache-control'));
  if (control.has('no-cache')) return 0;
  const maxAge = control.get('max-age');
  if (maxAge !== undefined) return Number(maxAge) * 1000 || 0;
  const expires = Date.parse(fieldOf(fields, 'expires'));
  if (Number.isNaN(expires)) return 0;
  const date = Date.parse(fieldOf(fields, 'date'));
  return expires - (Number.isNaN(date) ? Date.now() : date);
}

function directives(field: string): ReadonlyMap<string, string> {
  return new Map(
    field.split(',').map((item) => {
      const [name = '', value = ''] = item.split('=');
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/u, '$1')];
    }),
  );
}
