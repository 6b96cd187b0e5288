// Contexts: folders, application, events, resources; base classes of abilities; what is not supported.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { type ApplicationSettings, configure } from '../../../src/kit/configure.ts';
import type { BusinessError } from '../../../src/kit/index.ts';
import {
  Ability,
  AbilityConstant,
  AbilityStage,
  application,
  bundleManager,
  ConfigurationConstant,
  type Context,
  common,
  contextConstant,
  getContext,
  UIAbility,
  type Want,
} from '../../../src/kits/ability/index.ts';

const restores: Array<() => void> = [];
afterEach(() => {
  for (const restore of restores.splice(0).reverse()) restore();
});

function set(settings: ApplicationSettings): void {
  restores.push(configure({ device: { application: settings } }));
}

const ability = (): common.UIAbilityContext => getContext() as common.UIAbilityContext;

describe('contexts', () => {
  test('getContext is the context of the ability; the application has another', () => {
    assert.equal(getContext(), getContext({}));
    assert.equal(getContext().getApplicationContext(), application.getApplicationContext());
    assert.notEqual(getContext(), application.getApplicationContext());
    assert.equal(getContext().stageMode, true);
    const { ContextType } = contextConstant;
    assert.equal(ability().isContextOf(ContextType.UIABILITY_CONTEXT), true);
    assert.equal(ability().isContextOf(ContextType.APPLICATION_CONTEXT), false);
    assert.equal(application.getApplicationContext().isContextOf(ContextType.APPLICATION_CONTEXT), true);
    assert.equal(new AbilityStage().context.isContextOf(ContextType.ABILITY_STAGE_CONTEXT), true);
  });

  test('folders are those of a device', () => {
    const ofAbility: Partial<Context> = {
      cacheDir: '/data/storage/el2/base/haps/entry/cache',
      tempDir: '/data/storage/el2/base/haps/entry/temp',
      filesDir: '/data/storage/el2/base/haps/entry/files',
      databaseDir: '/data/storage/el2/database/entry',
      preferencesDir: '/data/storage/el2/base/haps/entry/preferences',
      distributedFilesDir: '/data/storage/el2/distributedfiles',
      cloudFileDir: '/data/storage/el2/cloud',
      logFileDir: '/data/storage/el2/log',
      bundleCodeDir: '/data/storage/el1/bundle',
      resourceDir: '/data/storage/el1/bundle/entry/resources/resfile',
    };
    for (const [name, path] of Object.entries(ofAbility)) assert.equal(Reflect.get(getContext(), name), path, name);
    const whole = application.getApplicationContext();
    assert.equal(whole.filesDir, '/data/storage/el2/base/files');
    assert.equal(whole.databaseDir, '/data/storage/el2/database');
    assert.equal(whole.preferencesDir, '/data/storage/el2/base/preferences');
  });

  test('area chooses the encryption; so does createAreaModeContext, for a new context', () => {
    const { AreaMode } = contextConstant;
    const context = getContext().createModuleContext('library');
    assert.equal(context.area, AreaMode.EL2);
    context.area = AreaMode.EL1;
    assert.equal(context.filesDir, '/data/storage/el1/base/haps/library/files');
    assert.equal(context.createAreaModeContext(AreaMode.EL5).filesDir, '/data/storage/el5/base/haps/library/files');
    assert.equal(context.area, AreaMode.EL1);
  });

  test('a folder of configure has real folders, made when they are asked for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'contexts-'));
    restores.push(() => rmSync(folder, { recursive: true }));
    set({ folder });
    assert.equal(existsSync(join(folder, 'el2')), false);
    const path = getContext().filesDir;
    assert.equal(path, join(folder, 'el2/base/haps/entry/files'));
    assert.equal(existsSync(path), true);
  });

  test('names are those of configure', () => {
    set({ bundleName: 'com.example.chat', moduleName: 'phone', abilityName: 'ChatAbility', language: 'zh-Hans' });
    assert.equal(getContext().applicationInfo.name, 'com.example.chat');
    assert.equal(getContext().processName, 'com.example.chat');
    assert.equal(getContext().filesDir, '/data/storage/el2/base/haps/phone/files');
    const { abilityInfo, currentHapModuleInfo, config } = ability();
    assert.deepEqual(
      [abilityInfo.bundleName, abilityInfo.moduleName, abilityInfo.name],
      ['com.example.chat', 'phone', 'ChatAbility'],
    );
    assert.deepEqual(currentHapModuleInfo, { name: 'phone', mainElementName: 'ChatAbility' });
    assert.equal(config.language, 'zh-Hans');
    assert.equal(config.colorMode, ConfigurationConstant.ColorMode.COLOR_MODE_LIGHT);
    assert.equal(new AbilityStage().context.currentHapModuleInfo.name, 'phone');
    assert.equal(new AbilityStage().context.config.language, 'zh-Hans');
  });

  test('application.createModuleContext, and 401 for what is not a text', async () => {
    const context = await application.createModuleContext(getContext(), 'library');
    assert.equal(context.filesDir, '/data/storage/el2/base/haps/library/files');
    assert.throws(() => getContext().createModuleContext(5 as unknown as string), { code: 401 });
  });

  test('getGroupDir: there is no group', async () => {
    assert.equal(await getContext().getGroupDir('1'), null);
    assert.equal(await new Promise((resolve) => getContext().getGroupDir('1', (_, path) => resolve(path))), null);
    assert.throws(() => void getContext().getGroupDir(5 as unknown as string), { code: 401 });
  });

  test('801 for what needs a screen or another application', async () => {
    const unsupported = { code: 801, message: 'Capability not supported.' };
    await assert.rejects(ability().startAbility({ bundleName: 'com.example.other' }), unsupported);
    await assert.rejects(ability().terminateSelf(), unsupported);
    await assert.rejects(ability().openLink('https://example.com/'), unsupported);
    const error = await new Promise<BusinessError>((resolve) => ability().startAbility({}, resolve));
    assert.equal(error.code, 801);
    assert.equal((await new Promise<BusinessError>((resolve) => ability().terminateSelf(resolve))).code, 801);
  });
});

