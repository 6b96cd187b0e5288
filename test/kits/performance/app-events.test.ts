// `hiAppEvent`: what watchers get, and the checks of events.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { configure } from '../../../src/kit/configure.ts';
import type { BusinessError } from '../../../src/kit/index.ts';
import byDefault, { hiAppEvent } from '../../../src/kits/hi-app-event/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';

const { EventType } = hiAppEvent;
const watchers: hiAppEvent.Watcher[] = [];
let restore: () => void;
beforeEach(() => {
  restore = configure({ device: { systemDateTime: { time: () => 1_000 } } });
});
afterEach(() => {
  restore();
  for (const watcher of watchers.splice(0)) hiAppEvent.removeWatcher(watcher);
  hiAppEvent.configure({ disable: false, maxStorage: '10M' });
});

function watch(watcher: hiAppEvent.Watcher): hiAppEvent.AppEventPackageHolder {
  watchers.push(watcher);
  return hiAppEvent.addWatcher(watcher);
}

const event = (name: string, params: object = {}, domain = 'net'): hiAppEvent.AppEventInfo => ({
  domain,
  name,
  eventType: EventType.BEHAVIOR,
  params,
});

const loose = hiAppEvent as unknown as Record<string, (...args: unknown[]) => unknown>;

describe('hiAppEvent', () => {
  test('is the default export, too; its names', () => {
    assert.equal(byDefault, hiAppEvent);
    assert.deepEqual(EventType, { FAULT: 1, STATISTIC: 2, SECURITY: 3, BEHAVIOR: 4 });
    assert.equal(hiAppEvent.domain.OS, 'OS');
    assert.equal(hiAppEvent.event.APP_CRASH, 'APP_CRASH');
    assert.equal(hiAppEvent.event.USER_LOGIN, 'hiappevent.user_login');
    assert.equal(hiAppEvent.param.USER_ID, 'user_id');
  });

  test('onReceive gets each event, in a later turn', async () => {
    const got: unknown[] = [];
    watch({ name: 'all', onReceive: (domain, groups) => got.push([domain, groups]) });
    const written = hiAppEvent.write(event('connected', { host: 'chat.example', tries: 2, ok: true, list: ['a'] }));
    assert.deepEqual(got, []);
    assert.equal(await written, undefined);
    await turn();
    const info = event('connected', { host: 'chat.example', tries: 2, ok: true, list: ['a'] });
    assert.deepEqual(got, [['net', [{ name: 'connected', appEventInfos: [info] }]]]);
  });

  test('write with a callback', async () => {
    const answer = await new Promise((resolve) => {
      assert.equal(
        hiAppEvent.write(event('a'), (err) => resolve(err)),
        undefined,
      );
    });
    assert.equal(answer, undefined);
  });

  test('filters: by domain, type and name', async () => {
    const got: string[] = [];
    watch({
      name: 'some',
      appEventFilters: [
        { domain: 'net', names: ['a', 'b'] },
        { domain: 'ui', eventTypes: [EventType.FAULT] },
      ],
      onReceive: (domain, [group]) => got.push(`${domain}.${group!.name}`),
    });
    for (const name of ['a', 'b', 'c']) await hiAppEvent.write(event(name));
    await hiAppEvent.write(event('a', {}, 'ui'));
    await hiAppEvent.write({ ...event('b', {}, 'ui'), eventType: EventType.FAULT });
    await turn();
    assert.deepEqual(got, ['net.a', 'net.b', 'ui.b']);
  });

  test('a holder takes the events that wait, one by one, or by rows or bytes', async () => {
    const holder = watch({ name: 'kept' });
    for (const name of ['a', 'b', 'c', 'd']) await hiAppEvent.write(event(name, { n: 1 }));
    const text = '{"domain_":"net","name_":"a","type_":4,"time_":1000,"n":1}';
    assert.deepEqual(holder.takeNext(), {
      packageId: 0,
      row: 1,
      size: text.length,
      data: [text],
      appEventInfos: [event('a', { n: 1 })],
    });
    holder.setSize(text.length * 2);
    assert.deepEqual(
      holder.takeNext().appEventInfos.map(({ name }) => name),
      ['b', 'c'],
    );
    const another = new hiAppEvent.AppEventPackageHolder('kept');
    another.setRow(5);
    assert.equal(another.takeNext().row, 1);
    assert.equal(another.takeNext(), null);
    assert.equal(holder.takeNext(), null);
  });

  test('onTrigger is called when so many events or bytes wait', async () => {
    const calls: unknown[] = [];
    watch({
      name: 'rows',
      triggerCondition: { row: 2 },
      onTrigger: (row, size, holder) => calls.push(['rows', row, size > 0, holder.takeNext().appEventInfos[0]!.name]),
    });
    watch({ name: 'bytes', triggerCondition: { size: 60 }, onTrigger: (row) => calls.push(['bytes', row]) });
    await hiAppEvent.write(event('a'));
    await turn();
    assert.deepEqual(calls, []);
    await hiAppEvent.write(event('b'));
    await turn();
    assert.deepEqual(calls, [
      ['rows', 2, true, 'a'],
      ['bytes', 2],
    ]);
  });

  test('onTrigger is called when an event has waited for its time, on the clock of the network', async () => {
    const network = useNetwork();
    const calls: number[] = [];
    watch({ name: 'time', triggerCondition: { timeOut: 2 }, onTrigger: (row) => calls.push(row) });
    await hiAppEvent.write(event('a'));
    await network.advance(40_000);
    await hiAppEvent.write(event('b'));
    assert.deepEqual(calls, []);
    await network.advance(20_000);
    assert.deepEqual(calls, [2]);
    await network.uninstall();
  });

  test('a removed watcher, and one that another of its name replaces, get nothing; clearData forgets waiting events', async () => {
    const got: string[] = [];
    watch({ name: 'one', onReceive: () => got.push('first') });
    watch({ name: 'one', onReceive: () => got.push('second') });
    await hiAppEvent.write(event('a'));
    await turn();
    hiAppEvent.removeWatcher({ name: 'one' });
    await hiAppEvent.write(event('b'));
    await turn();
    assert.deepEqual(got, ['second']);
    const holder = watch({ name: 'kept' });
    await hiAppEvent.write(event('a'));
    hiAppEvent.clearData();
    assert.equal(holder.takeNext(), null);
  });

  test('setEventParam adds parameters to the events of a domain or a name', async () => {
    const holder = watch({ name: 'kept' });
    await hiAppEvent.setEventParam({ version: '1.0' }, 'own');
    await hiAppEvent.setEventParam({ tries: 1 }, 'own', 'b');
    await hiAppEvent.write(event('a', { x: 1 }, 'own'));
    await hiAppEvent.write(event('b', {}, 'own'));
    await hiAppEvent.write(event('b'));
    holder.setRow(3);
    assert.deepEqual(
      holder.takeNext().appEventInfos.map(({ params }) => params),
      [{ x: 1, version: '1.0' }, { version: '1.0', tries: 1 }, {}],
    );
  });

  test('IDs and properties of the user', () => {
    assert.equal(hiAppEvent.getUserId('key'), '');
    hiAppEvent.setUserId('key', 'value');
    hiAppEvent.setUserProperty('key', 'other');
    assert.deepEqual([hiAppEvent.getUserId('key'), hiAppEvent.getUserProperty('key')], ['value', 'other']);
    hiAppEvent.setUserId('key', '');
    hiAppEvent.setUserProperty('key', null as unknown as string);
    assert.deepEqual([hiAppEvent.getUserId('key'), hiAppEvent.getUserProperty('key')], ['', '']);
  });

  test('processors have an ID each, and report nothing', async () => {
    const id = hiAppEvent.addProcessor({ name: 'analytics' });
    assert.ok(id > 0);
    assert.equal(await hiAppEvent.addProcessorFromConfig('analytics'), id + 1);
    hiAppEvent.removeProcessor(id);
    assert.equal(hiAppEvent.addProcessor({ name: '1x' }), -1);
    await assert.rejects(hiAppEvent.addProcessorFromConfig('1x'), { code: 11105001 });
  });

  test('setEventConfig and configEventPolicy check their arguments', async () => {
    await hiAppEvent.setEventConfig(hiAppEvent.event.MAIN_THREAD_JANK, { log_type: '1' });
    await hiAppEvent.configEventPolicy({ mainThreadJankPolicy: {} });
    await assert.rejects(hiAppEvent.setEventConfig('', {}), { code: 401 });
    await assert.rejects(async () => loose.configEventPolicy!({ mainThreadJankPolicy: 5 }), { code: 401 });
  });
});

