// kit specification §6.1: the logger's members.

import { hilog } from '../../src/kit/index.ts';
import type ofOhos from '../../src/register/kits/ohos-hilog.ts';
import type { hilog as ofKit } from '../../src/register/kits/performance-analysis-kit.ts';
import { same } from './same.ts';

// biome-ignore lint/suspicious/noExplicitAny: declared like this by the SDK
type Log = (domain: number, tag: string, format: string, ...args: any[]) => void;
same<typeof hilog.debug, Log>(true);
same<typeof hilog.info, Log>(true);
same<typeof hilog.warn, Log>(true);
same<typeof hilog.error, Log>(true);
same<typeof hilog.fatal, Log>(true);
same<typeof hilog.isLoggable, (domain: number, tag: string, level: hilog.LogLevel) => boolean>(true);
same<typeof hilog.setMinLogLevel, (level: hilog.LogLevel) => void>(true);
same<typeof hilog.setLogLevel, (level: hilog.LogLevel, prefer: hilog.PreferStrategy) => void>(true);
same<typeof hilog.setOutputType, (type: hilog.OutputType) => hilog.OutputType>(true);
same<
  typeof hilog.setOutputTypeByDomainID,
  (type: hilog.OutputType, ids: number[], isExclude: boolean) => hilog.OutputType
>(true);
same<typeof hilog.getOutputType, () => hilog.OutputType>(true);
same<typeof hilog.getOutputDir, () => string>(true);
same<typeof hilog.clean, () => void>(true);
same<typeof hilog.flush, () => void>(true);
same<typeof hilog.getLogFile, (latestSeconds: number) => string[]>(true);
same<hilog.LogLevel, 3 | 4 | 5 | 6 | 7>(true);
same<hilog.PreferStrategy, 0 | 1 | 2>(true);
same<hilog.OutputType, 0 | 1 | 2 | 3 | 4>(true);
same<typeof ofKit, typeof hilog>(true);
same<typeof ofOhos, typeof hilog>(true);

hilog.info(0x0000, 'tag', '%{public}s', 'a', 5, {});
const level: hilog.LogLevel = hilog.LogLevel.WARN;
hilog.setMinLogLevel(level);
// @ts-expect-error: a domain is a number
hilog.info('0', 'tag', 'text');
// @ts-expect-error: a format is required
hilog.info(0, 'tag');
// @ts-expect-error: no such level
hilog.setMinLogLevel(8);
