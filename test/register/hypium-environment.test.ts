// What a test of hypium asks and sets, other than its assertions: `SysTestKit`, `Hypium`, assertions of its own, `Core`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createExpect } from '../../src/register/hypium/expect.ts';
import { Core, ExpectExtend, Hypium, OhReport, SysTestKit } from '../../src/register/hypium/names.ts';
import { imports, runTests } from './hypium-tests.ts';

const expect = createExpect({ failed: () => {}, pending: () => {} });

/** Runs the bodies of tests, which must pass. */
const passing = (title: string, ...bodies: string[]) =>
  void test(title, async (context) => {
    const its = bodies.map(
      (body, index) => `it('test_${index}', TestType.FUNCTION | Level.LEVEL0, async () => { ${body} });`,
    );
    const text = `${imports} import { hilog } from '@kit.PerformanceAnalysisKit';
      export default function a() { describe('outer', () => { describe('inner', () => { ${its.join('\n')} }); }); }`;
    const { code, stdout } = await runTests(context, { 'a.test.ets': text }, ['a.test.ets']);
    assert.equal(code, 0, stdout);
  });

describe('SysTestKit', () => {
  passing(
    'knows the test that runs',
    `expect(SysTestKit.getDescribeName()).assertEqual('inner');
     expect(SysTestKit.getItName()).assertEqual('test_0');
     expect(SysTestKit.getItAttribute()).assertEqual(TestType.FUNCTION | Level.LEVEL0);
     const core = Core.getInstance();
     expect(core.getDefaultService('suite').getCurrentRunningSuite().description).assertEqual('inner');
     expect(core.getDefaultService('spec').getCurrentRunningSpec().description).assertEqual('test_0');`,
    `expect(SysTestKit.getItName()).assertEqual('test_1');`,
  );

  passing(
    'finds what hilog and console have printed since clearLog',
    `hilog.info(0, 'tag', 'before %{public}s', 'x');
     expect(await SysTestKit.existKeyword('before x')).assertTrue();
     expect(await SysTestKit.clearLog()).assertTrue();
     expect(await SysTestKit.existKeyword('before x', 1)).assertFalse();
     hilog.error(0, 'tag', 'Connection LOST');
     console.info('by console');
     expect(await SysTestKit.existKeyword('connection lost')).assertTrue();
     expect(await SysTestKit.existKeyword('BY CONSOLE')).assertTrue();
     expect(await SysTestKit.cleanLog()).assertTrue();
     expect(await SysTestKit.existKeyword('lost')).assertFalse();`,
  );

  test('actionStart, actionEnd and print write lines', async (context) => {
    const text = `${imports} export default function a() { describe('a', () => { it('a', 0, async () => {
      SysTestKit.actionStart('[login]'); await SysTestKit.print('between\\n'); SysTestKit.actionEnd('[login]');
      expect(await SysTestKit.getRealTime()).assertLargerOrEqual(1600000000000);
    }); }); }`;
    const { stdout } = await runTests(context, { 'a.test.ets': text }, ['a.test.ets']);
    const lines = stdout.split('\n').filter((line) => /OHOS|between/.test(line));
    assert.deepEqual(lines, [
      '# OHOS_REPORT_ACTIONSTART: "[login]"',
      '# between',
      '# OHOS_REPORT_ACTIONEND: "[login]"',
    ]);
  });

  test('between tests there is none to know', () => {
    for (const name of ['getDescribeName', 'getItName', 'getItAttribute'] as const) {
      assert.throws(() => SysTestKit[name](), {
        message: `SysTestKit.${name}: no test is running; call it in the body of a test or in its hooks`,
      });
    }
  });
});

