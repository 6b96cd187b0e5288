// `@kit.PerformanceAnalysisKit`: `hilog`, events, traces, and the kit's other names, which are `undefined`.

import { absent } from './absent.ts';

export { hilog } from '../../kit/index.ts';
export { hiAppEvent } from '../../kits/hi-app-event/index.ts';
export { hiTraceChain } from '../../kits/hi-trace-chain/index.ts';
export { hiTraceMeter } from '../../kits/hi-trace-meter/index.ts';

export const FaultLogger = absent;
export const hichecker = absent;
export const hidebug = absent;
export const hiSysEvent = absent;
export const jsLeakWatcher = absent;
export const logLibrary = absent;
