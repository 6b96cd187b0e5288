// What the companion kits share with `webSocket`: the class of errors, the network that both are on, warnings, and the
// settings of `configure`. Each companion is a separate bundle, which takes the state of the process from here.

export { isArrayBuffer } from '../core/brands.ts';
export { WebSocketError } from '../core/errors.ts';
export { cutToSize, utf8Size } from '../core/utf8-text.ts';
export { answerPromise } from '../kit/answer-promise.ts';
export { described } from '../kit/described.ts';
export { warn } from '../kit/diagnostics.ts';
export { type AsyncCallback, BusinessError, type Callback, type ErrorCallback, hilog } from '../kit/index.ts';
export { reportUncaught } from '../kit/listeners.ts';
export { own } from '../kit/own-errors.ts';
export { networkDenial, policy } from '../kit/policy.ts';
export { type DialOptions, dial } from '../node/dial.ts';
export { request as httpRequest } from '../node/http.ts';
export { type Bearer, type Net, type NetSource, ownAddresses } from '../node/net-source.ts';
export { type Network, network } from '../node/network.ts';
export { resolveProxy } from '../node/proxy.ts';
export { isSocks, type ProxyAddress, type ProxySetting } from '../node/proxy-options.ts';
export { openSocks } from '../node/socks.ts';
export { moduleResources } from '../register/project/resources.ts';
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
export { type ResourceReader, resourceReader, setResourceReader } from './resource-reader.ts';
export { type DeviceState, deviceState, watchDevice } from './settings.ts';
