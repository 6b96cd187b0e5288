export { webSocket } from '../../../dist/kit/index';
export { connection } from '../../../dist/kits/connection/index';
