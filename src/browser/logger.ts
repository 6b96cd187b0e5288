// `hilog` of a page. It has its own module, so that a bundler drops it where a program does not use it.

import { createHilog } from '../hilog/hilog.ts';
import type * as kit from '../kit/index.ts';
import { consoleSettings } from './console.ts';

/** The system's logger, over the console of the page. */
export const hilog: typeof kit.hilog = createHilog(consoleSettings);