describe('EventHub', () => {
  test('calls functions during emit, in order, with the hub as this', () => {
    const { eventHub } = getContext().createModuleContext('entry');
    const got: unknown[] = [];
    const first = function (this: unknown, ...args: unknown[]): void {
      got.push(['first', this === eventHub, ...args]);
    };
    eventHub.on('a', first);
    eventHub.on('a', first);
    eventHub.on('a', () => got.push('second'));
    eventHub.emit('a', 1, 'x');
    assert.deepEqual(got.splice(0), [['first', true, 1, 'x'], 'second']);
    eventHub.off('a', first);
    eventHub.emit('a');
    assert.deepEqual(got.splice(0), ['second']);
    eventHub.off('a');
    eventHub.off('none', first);
    eventHub.emit('a');
    assert.deepEqual(got, []);
  });

  test('each context has its own, and keeps it', () => {
    assert.equal(getContext().eventHub, getContext().eventHub);
    assert.notEqual(getContext().eventHub, application.getApplicationContext().eventHub);
  });

  test('401 for wrong arguments', () => {
    const hub = getContext().eventHub as unknown as Record<string, (...args: unknown[]) => void>;
    assert.throws(() => hub.on!('a'), { code: 401 });
    assert.throws(() => hub.on!('', () => {}), { code: 401 });
    assert.throws(() => hub.off!(5), { code: 401 });
    assert.throws(() => hub.off!('a', 5), { code: 401 });
    assert.throws(() => hub.emit!(), { code: 401 });
  });
});

