// What the companion kits share with `webSocket`: the class of errors, and the network that both are on. Each companion is a
// bundle of its own, which takes the state of the process from here.

export { type AsyncCallback, BusinessError, type Callback, type ErrorCallback } from '../kit/index.ts';
export { type Network, network } from '../node/network.ts';
