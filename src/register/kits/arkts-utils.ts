// `@arkts.utils`: the namespace as the default export.

export { ArkTSUtils as default } from '../../kits/arkts-utils/index.ts';
