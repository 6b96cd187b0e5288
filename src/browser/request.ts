// The options of `connect` in a browser, whose WebSocket takes only subprotocols. The other options are checked as
// everywhere (kit specification §3.2) and then refused by name, unless they ask for nothing. `configure` can have them
// ignored, with a warning.

import type { BusinessError } from '../kit/business-error.ts';
import { certificatePaths, pathOf } from '../kit/certificate-paths.ts';
import { requestHeaders } from '../kit/client/headers.ts';
import { heartbeatOf } from '../kit/client/heartbeat.ts';
import type { ReadRequest } from '../kit/client/link.ts';
import { proxySetting } from '../kit/client/proxy.ts';
import { offeredSubprotocols } from '../kit/client/subprotocols.ts';
import { uint32Option } from '../kit/numbers.ts';
import { policy } from '../kit/policy.ts';
import { TlsProtocol } from '../kit/tls-protocol.ts';
import { BrowserLink } from './browser-link.ts';
import { type RefusedOption, refusedOption, refusedOptions } from './refusal.ts';

/**
 * Reads the options of `connect` for a browser.
 *
 * @throws BusinessError 401 for a given `proxy` or `protocol` of a wrong type
 */
export const readRequest: ReadRequest = (given) => {
  const options = given as Readonly<Record<string, unknown>>;
  const headers = requestHeaders(options.header);
  const subprotocols = offeredSubprotocols(options, headers.protocol);
  const wanted: Record<RefusedOption, boolean> = {
    // Only headers that would be sent: `Sec-WebSocket-Protocol` stands in for the option, and some are dropped
    // everywhere.
    header: headers.fields.length > 0,
    caPath: pathOf(options.caPath) !== undefined,
    clientCert: certificatePaths(options.clientCert) !== undefined,
    proxy: proxySetting(given) !== 'system',
    skipServerCertVerification: options.skipServerCertVerification === true,
    minSupportTlsProtocol: isTlsProtocol(options.minSupportTlsProtocol),
    supportOriginPort: options.supportOriginPort === true,
    ...wantedHeartbeat(options),
  };
  const unmet = refusedOptions.filter((name) => wanted[name]);
  const { ignored } = policy();
  const refused = ignored === false ? unmet[0] : undefined;
  // Made now, so that its stack shows the call of `connect`.
  const error: BusinessError | undefined = refused === undefined ? undefined : refusedOption(refused);
  return {
    check() {
      if (error !== undefined) throw error;
    },
    connect(target, events) {
      if (ignored !== false && unmet.length > 0) {
        ignored(
          unmet,
          headers.fields.map(([name]) => name),
        );
      }
      const link = new BrowserLink(target.url, subprotocols, events);
      return () => link.abort();
    },
  };
};

function isTlsProtocol(value: unknown): boolean {
  return typeof value === 'number' && Object.values<number>(TlsProtocol).includes(uint32Option(value, 0));
}

/**
 * A browser does not have the default heartbeat either, but a heartbeat that was asked for must not be missing
 * silently.
 */
function wantedHeartbeat({ pingInterval, pongTimeout }: Readonly<Record<string, unknown>>) {
  // 0 turns it off, as it is in a browser.
  const isOff = heartbeatOf(pingInterval, pongTimeout) === false;
  return {
    pingInterval: !isOff && typeof pingInterval === 'number',
    pongTimeout: !isOff && typeof pongTimeout === 'number',
  };
}
