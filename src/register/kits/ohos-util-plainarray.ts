// `@ohos.util.PlainArray`: the class as the default export.

export { PlainArray as default } from '../../kits/containers/index.ts';
