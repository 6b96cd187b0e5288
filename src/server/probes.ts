// What a listener answers to those who watch the server.

import type { ListenOptions } from './options.ts';

/** Whether a listener goes on answering while the server drains. */
export function answersProbes(_options: ListenOptions): boolean {
  return false;
}
