// The values of `deviceInfo`: what the SDK declares, and what a program gets that sets nothing.

/** Values of `deviceInfo`, by the names of its members. */
export interface DeviceInfoValues {
  /**
   * Kind of the device, one of `DeviceTypes`.
   * Off the device: a value that `configure` sets, `'phone'` by default.
   */
  deviceType: string;
  /**
   * Manufacturer.
   * Off the device: a value that `configure` sets.
   */
  manufacture: string;
  /**
   * Brand.
   * Off the device: a value that `configure` sets.
   */
  brand: string;
  /**
   * Name of the product in shops.
   * Off the device: a value that `configure` sets.
   */
  marketName: string;
  /**
   * Series of the product.
   * Off the device: a value that `configure` sets.
   */
  productSeries: string;
  /**
   * Model of the product.
   * Off the device: a value that `configure` sets.
   */
  productModel: string;
  /**
   * Another name of the model.
   * Off the device: a value that `configure` sets.
   */
  productModelAlias: string;
  /**
   * Model of the software.
   * Off the device: a value that `configure` sets.
   */
  softwareModel: string;
  /**
   * Model of the hardware.
   * Off the device: a value that `configure` sets.
   */
  hardwareModel: string;
  /**
   * Profile of the hardware; deprecated.
   * Off the device: a value that `configure` sets.
   */
  hardwareProfile: string;
  /**
   * Serial number.
   * Off the device: a value that `configure` sets, `''` by default, as without the permission.
   */
  serial: string;
  /**
   * Version of the boot loader.
   * Off the device: a value that `configure` sets.
   */
  bootloaderVersion: string;
  /**
   * Binary interfaces, such as `arm64-v8a`.
   * Off the device: a value that `configure` sets.
   */
  abiList: string;
  /**
   * Date of the last security patch.
   * Off the device: a value that `configure` sets.
   */
  securityPatchTag: string;
  /**
   * Version of the product.
   * Off the device: a value that `configure` sets.
   */
  displayVersion: string;
  /**
   * Incremental version.
   * Off the device: a value that `configure` sets.
   */
  incrementalVersion: string;
  /**
   * `Release`, `Beta1` and the like.
   * Off the device: a value that `configure` sets.
   */
  osReleaseType: string;
  /**
   * `OpenHarmony-` and four numbers.
   * Off the device: a value that `configure` sets.
   */
  osFullName: string;
  /**
   * First number of `osFullName`.
   * Off the device: a value that `configure` sets.
   */
  majorVersion: number;
  /**
   * Second number of `osFullName`.
   * Off the device: a value that `configure` sets.
   */
  seniorVersion: number;
  /**
   * Third number of `osFullName`.
   * Off the device: a value that `configure` sets.
   */
  featureVersion: number;
  /**
   * Fourth number of `osFullName`.
   * Off the device: a value that `configure` sets.
   */
  buildVersion: number;
  /**
   * API version of the system.
   * Off the device: a value that `configure` sets, 22 by default.
   */
  sdkApiVersion: number;
  /**
   * API version with which the device was sold.
   * Off the device: a value that `configure` sets.
   */
  firstApiVersion: number;
  /**
   * Ten of the other values, separated by `/`.
   * Off the device: a value that `configure` sets.
   */
  versionId: string;
  /**
   * Kind of the build.
   * Off the device: a value that `configure` sets.
   */
  buildType: string;
  /**
   * User who made the build.
   * Off the device: a value that `configure` sets.
   */
  buildUser: string;
  /**
   * Host that made the build.
   * Off the device: a value that `configure` sets.
   */
  buildHost: string;
  /**
   * Time of the build.
   * Off the device: a value that `configure` sets.
   */
  buildTime: string;
  /**
   * Hash of the build.
   * Off the device: a value that `configure` sets.
   */
  buildRootHash: string;
  /**
   * Unique ID of the device.
   * Off the device: a value that `configure` sets, `''` by default, as without the permission.
   */
  udid: string;
  /**
   * Name of the system's distribution.
   * Off the device: a value that `configure` sets.
   */
  distributionOSName: string;
  /**
   * Version of the distribution.
   * Off the device: a value that `configure` sets.
   */
  distributionOSVersion: string;
  /**
   * API version of the distribution.
   * Off the device: a value that `configure` sets.
   */
  distributionOSApiVersion: number;
  /**
   * Name of that API version.
   * Off the device: a value that `configure` sets.
   */
  distributionOSApiName: string;
  /**
   * Release type of the distribution.
   * Off the device: a value that `configure` sets.
   */
  distributionOSReleaseType: string;
  /**
   * ID of the device for the applications of one developer.
   * Off the device: a value that `configure` sets.
   */
  ODID: string;
  /**
   * Serial number of the disk.
   * Off the device: a value that `configure` sets, `''` by default, as on phones.
   */
  diskSN: string;
  /**
   * How fast the device is: 0 high, 1 medium, 2 low.
   * Off the device: a value that `configure` sets.
   */
  performanceClass: number;
  /**
   * Model of the processor.
   * Off the device: a value that `configure` sets.
   */
  chipType: string;
  /**
   * How often the device was started; -1: unknown.
   * Off the device: a value that `configure` sets.
   */
  bootCount: number;
}

/** The values of a program that sets nothing. */
export const defaultDeviceInfo: DeviceInfoValues = {
  deviceType: 'phone',
  manufacture: 'default',
  brand: 'default',
  marketName: 'default',
  productSeries: 'default',
  productModel: 'default',
  productModelAlias: 'default',
  softwareModel: 'default',
  hardwareModel: 'default',
  hardwareProfile: 'default',
  serial: '',
  bootloaderVersion: 'bootloader',
  abiList: 'arm64-v8a',
  securityPatchTag: '2026/01/01',
  displayVersion: 'OpenHarmony 6.0.2.0',
  incrementalVersion: 'default',
  osReleaseType: 'Release',
  osFullName: 'OpenHarmony-6.0.2.0',
  majorVersion: 6,
  seniorVersion: 0,
  featureVersion: 2,
  buildVersion: 0,
  sdkApiVersion: 22,
  firstApiVersion: 22,
  versionId: 'phone/default/default/default/OpenHarmony-6.0.2.0/default/default/22/default/default',
  buildType: 'default',
  buildUser: 'default',
  buildHost: 'default',
  buildTime: 'default',
  buildRootHash: 'default',
  udid: '',
  distributionOSName: '',
  distributionOSVersion: 'OpenHarmony-6.0.2.0',
  distributionOSApiVersion: 22,
  distributionOSApiName: '',
  distributionOSReleaseType: 'Release',
  ODID: '00000000-0000-0000-0000-000000000000',
  diskSN: '',
  performanceClass: 0,
  chipType: 'default',
  bootCount: -1,
};
