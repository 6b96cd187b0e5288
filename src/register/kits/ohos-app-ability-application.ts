// `@ohos.app.ability.application`: the namespace object as the default export.

export { application as default } from '../../kits/ability/index.ts';
