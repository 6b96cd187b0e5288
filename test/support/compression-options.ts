// A user's compression setting, checked and completed as `connect` and `createServer` do it.

import { compressionCheck } from '../../src/core/extension/compression-rows.ts';
import {
  type CompressionOptions,
  type CompressionSettings,
  completeCompression,
} from '../../src/core/extension/compression-settings.ts';

/**
 * @returns `undefined`: do not compress
 * @throws WebSocketError ERR_WS_OPTION
 */
export function compressionOptions(setting: boolean | CompressionSettings | undefined): CompressionOptions | undefined {
  return completeCompression(setting === undefined ? undefined : compressionCheck.read(setting, 'compression', {}));
}
