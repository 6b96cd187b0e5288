// Errors of the engine in the words of the kit. Their advice names the engine's options for TLS, which a user of the kit
// cannot set. Limits and times have the same names in `configure`.

import type { WebSocketError } from '../../core/errors.ts';

/** Longer ones first. */
const words = [
  [', or set tls.servername to the expected one', ''],
  ['as tls.ca', 'in the file of caPath'],
  ['tls.ca', 'caPath'],
  ['tls.cert, tls.key', 'clientCert'],
  ['tls.cert', 'clientCert.certPath'],
  ['tls.key', 'clientCert.keyPath'],
  ['tls.minVersion', 'minSupportTlsProtocol'],
] as const;

/** Changes the text of an error that the application has not seen yet. A text from the server is not changed. */
export function nameKitOptions(error: WebSocketError): void {
  if (error.code === 'ERR_WS_REFUSED' || !error.message.includes('tls.')) return;
  const { message, stack } = error;
  const spoken = words.reduce((text, [option, name]) => text.replaceAll(option, name), message);
  error.message = spoken;
  // The stack holds the text again, and Node prints the stack.
  if (stack !== undefined) error.stack = stack.replace(message, () => spoken);
}
