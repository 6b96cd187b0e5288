// The checks of the options of stores.

import type { Rows, Schema } from '../../core/option-check.ts';
import { callable, text, trueOrFalse } from '../../core/option-kinds.ts';
import type { FileStoreOptions } from './options.ts';

export const fileStoreSchema: Schema<FileStoreOptions> = {
  of: 'fileStore',
  example: "{ directory: '/var/lib/chat/sessions' }",
  required: ['directory'],
  rows: {
    directory: text('the path of a directory'),
    failed: callable,
    fsync: trueOrFalse,
  } satisfies Rows<FileStoreOptions>,
  elsewhere: {
    path: 'use directory',
    dir: 'use directory',
    ttl: 'use keep of resume: createServer({ resume: { keep } })',
  },
};
