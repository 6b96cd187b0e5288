// `@ohos.data.preferences`: the namespace object as the default export.

export { preferences as default } from '../../kits/preferences/index.ts';
