// The names of `@ohos/hypium` that need no test runner: constants, `Hypium`, and what is absent here.

import { absent } from '../kits/absent.ts';

export { DEFAULT, Level, Size, TestType } from './constants.ts';
export type { Assert } from './expect.ts';
export { Hypium } from './hypium.ts';

export const ArgumentMatchers = absent;
export const Core = absent;
export const DataDriver = absent;
export const ExpectExtend = absent;
export const MockKit = absent;
export const OhReport = absent;
export const SysTestKit = absent;
export const when = absent;
