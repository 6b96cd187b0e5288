// `deviceInfo` and `batteryInfo`: values that `configure` sets, layer by layer.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { configure, type DeviceSettings } from '../../../src/kit/configure.ts';
import byDefaultBattery, { batteryInfo } from '../../../src/kits/battery-info/index.ts';
import { defaultBatteryInfo } from '../../../src/kits/battery-info/values.ts';
import byDefault, { deviceInfo } from '../../../src/kits/device-info/index.ts';
import { defaultDeviceInfo } from '../../../src/kits/device-info/values.ts';

const restores: Array<() => void> = [];
afterEach(() => {
  for (const restore of restores.splice(0).reverse()) restore();
});

function set(device: DeviceSettings): () => void {
  const restore = configure({ device });
  restores.push(restore);
  return restore;
}

describe('deviceInfo', () => {
  test('is the default export, too; its enums', () => {
    assert.equal(byDefault, deviceInfo);
    assert.equal(deviceInfo.DeviceTypes.TYPE_2IN1, '2in1');
    assert.deepEqual(deviceInfo.PerformanceClassLevel, {
      CLASS_LEVEL_HIGH: 0,
      CLASS_LEVEL_MEDIUM: 1,
      CLASS_LEVEL_LOW: 2,
    });
  });

  for (const [name, value] of Object.entries(defaultDeviceInfo)) {
    test(`${name}: a default, and a value that is set`, () => {
      const values = deviceInfo as unknown as Record<string, unknown>;
      assert.equal(values[name], value);
      const other = typeof value === 'string' ? 'set by a test' : 7;
      set({ deviceInfo: { [name]: other } });
      assert.equal(values[name], other);
    });
  }

  test('are all there for a program that lists them', () => {
    assert.ok(Object.keys(defaultDeviceInfo).every((name) => Object.keys(deviceInfo).includes(name)));
  });

  test('cannot be assigned', () => {
    assert.throws(() => {
      (deviceInfo as { deviceType: string }).deviceType = 'tv';
    }, TypeError);
  });

  test('the version numbers follow from osFullName, and versionId from ten values', () => {
    set({ deviceInfo: { osFullName: 'OpenHarmony-5.1.2.3', deviceType: 'tablet', sdkApiVersion: 18 } });
    const { majorVersion, seniorVersion, featureVersion, buildVersion, versionId } = deviceInfo;
    assert.deepEqual([majorVersion, seniorVersion, featureVersion, buildVersion], [5, 1, 2, 3]);
    assert.equal(versionId, 'tablet/default/default/default/OpenHarmony-5.1.2.3/default/default/18/default/default');
    set({ deviceInfo: { majorVersion: 9 } });
    assert.equal(deviceInfo.majorVersion, 9);
    assert.equal(deviceInfo.seniorVersion, 1);
  });

  test('the latest call wins, value by value; each undo takes its own back', () => {
    const first = set({ deviceInfo: { brand: 'first', deviceType: 'tv' } });
    const second = set({ deviceInfo: { brand: 'second' } });
    assert.deepEqual([deviceInfo.brand, deviceInfo.deviceType], ['second', 'tv']);
    first();
    assert.deepEqual([deviceInfo.brand, deviceInfo.deviceType], ['second', 'phone']);
    second();
    second();
    assert.equal(deviceInfo.brand, 'default');
  });
});

describe('batteryInfo', () => {
  test('is the default export, too; its enums', () => {
    assert.equal(byDefaultBattery, batteryInfo);
    assert.deepEqual(batteryInfo.BatteryPluggedType, { NONE: 0, AC: 1, USB: 2, WIRELESS: 3 });
    assert.deepEqual(batteryInfo.BatteryChargeState, { NONE: 0, ENABLE: 1, DISABLE: 2, FULL: 3 });
    assert.equal(batteryInfo.BatteryHealthState.DEAD, 5);
    assert.equal(batteryInfo.BatteryCapacityLevel.LEVEL_SHUTDOWN, 7);
    assert.equal(batteryInfo.CommonEventBatteryChangedKey.EXTRA_SOC, 'soc');
  });

  for (const [name, value] of Object.entries(defaultBatteryInfo)) {
    test(`${name}: a default, and a value that is set`, () => {
      const values = batteryInfo as unknown as Record<string, unknown>;
      assert.equal(values[name], value);
      const other = typeof value === 'string' ? 'x' : typeof value === 'number' ? 2 : false;
      set({ batteryInfo: { [name]: other } });
      assert.equal(values[name], other);
    });
  }
});
