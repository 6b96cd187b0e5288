// TLS of one listener: its certificates, others for the names that clients ask for (SNI, RFC 6066 §3), and new ones while it
// listens. Handshakes that have begun end with the certificates that they began with, and connections stay.

import type { Server as HttpsServer } from 'node:https';
import type { SecureContext, TlsOptions } from 'node:tls';
import { webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import { namedTlsSchema } from './option-rows.ts';
import { secureContext, serverTls } from './tls.ts';
import type { NamedTlsOptions, ServerTlsOptions } from './tls-options.ts';

/** What SNI chooses from. */
interface Names {
  /** By name, in lower case; `*.example` for the names that have one label more. */
  readonly table: ReadonlyMap<string, SecureContext>;
  readonly choose: ((name: string) => unknown) | undefined;
  /** Of the contexts that `choose` gives. */
  readonly common: Common;
}

/** What all contexts of a listener share. */
type Common = Pick<ServerTlsOptions, 'ca' | 'minVersion'>;

const OPTION = 'tls.sni';

export class ServerTls {
  readonly #requestCert: boolean;
  /** Absent: Node asks nobody for a certificate, which costs each handshake a turn. */
  #names: Names | undefined;
  readonly #failed: (error: unknown) => void;
  /** By the object that `choose` gave. */
  #chosen = new WeakMap<object, SecureContext>();
  /** Options of `https.createServer`. */
  readonly nodeOptions: TlsOptions;

  /**
   * @param failed  is told when the application's function for SNI fails. The client's handshake fails then
   * @throws WebSocketError ERR_WS_OPTION for what cannot be used, certificates and keys included
   */
  constructor(options: ServerTlsOptions, failed: (error: unknown) => void) {
    this.#failed = failed;
    this.#requestCert = options.requestCert === true;
    const node = serverTls(options);
    this.#names = namesOf(options);
    this.nodeOptions =
      this.#names === undefined
        ? node
        : { ...node, SNICallback: (name, callback) => void this.#answer(name, callback) };
  }

  /**
   * Checks new options. Nothing has changed yet.
   *
   * @returns puts them in the place of the old ones, for the handshakes that begin from here on
   * @throws WebSocketError ERR_WS_OPTION
   */
  prepare(given: ServerTlsOptions, server: HttpsServer): () => void {
    const { requestCert = this.#requestCert } = given;
    if (requestCert !== this.#requestCert) {
      const expected = `${this.#requestCert}, as listen had it: to change it, drain and listen again`;
      throw webSocketError('ERR_WS_OPTION', 'tls.requestCert', requestCert, expected);
    }
    const options = { ...given, requestCert };
    const { requestCert: _, rejectUnauthorized: __, ALPNProtocols: ___, ...node } = serverTls(options);
    const names = namesOf(options);
    if (names !== undefined && this.#names === undefined) {
      const expected = 'to be left out: this listener began without it. listen({ tls: { sni: {} } }) makes room for it';
      throw webSocketError('ERR_WS_OPTION', OPTION, options.sni, expected);
    }
    return () => {
      if (this.#names !== undefined) this.#names = names ?? { table: new Map(), choose: undefined, common: {} };
      this.#chosen = new WeakMap();
      server.setSecureContext(node);
    };
  }

  async #answer(name: string, callback: (error: Error | null, context?: SecureContext) => void): Promise<void> {
    let context: SecureContext | undefined;
    try {
      context = await this.#contextFor(name.toLowerCase());
    } catch (error) {
      this.#failed(error);
      callback(new Error('no certificate', { cause: error }));
      return;
    }
    // Without one, Node takes that of the listener.
    callback(null, context);
  }

  async #contextFor(name: string): Promise<SecureContext | undefined> {
    const { table, choose, common } = this.#names as Names;
    if (choose === undefined) return table.get(name) ?? table.get(name.replace(/^[^.]*/, '*'));
    const answer: unknown = await choose(name);
    if (answer === undefined) return undefined;
    const known = typeof answer === 'object' && answer !== null ? this.#chosen.get(answer) : undefined;
    if (known !== undefined) return known;
    let context: SecureContext;
    try {
      context = contextOf(readOptions(namedTlsSchema, answer, OPTION), common, OPTION);
    } catch (error) {
      throw webSocketErrorFrom(
        error,
        'ERR_WS_OPTION',
        `${OPTION}("${name}")`,
        undefined,
        'a certificate and its key: see the cause',
      );
    }
    this.#chosen.set(answer as object, context);
    return context;
  }
}

function namesOf({ sni, ca, minVersion }: ServerTlsOptions): Names | undefined {
  if (sni === undefined) return undefined;
  const common = { ca, minVersion };
  if (typeof sni === 'function') return { table: new Map(), choose: sni, common };
  const table = new Map<string, SecureContext>();
  for (const [name, options] of Object.entries(sni)) {
    const key = name.toLowerCase();
    const option = `${OPTION}["${name}"]`;
    if (table.has(key))
      throw webSocketError('ERR_WS_OPTION', option, name, 'each name once: upper and lower case are the same');
    table.set(key, contextOf(options, common, option));
  }
  return { table, choose: undefined, common };
}

function contextOf(options: NamedTlsOptions, { ca, minVersion }: Common, option: string): SecureContext {
  return secureContext({ ...options, ca, minVersion }, option);
}
