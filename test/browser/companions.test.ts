// Companions of `webSocket` in a page of Chromium: those that need nothing of Node work there, imported by the names of the
// kits, through the plugin for esbuild.

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { harmonyWebSocket } from 'harmony-websocket/esbuild';
import type { Browser } from 'playwright-core';
import { launchChromium, skip } from './chromium.ts';
import { KitHost } from './kit-host.ts';

describe('companions in Chromium', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  /** Runs a module in a page. It calls `report(value)` with what JSON can hold; that, and what the page printed. */
  async function run(t: TestContext, program: string): Promise<{ value: unknown; lines: string[] }> {
    const { outputFiles } = await build({
      stdin: { contents: program, loader: 'ts', resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      write: false,
      logLevel: 'silent',
      plugins: [harmonyWebSocket()],
    });
    const page = await new KitHost(browser).open(t);
    const lines: string[] = [];
    page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`));
    page.on('pageerror', (error) => lines.push(`uncaught ${error.message}`));
    let report: (value: unknown) => void = () => undefined;
    const reported = new Promise<unknown>((resolve, reject) => {
      report = resolve;
      page.on('pageerror', (error) => {
        if (!error.message.startsWith('expected')) reject(error);
      });
    });
    await page.exposeFunction('report', report);
    await page.addScriptTag({ content: outputFiles[0]!.text, type: 'module' });
    const value = await reported;
    return { value, lines };
  }

  test('emitter: in order of priority, each in its turn; data is copied; what a callback throws is uncaught', async (t) => {
    const { value, lines } = await run(
      t,
      `import { emitter } from '@kit.BasicServicesKit';
      const seen = [];
      const data = { text: 'sent' };
      emitter.on({ eventId: 1 }, (event) => { seen.push(event.data.text); void Promise.resolve().then(() => seen.push('then')); });
      emitter.once('later', () => { seen.push('low'); throw new Error('expected'); });
      emitter.emit('later', { priority: emitter.EventPriority.LOW }, { data: {} });
      emitter.emit({ eventId: 1, priority: emitter.EventPriority.HIGH }, { data });
      emitter.emit({ eventId: 1, priority: emitter.EventPriority.IMMEDIATE }, { data: { text: 'first' } });
      data.text = 'changed';
      seen.push('now', emitter.getListenerCount(1));
      emitter.on('later', () => setTimeout(() => report(seen)));
      emitter.emit('later', { priority: emitter.EventPriority.LOW });`,
    );
    assert.deepEqual(value, ['now', 1, 'first', 'then', 'sent', 'then', 'low']);
    assert.deepEqual(lines, ['uncaught expected']);
  });

  test('emitter: data that cannot be copied is a warning in the console', async (t) => {
    const { value, lines } = await run(
      t,
      `import emitter from '@ohos.events.emitter';
      emitter.on('x', (event) => report(event));
      emitter.emit('x', { data: { f() {} } });`,
    );
    assert.equal(JSON.stringify(value), '{}');
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^warning harmony-websocket: an event of emitter is delivered without its data: /u);
  });

  test('util: encodings, Base64, UUIDs, format, types, caches', async (t) => {
    const { value, lines } = await run(
      t,
      `import { util } from '@kit.ArkTS';
      const base64 = new util.Base64Helper();
      const types = new util.types();
      const cache = new util.LRUCache(2);
      cache.put('a', 1);
      report([
        [...new util.TextEncoder('gbk').encodeInto('你好')],
        util.TextDecoder.create('gbk').decodeToString(new Uint8Array([0xc4, 0xe3, 0xba, 0xc3])),
        base64.encodeToStringSync(new Uint8Array([251, 255, 1])),
        base64.encodeToStringSync(new Uint8Array([251, 255, 1]), util.Type.BASIC_URL_SAFE),
        [...base64.decodeSync('+/8B')],
        [...(await base64.encode(new Uint8Array([1])))],
        util.generateRandomUUID().length, util.parseUUID(util.generateRandomUUID()).length,
        util.format('%s is %d', 'five', 5), util.errnoToString(-2),
        types.isUint8Array(new Uint8Array()), types.isMap(new Map()), types.isProxy({}), cache.get('a'),
        util.getHash(cache) === util.getHash(cache),
        await util.promisify((text, callback) => callback(null, text))('promised'),
        (await util.ArkTSVM.getAllVMHeapMemoryInfo()).length,
      ]);`,
    );
    assert.deepEqual(value, [
      [0xc4, 0xe3, 0xba, 0xc3],
      '你好',
      '+/8B',
      '-_8B',
      [251, 255, 1],
      [65, 81, 61, 61],
      36,
      16,
      'five is 5',
      'Unknown system error -2',
      true,
      true,
      false,
      1,
      true,
      'promised',
      1,
    ]);
    assert.deepEqual(lines, []);
  });

  test('preferences: in memory, by callback and Promise, with changes; a folder is refused', async (t) => {
    const { value } = await run(
      t,
      `import { preferences } from '@kit.ArkData';
      import { UIAbility } from '@kit.AbilityKit';
      import { configure } from 'harmony-websocket/configure';
      const { context } = new UIAbility();
      const store = await preferences.getPreferences(context, 'session');
      const seen = [];
      store.on('change', (key) => seen.push(key));
      await store.put('token', 'abc');
      store.putSync('bytes', new Uint8Array([1, 255]));
      await store.flush();
      const again = preferences.getPreferencesSync(context, { name: 'session' });
      const byCallback = await new Promise((resolve) => again.get('token', '', (error, text) => resolve([error, text])));
      let refused;
      configure({ device: { preferences: { folder: '/data' } } });
      await preferences.getPreferences(context, 'other').catch((error) => { refused = [error.code, error.cause.message]; });
      report([again === store, byCallback, [...again.getSync('bytes', [])], seen, refused]);`,
    );
    assert.deepEqual(value, [
      true,
      [undefined, 'abc'],
      [1, 255],
      ['token', 'bytes'],
      [15500000, "a page has no files, so preferences cannot be in the folder /data; use preferences: 'memory'"],
    ]);
  });

  test('taskpool: in the thread of the page, with copies; sendData and cancel', async (t) => {
    const { value } = await run(
      t,
      `import { taskpool } from '@kit.ArkTS';
      function double(list) { 'use concurrent'; list.push(0); return list.map((item) => item * 2); }
      async function talk() {
        'use concurrent';
        await null;
        taskpool.Task.sendData('half');
        return taskpool.Task.isCanceled();
      }
      const given = [1, 2];
      const doubled = await taskpool.execute(double, given);
      const task = new taskpool.Task(talk);
      const received = [];
      task.onReceiveData((text) => received.push(text));
      const canceled = await taskpool.execute(task);
      const waiting = new taskpool.Task(double, given);
      const outcome = taskpool.execute(waiting).catch((error) => error.code);
      taskpool.cancel(waiting);
      const outside = (() => { try { taskpool.Task.sendData(1); } catch (error) { return error.code; } })();
      report([doubled, given, received, canceled, await outcome, outside, taskpool.getTaskPoolInfo().threadInfos[0].tid]);`,
    );
    assert.deepEqual(value, [[2, 4, 0], [1, 2], ['half'], false, 0, 10200022, 1]);
  });

  test('deviceInfo, batteryInfo, systemDateTime: defaults, and what configure sets', async (t) => {
    const { value } = await run(
      t,
      `import { batteryInfo, deviceInfo, systemDateTime } from '@kit.BasicServicesKit';
      import { configure } from 'harmony-websocket/configure';
      const before = deviceInfo.deviceType;
      configure({ device: {
        deviceInfo: { deviceType: 'tablet' }, batteryInfo: { batterySOC: 5 }, systemDateTime: { time: () => 1000 },
      } });
      const callback = await new Promise((resolve) => systemDateTime.getTimezone((error, zone) => resolve(zone)));
      report([before, deviceInfo.deviceType, batteryInfo.batterySOC, systemDateTime.getTime(),
        typeof callback, systemDateTime.getUptime(systemDateTime.TimeType.STARTUP) >= 0]);`,
    );
    assert.deepEqual(value, ['phone', 'tablet', 5, 1000, 'string', true]);
  });

  test('hilog, hiTraceChain, hiTraceMeter and hiAppEvent', async (t) => {
    const { value, lines } = await run(
      t,
      `import { hiAppEvent, hilog, hiTraceChain, hiTraceMeter } from '@kit.PerformanceAnalysisKit';
      import { configure } from 'harmony-websocket/configure';
      const marks = [];
      configure({ device: { trace: (mark) => marks.push(mark.kind) } });
      hiTraceMeter.startTrace('connect', 1);
      hiTraceMeter.finishTrace('connect', 1);
      const id = hiTraceChain.begin('work', hiTraceChain.HiTraceFlag.TP_INFO);
      hiTraceChain.tracepoint(0, 0, id, 'a point');
      hilog.warn(0x1, 'net', '%{public}s', 'a line');
      const events = [];
      hiAppEvent.addWatcher({ name: 'watcher', onReceive: (domain) => { events.push(domain); report([marks, events]); } });
      await hiAppEvent.write({ domain: 'net', name: 'lost', eventType: hiAppEvent.EventType.FAULT, params: {} });`,
    );
    assert.deepEqual(value, [['start', 'finish'], ['net']]);
    assert.equal(
      lines.filter((line) => /^(?:info|warning) .*a (?:point|line)$/u.test(line)).length,
      2,
      lines.join('\n'),
    );
  });

  test('contexts: values of configure, folders as paths, eventHub; resources are not there', async (t) => {
    const { value } = await run(
      t,
      `import { bundleManager, common, UIAbility } from '@kit.AbilityKit';
      import { configure } from 'harmony-websocket/configure';
      configure({ device: { application: { bundleName: 'com.example.chat', folder: '/app' } } });
      const { context } = new UIAbility();
      const seen = [];
      context.eventHub.on('go', (text) => seen.push(text));
      context.eventHub.emit('go', 'there');
      let code;
      try { context.resourceManager.getStringByNameSync('app_name'); } catch (error) { code = error.code; }
      report([context.filesDir, seen, code, typeof UIAbility,
        (await bundleManager.getBundleInfoForSelf(0)).name]);`,
    );
    assert.deepEqual(value, ['/app/el2/base/haps/entry/files', ['there'], 9001004, 'function', 'com.example.chat']);
  });

  test('buffer, connection, http and worker are undefined', async (t) => {
    const { value } = await run(
      t,
      `import { buffer, worker } from '@kit.ArkTS';
      import { connection, http } from '@kit.NetworkKit';
      report([typeof buffer, typeof worker, typeof connection, typeof http]);`,
    );
    assert.deepEqual(value, ['undefined', 'undefined', 'undefined', 'undefined']);
  });
});
