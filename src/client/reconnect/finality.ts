// Which ends a client that comes back takes as final.

import type { ReconnectCause, ReconnectSettings } from './options.ts';

/** The server does not let this client in, or does not have what it asks for. */
const FINAL_STATUSES: readonly number[] = [401, 403, 404, 410];

/** It is done (1000), a policy forbids it (1008), or the application of the server has decided (4000–4999: RFC 6455 §7.4.2). */
function isFinalCode(code: number): boolean {
  return code === 1000 || code === 1008 || code >= 4000;
}

/** Whether the client gives up by the rules, which `isFinal` of the application may overrule. */
export function isFinalByRules(
  { event, status }: ReconnectCause,
  { finalCloseCodes, finalStatuses = FINAL_STATUSES }: ReconnectSettings,
): boolean {
  if (event !== undefined) return finalCloseCodes?.includes(event.code) ?? isFinalCode(event.code);
  return status !== undefined && finalStatuses.includes(status);
}
