// What an error of a failed `connect` carries in addition to its text: the phase it failed in, the time spent in each
// phase, and the response of the server.

/**
 * Phases of an attempt to connect, in order. With a proxy, `dns` and `tcp` reach the proxy, and `proxy` waits for its
 * answer to CONNECT. `upgrade` lasts from the request to the end of the response, including the part of the body that is
 * read.
 */
export type ConnectPhase = 'dns' | 'tcp' | 'proxy' | 'tls' | 'upgrade';

/**
 * Milliseconds spent in each phase, summed over all requests if redirects were followed. A phase that was not reached or
 * not needed is absent: `dns` for an address, `proxy` without a proxy, `tls` for `ws:`.
 */
export type ConnectTimings = Readonly<Partial<Record<ConnectPhase, number>>>;

/** A server's response that does not accept the handshake. */
export interface RefusedResponse {
  /** HTTP status. */
  readonly status: number;
  /** Text after the status; `''` if there is none. */
  readonly statusText: string;
  /** `'1.1'` */
  readonly httpVersion: string;
  /** Name, value, name, value … as received. */
  readonly rawHeaders: readonly string[];
  /** Values by lower-case name, as in Node's `IncomingMessage.headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The first 64 KiB of the body: a string if it is text, bytes if not; `''` if there is none. */
  readonly body: string | Uint8Array;
  /** `false` if the body is longer than `body`, did not arrive in time, or was cut off. */
  readonly isBodyComplete: boolean;
}
