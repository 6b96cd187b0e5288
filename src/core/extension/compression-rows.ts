// The checks of the settings of permessage-deflate (RFC 7692).

import type { Rows, Schema } from '../option-check.ts';
import { integer, nested, orElse, size, trueOrFalse } from '../option-kinds.ts';
import type { CompressionSettings } from './compression-settings.ts';

const windowBits = integer(8, 15);

export const compressionSchema: Schema<CompressionSettings> = {
  of: 'compression',
  example: '{ level: 5, threshold: 1024 }',
  rows: {
    level: integer(0, 9),
    memLevel: integer(1, 9),
    threshold: size,
    serverNoContextTakeover: trueOrFalse,
    clientNoContextTakeover: trueOrFalse,
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: windowBits,
  } satisfies Rows<CompressionSettings>,
  elsewhere: {
    zlibDeflateOptions: 'use compression.level and compression.memLevel',
    zlibInflateOptions: 'inflating has no settings; limits.maxMessageSize bounds the inflated message',
    chunkSize: 'this package has no such setting; limits.maxMessageSize bounds the inflated message',
    windowBits: 'each direction has its own: use compression.serverMaxWindowBits and compression.clientMaxWindowBits',
    concurrencyLimit: 'messages are compressed during send, one at a time; leave it out',
    serverMaxWindow: 'use compression.serverMaxWindowBits',
  },
};

/** The option `compression` of a connection. */
export const compressionCheck = orElse([true, false], nested(compressionSchema));
