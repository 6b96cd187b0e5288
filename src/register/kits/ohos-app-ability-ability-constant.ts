// `@ohos.app.ability.AbilityConstant`: the namespace object as the default export.

export { AbilityConstant as default } from '../../kits/ability/index.ts';