describe('Hypium', () => {
  test('keeps values, and a clock that nothing needs', () => {
    Hypium.set('key', 1);
    assert.deepEqual([Hypium.get('key'), Hypium.get('other')], [1, undefined]);
    assert.equal(Hypium.setTimeConfig({}), undefined);
  });

  test('hypiumTest needs a function, setData a list of suites', () => {
    assert.throws(() => Hypium.hypiumTest(undefined, undefined, undefined as never), {
      message: 'Hypium.hypiumTest needs the function that declares the tests as its third argument',
    });
    assert.throws(() => Hypium.setData([]), { message: /^Hypium\.setData: expected \{ "suites": \[.*, not \[\]$/ });
  });

  for (const name of ['hypiumWorkerTest', 'hypiumInitWorkers'] as const) {
    test(`${name} is not supported`, () =>
      assert.throws(Hypium[name], {
        message: `Hypium.${name} does not work off the device, where there are no workers of a test ability; call Hypium.hypiumTest`,
      }));
  }
});

describe('assertions of an application', () => {
  interface Custom {
    not(): Custom;
    message(text: string): Custom;
    assertEven(more?: number): void;
    assertLater(): Promise<void>;
    assertWrong(): void;
  }
  const custom = (value: unknown) => expect(value) as unknown as Custom;
  const assertEven = (actual: number, more = 0) => ({
    pass: (actual + more) % 2 === 0,
    message: `${actual + more} is odd`,
  });
  const assertLater = async (actual: number) => ({ pass: actual > 0, message: '' });
  const assertWrong = () => true;

  test('are called with the value and the arguments, and report in their own words', async () => {
    for (const assertion of [assertEven, assertLater, assertWrong]) Hypium.registerAssert(assertion);
    custom(2).assertEven();
    custom(1).assertEven(1);
    custom(1).not().assertEven();
    await custom(1).assertLater();
    assert.throws(() => custom(1).assertEven(), { name: 'AssertException', message: '1 is odd' });
    assert.throws(() => custom(1).message('size').assertEven(2), { message: 'size: 3 is odd' });
    assert.throws(() => custom(2).not().assertEven(), { message: 'expected 2 not to hold for assertEven' });
    await assert.rejects(custom(0).assertLater(), { message: 'expected 0 to hold for assertLater' });
    assert.throws(() => custom(0).assertWrong(), {
      message: 'assertWrong returned true; an assertion of the application returns { pass: boolean, message: string }',
    });
  });

  test('are taken away by function or name, and name themselves when they are called', () => {
    Hypium.registerAssert(assertEven);
    Hypium.unregisterAssert(assertEven);
    assert.throws(() => custom(2).assertEven(), { message: 'assertEven is unregistered' });
    Hypium.registerAssert(assertEven);
    custom(2).assertEven();
    Hypium.unregisterAssert('assertEven');
    assert.throws(() => custom(2).assertEven(), { message: 'assertEven is unregistered' });
  });

  test('misuse is one sentence', () => {
    assert.throws(() => Hypium.registerAssert(5 as never), {
      message: 'registerAssert got 5; give it a function with a name, which expect() then has',
    });
    assert.throws(() => Hypium.unregisterAssert('nothing'), {
      message: "unregisterAssert got 'nothing'; give it what registerAssert was given, or its name",
    });
  });
});

describe('Core', () => {
  test('takes what the entry of an older project puts together', () => {
    const core = Core.getInstance();
    assert.equal(Core.getInstance(), core);
    core.addService('expect', new ExpectExtend({ id: 'extend' }));
    const report = new OhReport({ delegator: undefined });
    core.addService('report', report);
    core.init();
    for (const name of ['spec', 'suite', 'task']) core.subscribeEvent(name, report);
    (core.getDefaultService('config') as { setConfig(parameters: object): void }).setConfig({});
    const service = core.getDefaultService('expect') as { addMatchers(matchers: object): void };
    service.addMatchers({
      assertLong: (actual: string, [length]: [number]) => ({ pass: actual.length >= length, message: 'too short' }),
    });
    const { assertLong } = expect('text') as unknown as { assertLong(length: number): void };
    assertLong(4);
    assert.throws(() => assertLong(5), { message: 'too short' });
    core.execute();
    assert.equal(core.getDefaultService('log'), undefined);
  });

  test('refuses parts and reports of an application, naming the way to have them', () => {
    const core = Core.getInstance();
    assert.throws(() => core.addService('own', {}), {
      message:
        "Core.addService('own'): {} is not a part that harmony-websocket can use; the parts are DataDriver, ExpectExtend and OhReport",
    });
    assert.throws(() => core.subscribeEvent('spec', {}), {
      message:
        "Core.subscribeEvent('spec'): {} is not told of tests here; give the runner a reporter (--test-reporter)",
    });
  });
});
