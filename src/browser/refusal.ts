// Refusals: a browser cannot do everything that the kit offers. Such a call fails with the kit's code for "everything
// else", and a sentence instead of its fixed text. To ignore an option for safety or identity would be worse than an
// error, so that happens only where the application asked for it (src/kit/ignored-options.ts).

import { type BusinessError, refusal } from '../kit/business-error.ts';

/** Why an option is refused, and what to do instead. */
const options = {
  header:
    'a page cannot set request headers; remove the option, and put the value into the address, the subprotocol or the first message',
  caPath: 'the browser trusts the authorities of its system; remove the option, and install the authority there',
  clientCert:
    'the browser uses the certificates that its user installed; remove the option, and install the certificate there',
  proxy: "the browser uses its own proxy settings; remove the option, or set it to 'system'",
  skipServerCertVerification:
    'the browser always verifies certificates; remove the option, and install the authority in its system',
  minSupportTlsProtocol:
    'only the browser decides on TLS versions; remove the option, and set the lowest version at the server',
  supportOriginPort: 'the browser sends the origin of the page as it is; remove the option',
  pingInterval:
    'a page cannot send pings; remove the option or set it to 0, and let the server ping: the browser answers',
  pongTimeout: 'a page cannot see pongs; remove the option, and let the server ping: the browser answers',
} as const;

export type RefusedOption = keyof typeof options;

/** In the order of the checks. */
export const refusedOptions = Object.keys(options) as RefusedOption[];

/** The error of a `connect` with an option that a browser cannot fulfil. */
export function refusedOption(name: RefusedOption): BusinessError {
  return refusal(`option ${name} does not work in a browser: ${options[name]}`);
}

/** The error of a method of the server. */
export function refusedOperation(name: string): BusinessError {
  return refusal(`${name} does not work in a browser: a page cannot accept connections; run the server under Node`);
}
