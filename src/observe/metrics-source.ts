// The source of metrics that an application gives to a bridge.

import { webSocketError } from '../core/errors.ts';

/**
 * Checks that it is one.
 *
 * @param call  for the error
 * @throws WebSocketError ERR_WS_OPTION
 */
export function checkSource(call: string, source: unknown): void {
  const isSource =
    typeof source === 'object' && source !== null && typeof Reflect.get(source, 'metrics') === 'function';
  if (isSource) return;
  const expected = 'a server of createServer(), or { metrics: clientMetrics }';
  throw webSocketError('ERR_WS_OPTION', `first argument of ${call}`, source, expected);
}
