// `@ohos.app.ability.AbilityStage`: the namespace object as the default export.

export { AbilityStage as default } from '../../kits/ability/index.ts';
