// `@ohos/hypium` over `node:test`. Under Vitest the Vite plugin puts a module of the same names over Vitest in its place
// (see ../vite.ts): each runner knows only the tests that were declared by its own functions.

import { nodeRunner } from './node-runner.ts';
import { createSuites } from './suites.ts';

export {
  type AnyFunction,
  type ArgumentMatcher,
  ArgumentMatchers,
  type Assert,
  type AssertResult,
  Core,
  DataDriver,
  DEFAULT,
  ExpectExtend,
  Hypium,
  type ItemData,
  Level,
  MockKit,
  OhReport,
  Size,
  SkipError,
  type Stubbing,
  type SuiteData,
  SysTestKit,
  type TestData,
  TestType,
  type VerificationMode,
  when,
} from './names.ts';

export const {
  describe,
  xdescribe,
  it,
  xit,
  beforeAll,
  afterAll,
  beforeEach,
  afterEach,
  beforeEachIt,
  afterEachIt,
  beforeItSpecified,
  afterItSpecified,
  expect,
} = createSuites(nodeRunner);
