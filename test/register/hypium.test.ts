// Suites of `@ohos/hypium` in `node --test`, run from .ets files as they stand in an app.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imports, runTests } from './hypium-tests.ts';
import { project } from './project.ts';

describe('which suites run', () => {
  const suite = (name: string) => `
    import { describe, it } from '@ohos/hypium';
    export default function ${name}Test() {
      describe('${name}', () => { it('runs', 0, () => console.log('ran ${name}')); });
    }`;
  const files = {
    'One.test.ets': suite('One'),
    'Two.test.ets': suite('Two'),
    'List.test.ets': `
      import one from './One.test';
      import two from './Two.test';
      export default function testsuite() { two(); one(); }`,
  };

  test('those that the default export of the given file declares, in its order', async (context) => {
    const { code, printed } = await runTests(context, files, ['List.test.ets']);
    assert.deepEqual(printed, ['Two', 'One']);
    assert.equal(code, 0);
  });

  test('of a single file just as well', async (context) => {
    assert.deepEqual((await runTests(context, files, ['One.test.ets'])).printed, ['One']);
  });

  test('a default export without a name, or asynchronous, is called too', async (context) => {
    const { printed } = await runTests(
      context,
      {
        'a.test.ets': `${imports} export default () => { describe('a', () => { it('a', 0, () => ran('a')); }); };`,
        'b.test.ets': `${imports} export default async function b() { describe('b', () => { it('b', 0, () => ran('b')); }); }`,
      },
      ['a.test.ets', 'b.test.ets'],
    );
    assert.deepEqual(printed.sort(), ['a', 'b']);
  });

  test('suites outside a function run, and a default export that is not a suite is left alone', async (context) => {
    const { code, printed } = await runTests(
      context,
      { 'a.test.ets': `${imports} describe('a', () => { it('a', 0, () => ran('a')); }); export default 1;` },
      ['a.test.ets'],
    );
    assert.deepEqual(printed, ['a']);
    assert.equal(code, 0);
  });

  test('Hypium.hypiumTest declares them, as a test ability does', async (context) => {
    const { printed } = await runTests(
      context,
      {
        ...files,
        'ability.test.ets': `
          import { Hypium } from '@ohos/hypium';
          import testsuite from './List.test';
          Hypium.hypiumTest(undefined, undefined, testsuite);`,
      },
      ['ability.test.ets'],
    );
    assert.deepEqual(printed, ['Two', 'One']);
  });

  test('xdescribe and xit are skipped, with the reason', async (context) => {
    const { code, printed, results } = await runTests(
      context,
      {
        'a.test.ets': `${imports} export default function a() {
          describe('a', () => {
            xit('plain', 0, () => ran('plain'));
            xit.reason('not here')('with_reason', 0, () => ran('with_reason'));
            xdescribe.reason('not now')('suite', () => { it('inside', 0, () => ran('inside')); });
            xdescribe('suite_plain', () => { it('inside', 0, () => ran('inside')); });
            it('runs', 0, () => ran('runs'));
          });
        }`,
      },
      ['a.test.ets'],
    );
    assert.deepEqual(printed, ['runs']);
    assert.equal(code, 0);
    for (const result of [
      / - plain # SKIP/u,
      / - with_reason # SKIP not here/u,
      / - suite # SKIP not now/u,
      / - suite_plain # SKIP/u,
    ]) {
      assert.ok(
        results.some((line) => result.test(line)),
        `${result}: ${results.join('\n')}`,
      );
    }
  });
});

describe('hooks', () => {
  test('run in the order of the device; beforeEach holds for its own suite, beforeEachIt for nested ones too', async (context) => {
    const { code, printed } = await runTests(
      context,
      {
        'a.test.ets': `${imports} export default function a() {
          describe('outer', () => {
            describe('inner', () => {
              beforeEachIt(() => ran('inner beforeEachIt'));
              beforeEach(async () => ran('inner beforeEach'));
              afterEachIt(() => ran('inner afterEachIt'));
              it('inner_it', 0, () => ran('inner it'));
            });
            beforeAll((done: Function) => { ran('beforeAll'); setTimeout(done, 1); });
            afterAll(() => ran('afterAll'));
            beforeEachIt(() => ran('beforeEachIt'));
            beforeEach(() => ran('beforeEach'));
            afterEach((done: Function) => { ran('afterEach'); done(); });
            afterEachIt(() => ran('afterEachIt'));
            beforeItSpecified(['second', 'third'], () => ran('beforeItSpecified'));
            afterItSpecified('second', () => ran('afterItSpecified'));
            it('first', TestType.FUNCTION | Size.SMALLTEST | Level.LEVEL0, () => ran('first'));
            it('second', 0, () => ran('second'));
          });
        }`,
      },
      ['a.test.ets'],
    );
    assert.equal(code, 0);
    assert.deepEqual(printed, [
      'beforeAll',
      ...['beforeEachIt', 'beforeEach', 'first', 'afterEach', 'afterEachIt'],
      ...['beforeEachIt', 'beforeItSpecified', 'beforeEach', 'second'],
      ...['afterItSpecified', 'afterEach', 'afterEachIt'],
      ...['beforeEachIt', 'inner beforeEachIt', 'inner beforeEach', 'inner it', 'inner afterEachIt', 'afterEachIt'],
      'afterAll',
    ]);
  });
});

