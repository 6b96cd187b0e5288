// The `proxy` option of `connect`, translated for the engine (kit specification §3.12). The engine applies the
// exclusion list and reads the environment.

import { hideProxyCredentials } from '../../core/credentials.ts';
import type { ProxySetting } from '../../node/proxy-options.ts';
import { businessError } from '../business-error.ts';
import { described } from '../described.ts';
import { isPort } from '../numbers.ts';

/**
 * Reads the option.
 *
 * @throws BusinessError 401 if the key is there but its value is neither one of the two strings nor an object, or if its
 *         port is out of range
 */
export function proxySetting(options: object): ProxySetting {
  if (!('proxy' in options) || options.proxy === 'system') return 'system';
  const { proxy } = options;
  if (proxy === 'no-proxy') return 'none';
  if (typeof proxy !== 'object' || proxy === null) {
    throw businessError(
      'parameter',
      `option proxy is ${described(typeof proxy === 'string' ? hideProxyCredentials(proxy) : proxy)}; expected 'system', 'no-proxy', an object with host and port, or no such key`,
    );
  }
  const { host, port, exclusionList, username, password } = proxy as Record<string, unknown>;
  if (typeof port === 'number' && !isPort(port)) {
    throw businessError('parameter', `option proxy has the port ${port}; expected a number from 0 to 65535`);
  }
  if (typeof host !== 'string' || host === '' || typeof port !== 'number' || Math.trunc(port) === 0) return 'none';
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Math.trunc(port),
    exclude: Array.isArray(exclusionList) ? exclusionList.filter((entry) => typeof entry === 'string') : [],
    // Each counts only when the other is set.
    ...(isSet(username) && isSet(password) ? { username, password } : {}),
  };
}

function isSet(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
