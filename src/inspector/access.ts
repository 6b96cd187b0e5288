// Which requests may look at a server. What an inspector shows is private, and it listens where pages of a browser can reach it: a page may
// send requests to 127.0.0.1, and DNS may tell the browser that the page's own host is 127.0.0.1 (rebinding). So a request must
// name the host as an address or as this machine, its Origin must be that of a DevTools, and off loopback it needs a token.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { AllowedOrigins } from '../server/allowed-origins.ts';

/** Front ends of DevTools: the one in Chromium, and the one that older Chromiums load for other versions. */
const FRONT_ENDS = ['devtools://devtools', 'https://chrome-devtools-frontend.appspot.com'];

/** Why a request is refused. */
export interface Denial {
  readonly status: 400 | 401 | 403;
  readonly reason: string;
}

/** The parts of a request that decide. */
export interface Visitor {
  /** The target of the request. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Whether an address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1';
}

export class Access {
  readonly #host: string;
  readonly #token: Buffer | undefined;
  readonly #origins: AllowedOrigins;

  /**
   * @param host     that is listened on
   * @param token    absent: everybody on this machine may look
   * @param origins  further origins of front ends
   * @throws WebSocketError ERR_WS_OPTION for an entry that is not an origin
   */
  constructor(host: string, token: string | undefined, origins: readonly string[]) {
    this.#host = host.toLowerCase();
    this.#token = token === undefined ? undefined : digest(token);
    this.#origins = new AllowedOrigins([...origins, ...FRONT_ENDS]);
  }

  /** Returns why a request is refused; `undefined` if it may look. */
  check({ url, headers }: Visitor): Denial | undefined {
    const { host, origin } = headers;
    if (host === undefined) return { status: 400, reason: 'the request has no Host' };
    if (!this.#isOurs(host)) {
      const reason =
        'the Host of the request is another name than that of the inspector; use its address, or localhost';
      return { status: 403, reason };
    }
    if (!this.#origins.allows(origin)) {
      return { status: 403, reason: 'the Origin of the request is not that of a DevTools; see allowedOrigins' };
    }
    // A page that loads this as a script or as a picture sends no Origin.
    if (origin === undefined && headers['sec-fetch-site'] === 'cross-site') {
      return { status: 403, reason: 'the request comes from a page of another site' };
    }
    if (this.#token !== undefined && !this.#knows(this.#token, url, headers.authorization)) {
      return { status: 401, reason: 'the request has no right token; add ?token=… to the URL' };
    }
    return undefined;
  }

  /** With a token any name will do: a page that was rebound does not know it. */
  #isOurs(field: string): boolean {
    if (this.#token !== undefined) return true;
    const name = field.toLowerCase().replace(/:\d*$/, '');
    return name === 'localhost' || name === this.#host || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  }

  #knows(token: Buffer, url: string, authorization: string | undefined): boolean {
    const query = url.slice(url.indexOf('?') + 1 || url.length);
    const given = new URLSearchParams(query).get('token') ?? /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), token); // of one length, whatever was given
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
