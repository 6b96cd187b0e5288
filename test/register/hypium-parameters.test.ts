// Which tests of hypium run, how often and in which order: the parameters of a device as environment variables, and as the
// arguments of a test ability. `SkipError` and the rest that decides whether a test runs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imports, runTests } from './hypium-tests.ts';

const suite = `${imports}
  export default function a() {
    describe('Chat', () => {
      it('plain', 0, () => ran('plain'));
      it('smoke', TestType.FUNCTION | Size.SMALLTEST | Level.LEVEL0, () => ran('smoke'));
      it('slow', TestType.PERFORMANCE | Size.LARGETEST | Level.LEVEL3, () => ran('slow'), 60000, 'net|nightly');
      describe('Nested', () => { it('inner', Level.LEVEL0, () => ran('inner')); });
    });
    describe('Log', () => { it('plain', Level.LEVEL1, () => ran('log plain'), undefined, 'net'); });
  }`;
const files = { 'a.test.ets': suite };

describe('parameters of a run', () => {
  const rows: Array<[variables: Record<string, string>, expected: string[]]> = [
    [{}, ['plain', 'smoke', 'slow', 'inner', 'log plain']],
    [{ HYPIUM_CLASS: 'Log' }, ['log plain']],
    [{ HYPIUM_CLASS: 'Chat#smoke,Log' }, ['smoke', 'log plain']],
    [{ HYPIUM_CLASS: 'Chat' }, ['plain', 'smoke', 'slow', 'inner']],
    [{ HYPIUM_CLASS: 'Nested' }, ['inner']],
    [{ HYPIUM_CLASS: 'Chat.Nested#inner' }, ['inner']],
    [{ HYPIUM_NOT_CLASS: 'Chat' }, ['log plain']],
    [{ HYPIUM_NOT_CLASS: 'Chat#plain,Nested' }, ['smoke', 'slow', 'log plain']],
    [{ HYPIUM_SUITE: 'Nested,Log' }, ['inner', 'log plain']],
    [{ HYPIUM_IT_NAME: 'plain' }, ['plain', 'log plain']],
    [{ HYPIUM_LEVEL: '0' }, ['plain', 'smoke', 'inner']],
    [{ HYPIUM_LEVEL: '0', HYPIUM_SIZE: 'small' }, ['plain', 'smoke']],
    [{ HYPIUM_TEST_TYPE: 'performance' }, ['plain', 'slow']],
    [{ HYPIUM_TAG: 'net' }, ['slow', 'log plain']],
    [{ HYPIUM_TAG: 'net+nightly,none' }, ['slow']],
    [{ HYPIUM_STRESS: '2', HYPIUM_CLASS: 'Log' }, ['log plain', 'log plain']],
  ];
  for (const [variables, expected] of rows) {
    test(Object.entries(variables).join(' ') || 'none', async (context) => {
      const { code, printed, stdout } = await runTests(context, files, ['a.test.ets'], variables);
      assert.deepEqual(printed, expected, stdout);
      assert.equal(code, 0);
    });
  }

  test('a suite without a selected test is not in the report', async (context) => {
    const { results } = await runTests(context, files, ['a.test.ets'], { HYPIUM_CLASS: 'Log' });
    assert.deepEqual(results, ['ok 1 - plain', 'ok 1 - Log']);
  });

  test('a test ability passes them in its arguments', async (context) => {
    const ability = `import { Hypium } from '@ohos/hypium'; import suite from './a.test';
      Hypium.hypiumTest(undefined, { parameters: { '-s class': 'Chat#smoke', '-s stress': '2', '-b': 'bundle' } }, suite);`;
    const { printed } = await runTests(context, { ...files, 'ability.test.ets': ability }, ['ability.test.ets']);
    assert.deepEqual(printed, ['smoke', 'smoke']);
  });

  test('the order is random by a seed, the same for the same', async (context) => {
    const orders: string[] = [];
    for (const HYPIUM_RANDOM of ['1', '1', '2', '3', '4']) {
      const { printed, code } = await runTests(context, files, ['a.test.ets'], { HYPIUM_RANDOM });
      assert.equal(code, 0);
      assert.deepEqual([...printed].sort(), ['inner', 'log plain', 'plain', 'slow', 'smoke']);
      orders.push(printed.join());
    }
    assert.equal(orders[0], orders[1]);
    assert.ok(new Set(orders).size > 1, orders.join(' '));
    const { stdout } = await runTests(context, files, ['a.test.ets'], { HYPIUM_RANDOM: 'true' });
    assert.match(stdout, /tests are in random order; HYPIUM_RANDOM=\d+ gives the same order again/u);
  });

  test('the tests after a failure are skipped with HYPIUM_BREAK_ON_ERROR', async (context) => {
    const text = `${imports} export default function a() {
      describe('a', () => {
        it('first', 0, () => ran('first'));
        it('second', 0, () => { expect(1).assertEqual(2); });
        it('third', 0, () => ran('third'));
      });
    }`;
    const { code, printed, results } = await runTests(context, { 'a.test.ets': text }, ['a.test.ets'], {
      HYPIUM_BREAK_ON_ERROR: 'true',
    });
    assert.deepEqual([code, printed], [1, ['first']]);
    assert.match(results[2]!, /^ok 3 - third # SKIP a test before this one failed, and HYPIUM_BREAK_ON_ERROR is set$/u);
  });

  for (const [name, value, expectation] of [
    ['HYPIUM_LEVEL', '9', 'one of 0, 1, 2, 3, 4'],
    ['HYPIUM_SIZE', 'tiny', 'one of small, medium, large'],
    ['HYPIUM_TEST_TYPE', 'constructor', 'one of function, performance, '],
    ['HYPIUM_STRESS', '0', 'a whole number from 1 to 999999999'],
    ['HYPIUM_TIMEOUT', 'long', 'a whole number from 1 to 999999999'],
    ['HYPIUM_BREAK_ON_ERROR', '1', 'true or false'],
  ] as const) {
    test(`${name}=${value} is one sentence`, async (context) => {
      const { code, stdout } = await runTests(context, files, ['a.test.ets'], { [name]: value });
      assert.equal(code, 1);
      assert.ok(stdout.includes(`${name} is "${value}"; expected ${expectation}`), stdout);
    });
  }
});

describe('SkipError', () => {
  test('skips the test that throws it, in the body or before it; a failure is a failure all the same', async (context) => {
    const text = `${imports} export default function a() {
      describe('a', () => {
        afterEach(() => ran('afterEach'));
        beforeItSpecified('before', () => { throw new SkipError('no network'); });
        it('body', 0, async () => { throw new SkipError('not on this machine'); });
        it('before', 0, () => ran('before'));
        it('failed', 0, () => { try { expect(1).assertEqual(2); } catch (error) { throw new SkipError('late'); } });
        it('runs', 0, () => ran('runs'));
      });
    }`;
    const { code, printed, results } = await runTests(context, { 'a.test.ets': text }, ['a.test.ets']);
    assert.deepEqual([code, printed], [1, ['afterEach', 'afterEach', 'afterEach', 'runs', 'afterEach']]);
    assert.deepEqual(results.slice(0, 4), [
      'ok 1 - body # SKIP not on this machine',
      'ok 2 - before # SKIP no network',
      'not ok 3 - failed',
      'ok 4 - runs',
    ]);
  });
});

describe('the time of a test', () => {
  test('may be given to the test itself', async (context) => {
    const text = `${imports} export default function a() {
      describe('a', () => { it('waits', 0, (done: Function) => {}, 20); });
    }`;
    const { code, stdout } = await runTests(context, { 'a.test.ets': text }, ['a.test.ets']);
    assert.equal(code, 1);
    assert.match(stdout, /execute timeout 20ms: done\(\) was not called/u);
  });
});
