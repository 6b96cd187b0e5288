// Runs files of hypium tests in `node --test`, as they stand in an app.

import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Outcome, project } from './project.ts';

/** What the tests did. */
export interface TestOutcome extends Outcome {
  /** What they logged behind `ran `, in order. */
  readonly printed: string[];
  /** Lines of the report: `ok 1 - name`. */
  readonly results: string[];
}

/**
 * Runs `node --test` over test files.
 *
 * @param files      path → text
 * @param entries    the files that the runner is given
 * @param variables  environment variables of the tests
 */
export async function runTests(
  context: TestContext,
  files: Record<string, string>,
  entries: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<TestOutcome> {
  const { node, folder } = project(context, {
    ...files,
    'environment.mjs': `Object.assign(process.env, ${JSON.stringify(variables)});`,
  });
  const environment = ['--import', pathToFileURL(`${folder}/environment.mjs`).href];
  const reporter = ['--test', '--test-reporter', 'tap', ...environment, '--import', 'harmony-websocket/register'];
  const outcome = await node(...reporter, ...entries);
  const lines = (pattern: RegExp) => [...outcome.stdout.matchAll(pattern)].map(([, text]) => text!);
  return {
    ...outcome,
    printed: lines(/^ *# ran (.+)$/gmu),
    results: lines(/^ *((?:not )?ok \d+ - .+)$/gmu),
  };
}

/** The beginning of a test file. */
export const imports = `import {
  afterAll, afterEach, afterEachIt, afterItSpecified, ArgumentMatchers, beforeAll, beforeEach, beforeEachIt,
  beforeItSpecified, Core, DataDriver, describe, expect, ExpectExtend, Hypium, it, Level, MockKit, OhReport, Size, SkipError,
  SysTestKit, TestType, when, xdescribe, xit
} from '@ohos/hypium';
const ran = (what: string) => console.log('ran ' + what);
`;
