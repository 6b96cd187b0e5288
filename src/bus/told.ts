// What the application is told of its bus: by handlers, and where it has none, once by a warning of Node.

import process from 'node:process';
import { isError } from '../core/brands.ts';
import { hideCredentialsIn } from '../core/credentials.ts';
import type { WebSocketError } from '../core/errors.ts';
import { nodeHost } from '../node/environment.ts';

export class Told {
  readonly #warned = new Set<string>();

  /** Calls a handler of the application. What it throws is uncaught, and does not reach the bus. */
  tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      nodeHost.scheduler.reportUncaught(error);
    }
  }

  /** @param about  of each, only the first one is printed */
  warn(about: string, text: string): void {
    if (this.#warned.has(about)) return;
    this.#warned.add(about);
    process.emitWarning(text, 'BusWarning');
  }

  /** A message was dropped that no node of this version can have sent. */
  foreign(what: 'foreign' | 'newer', address: string, channel: string): void {
    const text =
      what === 'newer'
        ? 'of a newer version of this package: have all nodes use the same one'
        : 'that no node of this system has sent: keep other programs off the channels that begin with its prefix';
    this.warn(
      what,
      `the bus at ${address} has a message on ${channel} ${text}. It was dropped; further ones are only counted`,
    );
  }

  /** @param handler  absent: it is printed. @param more  what is said then, for further ones */
  failed(
    handler: ((error: WebSocketError) => void) | undefined,
    about: string,
    error: WebSocketError,
    more = '',
  ): void {
    if (handler === undefined) this.warn(about, error.message + more);
    else this.tell(() => handler(error));
  }
}

/** The text of an error of a driver, without the password of a URL in it. */
export function textOf(error: unknown): string {
  return hideCredentialsIn(isError(error) && error.message !== '' ? error.message : String(error));
}
