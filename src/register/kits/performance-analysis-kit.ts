// `@kit.PerformanceAnalysisKit`: `hilog`, and the kit's other names, which are `undefined`.

import { absent } from './absent.ts';

export { hilog } from '../../kit/index.ts';

export const FaultLogger = absent;
export const hiAppEvent = absent;
export const hichecker = absent;
export const hidebug = absent;
export const hiSysEvent = absent;
export const hiTraceChain = absent;
export const hiTraceMeter = absent;
export const jsLeakWatcher = absent;
export const logLibrary = absent;
