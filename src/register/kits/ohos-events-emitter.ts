// `@ohos.events.emitter`: the namespace object as the default export.

export { emitter as default } from '../../kits/emitter/index.ts';
