// `@ohos.util.LightWeightMap`: the class as the default export.

export { LightWeightMap as default } from '../../kits/containers/index.ts';
