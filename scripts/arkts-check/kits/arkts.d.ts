export { util } from '../../../dist/kits/util/index';
