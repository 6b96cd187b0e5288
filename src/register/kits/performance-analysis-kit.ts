// `@kit.PerformanceAnalysisKit`: `hilog`, and the kit's other names, which link and say what they are when they are used.

import { absent } from './absent.ts';

export { hilog } from '../../kit/index.ts';

const kit = '@kit.PerformanceAnalysisKit';

export const FaultLogger = absent('FaultLogger', kit);
export const hiAppEvent = absent('hiAppEvent', kit);
export const hichecker = absent('hichecker', kit);
export const hidebug = absent('hidebug', kit);
export const hiSysEvent = absent('hiSysEvent', kit);
export const hiTraceChain = absent('hiTraceChain', kit);
export const hiTraceMeter = absent('hiTraceMeter', kit);
export const jsLeakWatcher = absent('jsLeakWatcher', kit);
export const logLibrary = absent('logLibrary', kit);
