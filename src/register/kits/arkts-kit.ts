// `@kit.ArkTS`: the names that there are off the device, and the kit's other names, which are `undefined`. The types of `worker`
// exist at run time, too: see ohos-base.ts.

import { absent } from './absent.ts';

export { ArkTSUtils } from '../../kits/arkts-utils/index.ts';
export { buffer, fastbuffer } from '../../kits/buffer/index.ts';
export { collections } from '../../kits/collections/index.ts';
export {
  ArrayList,
  Deque,
  HashMap,
  HashSet,
  LightWeightMap,
  LightWeightSet,
  LinkedList,
  List,
  PlainArray,
  Queue,
  Stack,
  TreeMap,
  TreeSet,
  Vector,
} from '../../kits/containers/index.ts';
export { json as JSON } from '../../kits/json/index.ts';
export { lang } from '../../kits/lang/index.ts';
export { taskpool } from '../../kits/taskpool/index.ts';
export { uri } from '../../kits/uri/index.ts';
export { url } from '../../kits/url/index.ts';
export { util } from '../../kits/util/index.ts';
export { worker } from '../../kits/worker/index.ts';
export {
  DedicatedWorkerGlobalScope,
  ErrorEvent,
  Event,
  EventListener,
  EventTarget,
  MessageEvent,
  MessageEvents,
  PostMessageOptions,
  ThreadWorkerGlobalScope,
  ThreadWorkerPriority,
  WorkerEventListener,
  WorkerEventTarget,
  WorkerOptions,
} from './ohos-worker.ts';

export const convertxml = absent;
export const process = absent;
export const stream = absent;
export const xml = absent;
