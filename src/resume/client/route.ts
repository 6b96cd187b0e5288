// Where the connections of a session go: to the application's URL, or once where the server has sent the client. The token of the
// session goes along, so hosts that others name must be allowed.

import type { Redirect } from '../../client/redirect.ts';
import { mayFollow } from './destination.ts';

export class Route {
  readonly #url: () => string | URL | PromiseLike<string | URL>;
  readonly #allowedHosts: readonly string[];
  readonly #beforeRedirect: ((redirect: Redirect) => void | PromiseLike<void>) | undefined;
  #nextUrl: string | undefined;
  /** URL of the current attempt. */
  #dialled = '';

  /** @param beforeRedirect  the application's */
  constructor(
    url: () => string | URL | PromiseLike<string | URL>,
    allowedHosts: readonly string[],
    beforeRedirect: ((redirect: Redirect) => void | PromiseLike<void>) | undefined,
  ) {
    this.#url = url;
    this.#allowedHosts = allowedHosts;
    this.#beforeRedirect = beforeRedirect;
  }

  /** The URL of the next attempt. */
  async next(): Promise<string | URL> {
    const next = this.#nextUrl;
    // Once: if it leads nowhere, the application's URL does.
    this.#nextUrl = undefined;
    const url = next ?? (await this.#url());
    this.#dialled = String(url);
    return url;
  }

  /** The server asks for another URL. It is forgotten if it is not allowed. @param from  URL of the connection */
  lead(from: string, to: string): void {
    if (mayFollow(from, to, this.#allowedHosts)) this.#nextUrl = to;
  }

  /** A redirect must not lead the session's token to another host. */
  mayRedirect(redirect: Redirect): void | PromiseLike<void> {
    if (!mayFollow(this.#dialled, redirect.url, this.#allowedHosts))
      throw new Error('the session has a token: resume.allowedHosts must name a host that a redirect leads to');
    return this.#beforeRedirect?.(redirect);
  }
}
