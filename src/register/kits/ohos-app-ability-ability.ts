// `@ohos.app.ability.Ability`: the namespace object as the default export.

export { Ability as default } from '../../kits/ability/index.ts';
