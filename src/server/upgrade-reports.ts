// Reports to the application about handshakes that did not become a connection: to its `refused` and `failed` handlers, or,
// if it has neither, as a warning. A client may make `upgrade` fail, so a failure must not end the process. It must not
// pass in silence either.

import type { IncomingMessage } from 'node:http';
import { isError } from '../core/brands.ts';
import { type WebSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { Described } from '../core/shown-value.ts';
import { callApplication } from '../node/handlers.ts';
import type { ServerHandlers } from './options.ts';

/** Warnings of one server. Each text is printed once, so that clients cannot fill a log. */
const MAX_WARNINGS = 20;

type ReportHandlers<Context> = Pick<ServerHandlers<Context>, 'refused' | 'failed'>;

export class UpgradeReports<Context> {
  readonly #handlers: ReportHandlers<Context>;
  readonly #warnings = new Set<string>();

  constructor(handlers: ReportHandlers<Context>) {
    this.#handlers = handlers;
  }

  /** A handshake was refused. @param request  `undefined` if none was read */
  refused(request: IncomingMessage | undefined, error: WebSocketError): void {
    callApplication(() => this.#handlers.refused?.(request, error), this.#failedHandler(request));
  }

  /**
   * The `upgrade` handler has failed.
   *
   * @param exception  what it threw
   * @param error      the error that {@link refused} got
   * @param wasTold    whether it got it: it does not, if the client had left or been answered before
   */
  failed(request: IncomingMessage, exception: unknown, error: WebSocketError, wasTold: boolean): void {
    const failed = this.#failedHandler(request);
    if (failed !== undefined) callApplication(() => failed(exception));
    else if (!wasTold || this.#handlers.refused === undefined) this.#warn(error);
  }

  /** The function that gives certificates for names has failed, before there is a request. */
  certificateFailed(error: unknown): void {
    const failed = this.#failedHandler(undefined);
    if (failed !== undefined) callApplication(() => failed(error));
    else {
      const value = new Described(`missing (${isError(error) ? error.message : String(error)})`);
      this.#warn(webSocketErrorFrom(error, 'ERR_WS_OPTION', 'result of tls.sni', value, 'a certificate and its key'));
    }
  }

  /** The `failed` handler, with a request as its subject. */
  #failedHandler(request: IncomingMessage | undefined): ((error: unknown) => unknown) | undefined {
    const handlers = this.#handlers;
    return handlers.failed === undefined ? undefined : (error) => handlers.failed?.(error, request);
  }

  #warn({ code, message }: WebSocketError): void {
    const warnings = this.#warnings;
    if (warnings.size >= MAX_WARNINGS || warnings.has(message)) return;
    warnings.add(message);
    const rest = warnings.size < MAX_WARNINGS ? '' : '; further ones are not printed';
    process.emitWarning(`${message}. A failed handler of the server is told each time${rest}`, { code });
  }
}
