// What companions share with `webSocket` and take of their host, in a page: the names of src/kits/host.ts that companions use
// which work in a page. For bundlers that build for a page, package.json puts this file in the place of kits/host.

import { setDiagnostics, warn as warnBy } from '../kit/diagnostics.ts';
import { pageDiagnostics } from './diagnostics.ts';

export { isArrayBuffer } from '../core/brands.ts';
export { cutToSize, utf8Size } from '../core/utf8-text.ts';
export { BusinessError } from '../kit/business-error.ts';
export { described } from '../kit/described.ts';
export { reportUncaught } from '../kit/listeners.ts';
export { resourceReader } from '../kits/resource-reader.ts';
export { deviceState, watchDevice } from '../kits/settings.ts';
export { hilog } from './logger.ts';
export { network } from './page-network.ts';
export {
  base64Of,
  bytesOfBase64,
  bytesOfLatin1,
  files,
  heap,
  later,
  latin1Of,
  objectKinds,
  runningTimes,
  systemErrorText,
  threadNumber,
  ValueOfCall,
} from './platform.ts';

/** A page does not have the folder of a module, so there are no resources. */
export function moduleResources(): undefined {
  return undefined;
}

/** Prints a warning in the console, even in a page that uses companions without `webSocket`. */
export function warn(kind: string, text: string): void {
  setDiagnostics(pageDiagnostics);
  warnBy(kind, text);
}
