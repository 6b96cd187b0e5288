// What an error of a failed `connect` carries besides its text: how far the attempt came, how long that took, and what the
// server answered.

/**
 * Steps of an attempt to connect, in their order. With a proxy, `dns` and `tcp` lead to the proxy, and `proxy` is its
 * answer to CONNECT. `upgrade` lasts from the request to the response and what is read of its body.
 */
export type ConnectPhase = 'dns' | 'tcp' | 'proxy' | 'tls' | 'upgrade';

/**
 * Milliseconds spent in each phase, over all requests where redirects were followed. Phases that were not reached, or not
 * needed, are absent: `dns` for an address, `proxy` without a proxy, `tls` for `ws:`.
 */
export type ConnectTimings = Readonly<Partial<Record<ConnectPhase, number>>>;

/** A server's answer that does not accept the handshake. */
export interface RefusedResponse {
  /** HTTP status. */
  readonly status: number;
  /** Text after the status, `''` where there is none. */
  readonly statusText: string;
  /** `'1.1'` */
  readonly httpVersion: string;
  /** Name, value, name, value … as received. */
  readonly rawHeaders: readonly string[];
  /** Values by name in lower case, as `IncomingMessage.headers` of Node has them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The first 64 KiB of the body: a string where it is text, bytes otherwise; `''` where there is none. */
  readonly body: string | Uint8Array;
  /** `false` where the body is longer than `body`, did not come in time, or was cut off. */
  readonly isBodyComplete: boolean;
}
