// Which modules of the device this package has, a line each.

/** Kit modules and the files of this package behind them. The files re-export; nothing is instantiated twice. */
export const kitModules: Readonly<Record<string, string>> = {
  '@kit.ArkTS': 'kits/arkts-kit',
  '@kit.BasicServicesKit': 'kits/basic-services-kit',
  '@kit.NetworkKit': 'kits/network-kit',
  '@kit.PerformanceAnalysisKit': 'kits/performance-analysis-kit',
  '@ohos.base': 'kits/ohos-base',
  '@ohos.buffer': 'kits/ohos-buffer',
  '@ohos.fastbuffer': 'kits/ohos-fastbuffer',
  '@ohos.hilog': 'kits/ohos-hilog',
  '@ohos.net.connection': 'kits/ohos-net-connection',
  '@ohos.net.http': 'kits/ohos-net-http',
  '@ohos.net.webSocket': 'kits/ohos-net-websocket',
  '@ohos.taskpool': 'kits/ohos-taskpool',
  '@ohos.worker': 'kits/ohos-worker',
  '@ohos.uri': 'kits/ohos-uri',
  '@ohos.url': 'kits/ohos-url',
  '@ohos.util': 'kits/ohos-util',
  '@ohos.util.json': 'kits/ohos-util-json',
  '@ohos/hypium': 'hypium/index',
};
