// What is checked of the settings of permessage-deflate.

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
    zlibDeflateOptions: 'level and memLevel stand in compression itself: compression.level, compression.memLevel',
    zlibInflateOptions: 'inflating needs no settings; limits.maxMessageSize bounds what a message becomes',
    chunkSize: 'there is no such setting; limits.maxMessageSize bounds what a message becomes',
    windowBits: 'each direction has its own: compression.serverMaxWindowBits, compression.clientMaxWindowBits',
    concurrencyLimit: 'messages are compressed during send, one at a time; no setting is needed',
    serverMaxWindow: 'its name here is compression.serverMaxWindowBits',
  },
};

/** The option `compression` of a connection. */
export const compressionCheck = orElse([true, false], nested(compressionSchema));
