export { BusinessError } from '../../../dist/kit/index';
