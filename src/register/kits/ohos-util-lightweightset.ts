// `@ohos.util.LightWeightSet`: the class as the default export.

export { LightWeightSet as default } from '../../kits/containers/index.ts';
