// The names of `@ohos/hypium` that need no test runner.

export type { AnyFunction } from './any-function.ts';
export { type ArgumentMatcher, ArgumentMatchers } from './argument-matchers.ts';
export { DEFAULT, Level, Size, TestType } from './constants.ts';
export { Core, ExpectExtend, OhReport } from './core.ts';
export type { AssertResult } from './custom-asserts.ts';
export { DataDriver, type ItemData, type SuiteData, type TestData } from './data-driver.ts';
export type { Assert } from './expect.ts';
export { Hypium } from './hypium.ts';
export { MockKit } from './mock-kit.ts';
export { SkipError } from './skip-error.ts';
export { SysTestKit } from './sys-test-kit.ts';
export type { VerificationMode } from './verification-mode.ts';
export { type Stubbing, when } from './when.ts';
