// The checks of the options of `createInspector`.

import type { Rows, Schema } from '../core/option-check.ts';
import { check, integer, listOf, nested, secret, size, text, trueOrFalse } from '../core/option-kinds.ts';
import { serverTlsSchema } from '../node/option-rows.ts';
import type { InspectorHistory, InspectorOptions } from './options.ts';

const historySchema: Schema<InspectorHistory> = {
  of: 'history',
  example: '{ connections: 1000, frames: 10000, bytes: 16777216 }',
  rows: { connections: size, frames: size, bytes: size } satisfies Rows<InspectorHistory>,
  elsewhere: { messages: 'use frames', size: 'use bytes' },
};

const ORIGINS = 'origins such as https://example.org';

export const inspectorSchema: Schema<InspectorOptions> = {
  of: 'createInspector',
  example: '{ port: 9229 }',
  rows: {
    port: integer(0, 65535, 'an integer from 0 (any free port) to 65535'),
    host: text('a host name or an address of this machine'),
    token: secret<string>(
      'at least 16 characters of A-Z a-z 0-9 . _ ~ -',
      (value) => typeof value === 'string' && /^[\w.~-]{16,200}$/.test(value),
    ),
    tls: nested(serverTlsSchema),
    allowedOrigins: listOf(
      check<string>(ORIGINS, (value) => typeof value === 'string'),
      `a list of ${ORIGINS}`,
    ),
    history: nested(historySchema),
    maxFramesPerSecond: size,
    maxPayloadSize: size,
    showSecrets: trueOrFalse,
  } satisfies Rows<InspectorOptions>,
  elsewhere: {
    hostname: 'use host',
    address: 'use host',
    password: 'use token',
    secret: 'use token',
    limits: 'use history, maxFramesPerSecond and maxPayloadSize',
    maxPayload: 'use maxPayloadSize (bytes)',
    cert: 'use tls.cert',
    key: 'use tls.key',
    origins: "use allowedOrigins: ['https://example.org']",
  },
};
