// Failures of a server's `upgrade` handler: who is told of them. A client cannot be, and they must not end the process,
// since a client may be what causes them; in silence they must not go either.

import type { IncomingMessage } from 'node:http';
import type { WebSocketError } from '../core/errors.ts';
import { callApplication } from '../node/handlers.ts';
import type { ServerHandlers } from './options.ts';

/** Warnings of one server: each text once, so that clients cannot fill a log. */
const MAX_WARNINGS = 20;

type FailureHandlers<Context> = Pick<ServerHandlers<Context>, 'refused' | 'failed'>;

export class UpgradeFailures<Context> {
  readonly #handlers: FailureHandlers<Context>;
  readonly #warnings = new Set<string>();

  constructor(handlers: FailureHandlers<Context>) {
    this.#handlers = handlers;
  }

  /** @param wasTold  whether the `refused` handler has been, where there is one */
  tell(request: IncomingMessage, exception: unknown, error: WebSocketError, wasTold: boolean): void {
    const failed = failedOn(this.#handlers, request);
    if (failed !== undefined) callApplication(() => failed(exception));
    else if (!wasTold || this.#handlers.refused === undefined) this.#warn(error);
  }

  #warn({ code, message }: WebSocketError): void {
    const warnings = this.#warnings;
    if (warnings.size >= MAX_WARNINGS || warnings.has(message)) return;
    warnings.add(message);
    const rest = warnings.size < MAX_WARNINGS ? '' : '; further ones are not printed';
    process.emitWarning(`${message}. A failed handler of the server is told each time${rest}`, { code });
  }
}

/** The `failed` handler for what concerns a request. */
export function failedOn<Context>(
  handlers: FailureHandlers<Context>,
  request: IncomingMessage | undefined,
): ((error: unknown) => unknown) | undefined {
  return handlers.failed === undefined ? undefined : (error) => handlers.failed?.(error, request);
}
