// What the answer of a server means for compression (RFC 7692 §7.1).

import { responseError } from '../core/errors.ts';
import type { CompressionOptions } from '../core/extension/compression-settings.ts';
import { MessageCompression } from '../core/extension/message-compression.ts';
import type { Extension } from '../core/extension/negotiation.ts';
import { confirmDeflate } from '../core/extension/permessage-deflate.ts';
import { nodeCompression } from '../node/zlib/compression.ts';

/** Returns the compression that the server agreed to; `undefined` when it declined. */
export function agreeOnCompression(
  accepted: readonly Extension[],
  options: CompressionOptions,
  status: number,
): MessageCompression | undefined {
  const compression = nodeCompression();
  const agreement = confirmDeflate(accepted, options, compression.canKeepContext, (problem) =>
    responseError(status, 'ERR_WS_RESPONSE_DEFLATE', problem),
  );
  return agreement && new MessageCompression('client', agreement, options, compression);
}
