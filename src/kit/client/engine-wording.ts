// Errors of the engine in the words of the kit. Their advice names the engine's options for TLS, which nobody can set who
// connects with the kit; limits and times have the same names in `configure`.

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

/** Changes the text of an error that nobody but the kit has seen yet. What a server said in it stays. */
export function nameKitOptions(error: WebSocketError): void {
  if (error.code === 'ERR_WS_REFUSED' || !error.message.includes('tls.')) return;
  const { message, stack } = error;
  const spoken = words.reduce((text, [option, name]) => text.replaceAll(option, name), message);
  error.message = spoken;
  // The text is in there once more, and is what Node prints.
  if (stack !== undefined) error.stack = stack.replace(message, () => spoken);
}
