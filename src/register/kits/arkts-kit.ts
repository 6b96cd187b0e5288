// `@kit.ArkTS`: the names that there are off the device, and the kit's other names, which are `undefined`. The types of `worker`
// exist at run time, too, so that importing one links.

import { absent } from './absent.ts';

export { ArkTSUtils } from '../../kits/arkts-utils/index.ts';
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
export { uri } from '../../kits/uri/index.ts';
export { url } from '../../kits/url/index.ts';
export { util } from '../../kits/util/index.ts';

export const buffer = absent;
export const convertxml = absent;
export const DedicatedWorkerGlobalScope = absent;
export const ErrorEvent = absent;
export const Event = absent;
export const EventListener = absent;
export const EventTarget = absent;
export const MessageEvent = absent;
export const MessageEvents = absent;
export const PostMessageOptions = absent;
export const process = absent;
export const stream = absent;
export const taskpool = absent;
export const ThreadWorkerGlobalScope = absent;
export const worker = absent;
export const WorkerEventListener = absent;
export const WorkerEventTarget = absent;
export const WorkerOptions = absent;
export const xml = absent;
