// `@ohos.app.ability.contextConstant`: the namespace object as the default export.

export { contextConstant as default } from '../../kits/ability/index.ts';
