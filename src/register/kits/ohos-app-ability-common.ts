// `@ohos.app.ability.common`: the namespace object as the default export.

export { common as default } from '../../kits/ability/index.ts';
