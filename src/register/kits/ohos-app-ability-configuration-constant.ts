// `@ohos.app.ability.ConfigurationConstant`: the namespace object as the default export.

export { ConfigurationConstant as default } from '../../kits/ability/index.ts';
