// `@ohos.net.connection`: the namespace object as the default export.

export { connection as default } from '../../kits/connection/index.ts';
