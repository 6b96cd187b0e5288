// `@arkts.collections`: the namespace as the default export.

export { collections as default } from '../../kits/collections/index.ts';
