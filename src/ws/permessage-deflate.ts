// `PerMessageDeflate` in the shape of `ws`, as far as programs use it: the name of the extension, and an object with its
// options. The engine negotiates and compresses.

import type { PerMessageDeflateOptions } from './client-options.ts';

export class PerMessageDeflate {
  static readonly extensionName = 'permessage-deflate';
  readonly options: PerMessageDeflateOptions;

  constructor(options: PerMessageDeflateOptions = {}) {
    this.options = options;
  }
}
