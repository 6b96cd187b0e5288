// `@ohos.util.HashMap`: the class as the default export.

export { HashMap as default } from '../../kits/containers/index.ts';
