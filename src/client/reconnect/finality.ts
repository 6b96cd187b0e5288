// Which ends a client that comes back takes as final.

import { webSocketError } from '../../core/errors.ts';
import type { ReconnectCause, ReconnectSettings } from './options.ts';

/** The server does not let this client in, or does not have what it asks for. */
const FINAL_STATUSES: readonly number[] = [401, 403, 404, 410];

/** It is done (1000), a policy forbids it (1008), or the application of the server has decided (4000–4999: RFC 6455 §7.4.2). */
function isFinalCode(code: number): boolean {
  return code === 1000 || code === 1008 || code >= 4000;
}

/**
 * Whether the client gives up: by `isFinal` of the application, or by the rules where that does not decide.
 *
 * @param failed  is told what `isFinal` threw, and that it gave something else than an answer
 */
export function isFinal(
  cause: ReconnectCause,
  settings: ReconnectSettings,
  failed: (error: unknown) => void,
  byRules: (cause: ReconnectCause, settings: ReconnectSettings) => boolean = isFinalByRules,
): boolean {
  try {
    const answer: unknown = settings.isFinal?.(cause);
    if (typeof answer === 'boolean') return answer;
    if (answer !== undefined && answer !== null) {
      // The promise of an async function would be true as a condition, whatever it says later.
      Promise.resolve(answer).catch(() => {});
      throw webSocketError('ERR_WS_OPTION', 'result of reconnect.isFinal', answer, 'true, false or undefined');
    }
  } catch (exception) {
    failed(exception);
  }
  return byRules(cause, settings);
}

/** Whether it is final by the lists. */
export function isFinalByRules(
  { event, status }: ReconnectCause,
  { finalCloseCodes, finalStatuses = FINAL_STATUSES }: ReconnectSettings,
): boolean {
  if (event !== undefined) return finalCloseCodes?.includes(event.code) ?? isFinalCode(event.code);
  return status !== undefined && finalStatuses.includes(status);
}
