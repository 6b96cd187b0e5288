// `harmony-websocket/configure`: its setting for pages.

import { type BrowserSettings, type Configuration, configure, type Unsupported } from '../../src/kit/configure.ts';
import { same } from './same.ts';

same<Unsupported, 'refuse' | 'warn'>(true);
same<BrowserSettings, { unsupported?: Unsupported | undefined }>(true);
same<Configuration['browser'], BrowserSettings | undefined>(true);
same<ReturnType<typeof configure>, () => void>(true);
configure({ browser: { unsupported: 'warn' } });
configure({ browser: {} });
configure({ browser: undefined });
// @ts-expect-error: only these two words
configure({ browser: { unsupported: 'error' } });
// @ts-expect-error: the word is in an object
configure({ browser: 'warn' });
// @ts-expect-error: there is one setting
configure({ browser: { ignore: true } });
