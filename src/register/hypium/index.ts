// `@ohos/hypium` over `node:test`. Under Vitest the Vite plugin puts a module of the same names over Vitest in its place
// (see ../vite.ts): each runner knows only the tests that were declared by its own functions.

import { nodeRunner } from './node-runner.ts';
import { createSuites } from './suites.ts';

export type { Assert } from './names.ts';
export {
  ArgumentMatchers,
  Core,
  DataDriver,
  DEFAULT,
  ExpectExtend,
  Hypium,
  Level,
  MockKit,
  OhReport,
  Size,
  SysTestKit,
  TestType,
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