describe('a test fails', () => {
  const failing: Array<[title: string, body: string, text: RegExp]> = [
    ['by an exception', `() => { throw new Error('thrown'); }`, /error: 'thrown'/u],
    ['by a rejection', `async () => { throw new Error('rejected'); }`, /error: 'rejected'/u],
    ['by an assertion', `() => { expect(1).assertEqual(2); }`, /error: 'expected 1 to equal 2'/u],
    [
      'by an assertion that it caught',
      `() => { try { expect(1).assertEqual(2); } catch (error) {} }`,
      /expected 1 to equal 2/u,
    ],
    [
      'by an assertion about a promise that it did not wait for',
      `() => { expect(Promise.resolve(1)).assertPromiseIsPending(); }`,
      /expected .* to be pending; it is resolved with 1/u,
    ],
    [
      'by an assertion in a callback, without waiting for done',
      `(done: Function) => { setTimeout(() => { expect(1).assertEqual(2); done(); }, 1); }`,
      /expected 1 to equal 2/u,
    ],
    [
      'when done is given and the body rejects',
      `async (done: Function) => { throw new Error('rejected'); }`,
      /error: 'rejected'/u,
    ],
    [
      'by an asynchronous describe',
      `() => { describe('late', async () => {}); }`,
      /the body must not be asynchronous/u,
    ],
  ];
  for (const [title, body, text] of failing) {
    test(title, async (context) => {
      const { code, stdout, printed } = await runTests(
        context,
        {
          'a.test.ets': `${imports} export default function a() {
            describe('a', () => { afterEach(() => ran('afterEach')); it('fails', 0, ${body}); });
          }`,
        },
        ['a.test.ets'],
      );
      assert.equal(code, 1);
      assert.match(stdout, text);
      assert.match(stdout, /^ *not ok \d+ - fails/mu);
      assert.deepEqual(printed, ['afterEach']);
    });
  }

  test('in the body of its suite, on every Node', async (context) => {
    const { code, stdout, results } = await runTests(
      context,
      {
        'a.test.ets': `${imports} export default function a() {
          describe('throws', () => { it('never_runs', 0, () => ran('it')); throw new Error('in the body'); });
          describe('waits', async () => {});
          describe('runs', () => { it('runs', 0, () => ran('runs')); });
        }`,
      },
      ['a.test.ets'],
    );
    assert.equal(code, 1);
    assert.deepEqual(results, [
      'not ok 1 - declares its tests',
      'not ok 1 - throws',
      'not ok 1 - declares its tests',
      'not ok 2 - waits',
      'ok 1 - runs',
      'ok 3 - runs',
    ]);
    assert.match(stdout, /error: 'in the body'/u);
    assert.match(stdout, /describe\('waits'\): the body must not be asynchronous/u);
  });

  test('after its time, saying how to give it more', async (context) => {
    const { folder, node } = project(context, {
      'a.test.ets': `${imports} export default function a() {
        describe('a', () => { it('waits', 0, (done: Function) => {}); it('hangs', 0, () => new Promise(() => {})); });
      }`,
      'limit.mjs': `process.env.HYPIUM_TIMEOUT = '20';`,
    });
    const limit = ['--import', new URL(`file://${folder}/limit.mjs`).href, '--import', 'harmony-websocket/register'];
    const { code, stdout } = await node('--test', '--test-reporter', 'tap', ...limit, 'a.test.ets');
    assert.equal(code, 1);
    assert.match(stdout, /execute timeout 20ms: done\(\) was not called; HYPIUM_TIMEOUT=<milliseconds> allows more/u);
    assert.match(stdout, /execute timeout 20ms: it did not return/u);
  });
});
