// `@arkts.lang`: the namespace as the default export.

export { lang as default } from '../../kits/lang/index.ts';