describe('ApplicationContext: callbacks', () => {
  test('applicationStateChange is told what configure sets', () => {
    const context = application.getApplicationContext();
    const got: string[] = [];
    const callback = {
      onApplicationForeground: () => got.push('foreground'),
      onApplicationBackground: () => got.push('background'),
    } as unknown as { onApplicationForeground(): void; onApplicationBackground(): void };
    context.on('applicationStateChange', callback);
    set({ state: 'background' });
    set({ state: 'background' });
    set({ state: 'foreground' });
    assert.deepEqual(got.splice(0), ['background', 'foreground']);
    context.off('applicationStateChange', callback);
    set({ state: 'background' });
    context.on('applicationStateChange', callback);
    context.off('applicationStateChange');
    set({ state: 'foreground' });
    assert.deepEqual(got, []);
  });

  test('environment is told of a language', async () => {
    const context = application.getApplicationContext();
    const got: unknown[] = [];
    const id = context.on('environment', {
      onConfigurationUpdated: (config) => got.push(config.language),
      onMemoryLevel: () => {},
    });
    set({ language: 'de-DE' });
    assert.deepEqual(got, ['de-DE']);
    assert.equal(await context.off('environment', id), undefined);
    set({ language: 'fr-FR' });
    assert.deepEqual(got, ['de-DE']);
    const lifecycle = context.on('abilityLifecycle', {});
    assert.notEqual(lifecycle, id);
    await new Promise<void>((resolve) => context.off('abilityLifecycle', lifecycle, () => resolve()));
  });

  test('401 for wrong arguments', () => {
    const context = application.getApplicationContext() as unknown as Record<string, (...args: unknown[]) => unknown>;
    assert.throws(() => context.on!('environment'), { code: 401 });
    assert.throws(() => context.on!('x', {}), { code: 401 });
    assert.throws(() => context.off!('environment'), { code: 401 });
    assert.throws(() => context.off!('x', 1), { code: 401 });
  });
});

describe('abilities', () => {
  test("an application's ability has a context, and its callbacks can be called", () => {
    const calls: unknown[] = [];
    class EntryAbility extends UIAbility {
      override onCreate(want: Want, launchParam: AbilityConstant.LaunchParam): void {
        calls.push(want.abilityName, launchParam.launchReason, this.context.filesDir);
      }
    }
    set({ abilityName: 'EntryAbility' });
    const entry = new EntryAbility();
    assert.equal(entry.context, getContext());
    const { LaunchReason, LastExitReason } = AbilityConstant;
    entry.onCreate(entry.launchWant, {
      launchReason: LaunchReason.START_ABILITY,
      lastExitReason: LastExitReason.NORMAL,
      lastExitMessage: '',
    });
    assert.deepEqual(calls, ['EntryAbility', 1, '/data/storage/el2/base/haps/entry/files']);
    entry.onForeground();
    entry.onBackground();
    assert.deepEqual(entry.onDump([]), []);
    assert.equal(entry.onDestroy(), undefined);
    assert.equal(new AbilityStage().onAcceptWant({}), '');
  });

  test('constants', () => {
    assert.equal(AbilityConstant.LaunchReason.PRELOAD, 11);
    assert.equal(AbilityConstant.OnSaveResult.ALL_REJECT, 5);
    assert.equal(contextConstant.AreaMode.EL5, 4);
    assert.equal(ConfigurationConstant.ScreenDensity.SCREEN_DENSITY_XXLDPI, 480);
    assert.deepEqual(common, {});
  });
});

describe('bundleManager', () => {
  test("the application's name and version, and what the flags add", async () => {
    set({ bundleName: 'com.example.chat', versionName: '2.1.0', versionCode: 2_001_000 });
    const { BundleFlag } = bundleManager;
    const info = bundleManager.getBundleInfoForSelfSync(BundleFlag.GET_BUNDLE_INFO_DEFAULT);
    assert.deepEqual(
      [info.name, info.versionName, info.versionCode, info.appInfo, info.hapModulesInfo],
      ['com.example.chat', '2.1.0', 2_001_000, undefined, []],
    );
    const flags = BundleFlag.GET_BUNDLE_INFO_WITH_APPLICATION | BundleFlag.GET_BUNDLE_INFO_WITH_HAP_MODULE;
    const whole = await bundleManager.getBundleInfoForSelf(flags);
    assert.equal(whole.appInfo.name, 'com.example.chat');
    assert.equal(whole.hapModulesInfo[0]?.name, 'entry');
    const called = await new Promise((resolve) => bundleManager.getBundleInfoForSelf(0, (_, data) => resolve(data)));
    assert.deepEqual(called, info);
    assert.throws(() => bundleManager.getBundleInfoForSelfSync('x' as unknown as number), { code: 401 });
  });
});

test('a UIAbility is an Ability', () => {
  class Entry extends UIAbility {}
  const ability = new Entry();
  assert.ok(ability instanceof Ability);
  assert.deepEqual(
    [ability.onConfigurationUpdate({}), ability.onMemoryLevel(AbilityConstant.MemoryLevel.MEMORY_LEVEL_LOW)],
    [undefined, undefined],
  );
});
