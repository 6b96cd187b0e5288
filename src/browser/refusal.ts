// What a browser cannot do is refused with the kit's code for "everything else" and a sentence in place of its fixed
// text: ignored, an option for safety or identity would be worse than an error.

import { type BusinessError, refusal } from '../kit/business-error.ts';

/** Why an option cannot be met, and what to do instead. */
const options = {
  header:
    'a page cannot set request headers; leave it out and put the value into the address, the subprotocol or the first message',
  caPath: "the browser trusts its system's authorities; leave it out and install the authority there",
  clientCert: 'the browser chooses among the certificates that its user installed; leave it out and install it there',
  proxy: "the browser goes by its own proxy settings; leave it out or give 'system'",
  skipServerCertVerification: 'the browser always verifies certificates; leave it out and install the authority there',
  minSupportTlsProtocol:
    'the browser alone decides on TLS versions; leave it out and set the lowest version at the server',
  supportOriginPort: 'the browser sends the origin of the page as it is; leave it out',
  pingInterval: 'a page cannot send pings; leave it out or give 0, and have the server ping, which the browser answers',
  pongTimeout: 'a page cannot see pongs; leave it out, and have the server ping, which the browser answers',
} as const;

export type RefusedOption = keyof typeof options;

/** In the order in which they are checked. */
export const refusedOptions = Object.keys(options) as RefusedOption[];

/** The error of a `connect` with an option that cannot be met. */
export function refusedOption(name: RefusedOption): BusinessError {
  return refusal(`option ${name} cannot be met in a browser: ${options[name]}`);
}

/** The error of an operation of the server. */
export function refusedOperation(name: string): BusinessError {
  return refusal(`${name} cannot be done in a browser: a page cannot accept connections; run the server under Node`);
}
