// The part of `bundleManager` by which an application asks for its own name and version.

import { type AsyncCallback, BusinessError, deviceState, later } from '../host.ts';
import { application, applicationInfo, hapModuleInfo } from './application.ts';
import type { ApplicationInfo, HapModuleInfo } from './types.ts';

/** Parts of the information on an application, to be added. */
export const bundleFlags = {
  GET_BUNDLE_INFO_DEFAULT: 0,
  GET_BUNDLE_INFO_WITH_APPLICATION: 1,
  GET_BUNDLE_INFO_WITH_HAP_MODULE: 2,
  GET_BUNDLE_INFO_WITH_ABILITY: 4,
  GET_BUNDLE_INFO_WITH_EXTENSION_ABILITY: 8,
  GET_BUNDLE_INFO_WITH_REQUESTED_PERMISSION: 16,
  GET_BUNDLE_INFO_WITH_METADATA: 32,
  GET_BUNDLE_INFO_WITH_DISABLE: 64,
  GET_BUNDLE_INFO_WITH_SIGNATURE_INFO: 128,
  GET_BUNDLE_INFO_WITH_MENU: 256,
  GET_BUNDLE_INFO_WITH_ROUTER_MAP: 512,
  GET_BUNDLE_INFO_WITH_SKILL: 2048,
} as const;

/** What is known of an application. */
export interface BundleInfo {
  /**
   * Its name.
   * Off the device: a value that `configure` sets.
   */
  readonly name: string;
  /**
   * Its maker.
   * Off the device: `'example'`.
   */
  readonly vendor: string;
  /**
   * Its version for comparisons.
   * Off the device: a value that `configure` sets.
   */
  readonly versionCode: number;
  /**
   * Its version for people.
   * Off the device: a value that `configure` sets.
   */
  readonly versionName: string;
  /**
   * API version that it is built for.
   * Off the device: that of `deviceInfo`.
   */
  readonly targetVersion: number;
  /** The application, with the flag for it. */
  readonly appInfo: ApplicationInfo;
  /**
   * Its modules, with the flag for them.
   * Off the device: the one that runs.
   */
  readonly hapModulesInfo: Array<HapModuleInfo>;
}

/** What is known of this application. @throws BusinessError 401 for what is not a number */
export function bundleInfoForSelf(flags: unknown): BundleInfo {
  if (typeof flags !== 'number') {
    throw new BusinessError(401, 'Parameter error.The type of bundleFlags must be number.');
  }
  const { versionCode = 1_000_000, versionName = '1.0.0' } = deviceState().application;
  const { bundleName, moduleName } = application();
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    name: bundleName,
    vendor: 'example',
    versionCode,
    versionName,
    targetVersion: deviceState().deviceInfo.sdkApiVersion,
    // Declared as present; without their flags they are not, as on a device.
    appInfo: has(bundleFlags.GET_BUNDLE_INFO_WITH_APPLICATION) ? applicationInfo() : (undefined as never),
    hapModulesInfo: has(bundleFlags.GET_BUNDLE_INFO_WITH_HAP_MODULE) ? [hapModuleInfo(moduleName)] : [],
  };
}

/** The two forms of the call that is not synchronous. */
export function bundleInfoLater(flags: unknown, callback?: unknown): never {
  const info = bundleInfoForSelf(flags);
  if (typeof callback !== 'function') return Promise.resolve(info) as never;
  return void later(() => (callback as AsyncCallback<BundleInfo>)(undefined as never, info)) as never;
}