describe('hiAppEvent: errors', () => {
  const long = 'x'.repeat(8 * 1024 + 1);
  const wrong: Array<[code: number, info: hiAppEvent.AppEventInfo]> = [
    [11101001, event('a', {}, '1net')],
    [11101001, event('a', {}, 'net_')],
    [11101001, event('a', {}, 'n'.repeat(33))],
    [11101002, event('')],
    [11101002, event('a_')],
    [11101002, event('n'.repeat(49))],
  ];
  for (const [code, info] of wrong) {
    test(`${code}: ${info.domain.slice(0, 9)} ${info.name.slice(0, 9)} is not written`, async () => {
      const holder = watch({ name: 'kept' });
      await assert.rejects(hiAppEvent.write(info), { code });
      const answer = await new Promise<BusinessError>((resolve) => void hiAppEvent.write(info, resolve));
      assert.equal(answer.code, code);
      assert.equal(holder.takeNext(), null);
    });
  }

  const partly: Array<[code: number, params: object, kept: object]> = [
    [11101003, Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`p${n}`, n])), {}],
    [11101004, { text: long, x: 1 }, { x: 1 }],
    [11101005, { '1': 1, x_: 1, x: 1 }, { x: 1 }],
    [11101006, { list: new Array(101).fill(1) }, { list: new Array(100).fill(1) }],
  ];
  for (const [code, params, kept] of partly) {
    test(`${code}: the parameter is left out, and the event written`, async () => {
      const holder = watch({ name: 'kept' });
      await assert.rejects(hiAppEvent.write(event('a', params)), { code });
      const written = holder.takeNext().appEventInfos[0]!.params;
      if (code === 11101003) assert.equal(Object.keys(written).length, 32);
      else assert.deepEqual(written, kept);
    });
  }

  test('401 for what is not an event, thrown by the call', () => {
    const incomplete = [
      undefined,
      {},
      { domain: 'net' },
      { ...event('a'), params: null },
      { ...event('a'), eventType: 5 },
    ];
    for (const info of [...incomplete, event('a', { x: {} }), event('a', { x: null })]) {
      assert.throws(() => void loose.write!(info), { code: 401, message: /^Parameter error\. Possible causes: / });
    }
    assert.throws(() => void loose.write!(event('a'), 5), { code: 401 });
  });

  test('11100001 while it is disabled', async () => {
    hiAppEvent.configure({ disable: true });
    await assert.rejects(hiAppEvent.write(event('a')), { code: 11100001 });
    await assert.rejects(hiAppEvent.setEventParam({}, 'net'), { code: 11100001 });
  });

  test('11103001 for a quota, 401 for other settings', () => {
    hiAppEvent.configure({ maxStorage: '100M' });
    hiAppEvent.configure({ maxStorage: '5' });
    assert.throws(() => hiAppEvent.configure({ maxStorage: '10X' }), { code: 11103001 });
    assert.throws(() => loose.configure!(), { code: 401 });
    assert.throws(() => loose.configure!({ disable: 'x' }), { code: 401 });
  });

  test('beyond the quota the oldest events that wait are dropped', async () => {
    const holder = watch({ name: 'kept' });
    hiAppEvent.configure({ maxStorage: '1k' });
    for (let n = 0; n < 30; n++) await hiAppEvent.write(event(`e${n}`));
    holder.setRow(100);
    const { row, size, appEventInfos } = holder.takeNext();
    assert.ok(row < 30 && size <= 1024, `${row} events, ${size} bytes`);
    assert.equal(appEventInfos.at(-1)?.name, 'e29');
    hiAppEvent.configure({ maxStorage: '10M' });
  });

  const ofWatchers: Array<[code: number, watcher: unknown]> = [
    [401, undefined],
    [401, {}],
    [401, { name: 'a', onReceive: 5 }],
    [401, { name: 'a', appEventFilters: {} }],
    [401, { name: 'a', appEventFilters: [{}] }],
    [401, { name: 'a', triggerCondition: { row: 'x' } }],
    [11102001, { name: '' }],
    [11102001, { name: 'a_' }],
    [11102001, { name: 'a'.repeat(33) }],
    [11102002, { name: 'a', appEventFilters: [{ domain: '1' }] }],
    [11102003, { name: 'a', triggerCondition: { row: -1 } }],
    [11102004, { name: 'a', triggerCondition: { size: -1 } }],
    [11102005, { name: 'a', triggerCondition: { timeOut: -1 } }],
  ];
  for (const [code, watcher] of ofWatchers) {
    test(`${code}: addWatcher(${JSON.stringify(watcher)?.slice(0, 60)})`, () => {
      assert.throws(() => loose.addWatcher!(watcher), { code });
    });
  }

  test('401 and 11104001 of a holder, and of a watcher that is removed', () => {
    const holder = new hiAppEvent.AppEventPackageHolder('none');
    assert.equal(holder.takeNext(), null);
    assert.throws(() => holder.setSize(-1), { code: 11104001 });
    assert.throws(() => holder.setRow(0), { code: 11104001 });
    assert.throws(() => holder.setRow('x' as unknown as number), { code: 401 });
    assert.throws(() => loose.removeWatcher!({ name: '_' }), { code: 11102001 });
    holder.setSize(0);
  });

  test('errors of setEventParam and of the user', async () => {
    await assert.rejects(hiAppEvent.setEventParam({ '1': 1 }, 'net'), { code: 11101005 });
    await assert.rejects(hiAppEvent.setEventParam({ x: 'x'.repeat(1025) }, 'net'), { code: 11101004 });
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`p${n}`, n]));
    await assert.rejects(hiAppEvent.setEventParam(many, 'net'), { code: 11101007 });
    await assert.rejects(hiAppEvent.setEventParam({}, '1'), { code: 11101001 });
    await assert.rejects(hiAppEvent.setEventParam({}, 'net', '_'), { code: 11101002 });
    await assert.rejects(async () => loose.setEventParam!(5, 'net'), { code: 401 });
    assert.throws(() => loose.setUserId!('1', 'x'), { code: 401 });
    assert.throws(() => loose.setUserId!('a', 5), { code: 401 });
    assert.throws(() => loose.getUserId!(5), { code: 401 });
    assert.throws(() => hiAppEvent.setUserProperty('a', 'x'.repeat(1025)), { code: 401 });
    assert.throws(() => loose.addProcessor!({}), { code: 401 });
    assert.throws(() => loose.removeProcessor!('x'), { code: 401 });
  });
});
