// `@ohos.app.ability.UIAbility`: the namespace object as the default export.

export { UIAbility as default } from '../../kits/ability/index.ts';
