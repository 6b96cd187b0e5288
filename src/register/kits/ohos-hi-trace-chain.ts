// `@ohos.hiTraceChain`: the namespace object as the default export.

export { hiTraceChain as default } from '../../kits/hi-trace-chain/index.ts';
