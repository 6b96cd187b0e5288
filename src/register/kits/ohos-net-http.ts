// `@ohos.net.http`: the namespace object as the default export.

export { http as default } from '../../kits/http/index.ts';
