// Data-driven tests: `Hypium.setData`, `DataDriver`, and a data.json in HYPIUM_DATA.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DataDriver } from '../../src/register/hypium/names.ts';
import { imports, runTests } from './hypium-tests.ts';

const data = {
  suites: [
    {
      describe: ['ability'],
      stress: 2,
      params: { suite: 's' },
      items: [
        {
          it: 'with_data',
          stress: 2,
          params: [
            { name: 'tom', value: 5 },
            { name: 'jerry', value: 4 },
          ],
        },
        { it: 'stressed', stress: 3 },
      ],
    },
  ],
};

const suite = `
  interface Row { name: string; value: number; suite: string }
  export default function abilityTest() {
    describe('ability', () => {
      let calls: number = 0;
      beforeAll(() => ran('beforeAll'));
      beforeEach(() => ran('beforeEach'));
      it('with_data', 0, async (done: Function, data: Row) => {
        ran('with_data ' + data.name + ' ' + data.value + ' ' + data.suite);
        done();
      });
      it('stressed', 0, () => { ran('stressed ' + (++calls)); });
    });
    describe('other', () => {
      it('only_data', 0, (data: Row) => ran('only_data ' + JSON.stringify(data)));
      it('only_done', 0, (done: Function) => { ran('only_done'); done(); });
    });
  }`;

const once = [
  'beforeAll',
  ...['beforeEach', 'with_data tom 5 s', 'with_data jerry 4 s'],
  ...['beforeEach', 'with_data tom 5 s', 'with_data jerry 4 s'],
];
const expected = [
  ...once,
  ...['beforeEach', 'stressed 1', 'beforeEach', 'stressed 2', 'beforeEach', 'stressed 3'],
  ...once,
  ...['beforeEach', 'stressed 4', 'beforeEach', 'stressed 5', 'beforeEach', 'stressed 6'],
  'only_data {}',
  'only_done',
];

describe('data of tests', () => {
  test('run suites and tests so often, and their bodies with each object', async (context) => {
    const files = {
      'a.test.ets': `${imports} Hypium.setData(JSON.parse('${JSON.stringify(data)}')); ${suite}`,
    };
    const { code, printed, stdout } = await runTests(context, files, ['a.test.ets']);
    assert.deepEqual(printed, expected, stdout);
    assert.equal(code, 0);
  });

  test('come from the file in HYPIUM_DATA, or through the core', async (context) => {
    const files = { 'a.test.ets': `${imports} ${suite}`, 'data.json': JSON.stringify(data) };
    const byFile = await runTests(context, files, ['a.test.ets'], { HYPIUM_DATA: 'data.json' });
    assert.deepEqual(byFile.printed, expected, byFile.stdout);
    const core = `
      const core = Core.getInstance();
      core.addService('dataDriver', new DataDriver({ data: JSON.parse('${JSON.stringify(data)}') }));`;
    const byCore = await runTests(context, { 'a.test.ets': `${imports} ${core} ${suite}` }, ['a.test.ets']);
    assert.deepEqual(byCore.printed, expected, byCore.stdout);
  });

  test('without data a body gets undefined', async (context) => {
    const text = `${imports} export default function a() { describe('a', () => {
      it('a', 0, (done: Function, data: Object) => { ran(String(data)); done(); });
      it('b', 0, async (data: Object) => ran(String(data)));
    }); }`;
    const { printed } = await runTests(context, { 'a.test.ets': text }, ['a.test.ets']);
    assert.deepEqual(printed, ['undefined', 'undefined']);
  });

  test('a file that is missing, is not JSON or has no suites is one sentence', async (context) => {
    const files = {
      'a.test.ets': `${imports} ${suite}`,
      'broken.json': '{ "suites": [ }',
      'list.json': '[1]',
    };
    for (const [file, sentence] of [
      ['missing.json', /HYPIUM_DATA=missing\.json: the file cannot be read \(ENOENT: .*\); name a data\.json/u],
      ['broken.json', /HYPIUM_DATA=broken\.json: the file is not JSON \(.*\); expected \{ "suites": \[/u],
      ['list.json', /HYPIUM_DATA=list\.json: expected \{ "suites": \[.*\] \}, not \[ 1 \]/u],
    ] as const) {
      const { code, stdout } = await runTests(context, files, ['a.test.ets'], { HYPIUM_DATA: file });
      assert.equal(code, 1);
      assert.match(stdout, sentence);
    }
  });
});

describe('DataDriver', () => {
  test('answers by names; a suite may have one name or several, and several entries', () => {
    const driver = new DataDriver({
      data: {
        suites: [
          { describe: 'one', params: { a: 1, b: 1 }, items: [{ it: 'first', params: [{ a: 5, c: 5 }], stress: 0 }] },
          { describe: ['one', 'two'], params: { b: 2 }, stress: 4, items: [{ it: 'second', stress: 3 }] },
        ],
      },
    });
    assert.deepEqual(driver.getParameters('one', 'first'), [{ a: 1, b: 2, c: 5 }]);
    assert.deepEqual(driver.getParameters('two', 'first'), [{ b: 2 }]);
    assert.deepEqual(driver.getParameters('three', 'first'), [{}]);
    assert.deepEqual([driver.getSuiteStress('one'), driver.getSuiteStress('three')], [4, 1]);
    assert.deepEqual([driver.getSpecStress('two', 'second'), driver.getSpecStress('one', 'first')], [3, 1]);
  });

  test('needs a list of suites', () => {
    for (const data of [undefined, {}, { suites: 1 }, { suites: [1] }]) {
      assert.throws(() => new DataDriver({ data: data as never }), {
        message: /^the data of a DataDriver: expected \{ "suites": \[/,
      });
    }
  });
});
