// What companions that need nothing of Node share with `webSocket`, in a page: the class of errors. For bundlers that build for
// a page, package.json puts this file in the place of kits/host.

export { BusinessError } from '../kit/business-error.ts';
