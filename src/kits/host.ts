// What the companion kits share with `webSocket`: the class of errors, and the network that both are on. Each companion is a
// bundle of its own, which takes the state of the process from here.

export { isArrayBuffer } from '../core/brands.ts';
export { WebSocketError } from '../core/errors.ts';
export { answerPromise } from '../kit/answer-promise.ts';
export { type AsyncCallback, BusinessError, type Callback, type ErrorCallback } from '../kit/index.ts';
export { own } from '../kit/own-errors.ts';
export { networkDenial, policy } from '../kit/policy.ts';
export { type DialOptions, dial } from '../node/dial.ts';
export { request as httpRequest } from '../node/http.ts';
export { type Bearer, type Net, type NetSource, ownAddresses } from '../node/net-source.ts';
export { type Network, network } from '../node/network.ts';
export { resolveProxy } from '../node/proxy.ts';
export type { ProxyAddress, ProxySetting } from '../node/proxy-options.ts';
