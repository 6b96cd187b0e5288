// The names of `@ohos/hypium` that need no test runner: constants, `Hypium`, and what is absent here.

import { absent } from '../kits/absent.ts';

export { DEFAULT, Level, Size, TestType } from './constants.ts';
export type { Assert } from './expect.ts';
export { Hypium } from './hypium.ts';

const kit = '@ohos/hypium';

export const ArgumentMatchers = absent('ArgumentMatchers', kit);
export const Core = absent('Core', kit);
export const DataDriver = absent('DataDriver', kit);
export const ExpectExtend = absent('ExpectExtend', kit);
export const MockKit = absent('MockKit', kit);
export const OhReport = absent('OhReport', kit);
export const SysTestKit = absent('SysTestKit', kit);
export const when = absent('when', kit);
