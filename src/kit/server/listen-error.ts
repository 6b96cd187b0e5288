// Failures to listen, in the codes of the kit (kit specification §4.1).

import { WebSocketError } from '../../core/errors.ts';
import { asBusinessError, type BusinessError, businessError } from '../business-error.ts';

/** The error of a `start` that could not listen. */
export function listenError(error: unknown): BusinessError {
  const cause = error instanceof WebSocketError ? error.cause : undefined;
  switch ((cause as { code?: unknown } | undefined)?.code) {
    case 'EADDRINUSE':
      return businessError('portInUse', error);
    case 'EADDRNOTAVAIL':
      return businessError('listenAddress', error);
    case 'EACCES':
    case 'EPERM':
      return businessError('listenPort', error);
    default:
      return asBusinessError(error);
  }
}
