// The options that the plugins for Vite and esbuild take, checked as options are everywhere in this package.

import { readOptions, type Schema } from '../../core/option-check.ts';
import { checkConfig } from './config.ts';
import type { ProvideOptions } from './options.ts';

const schema: Schema<ProvideOptions> = {
  of: 'harmonyWebSocket',
  rows: {
    provide: { expected: 'an object of paths', read: (value) => value as NonNullable<ProvideOptions['provide']> },
  },
  example: "{ provide: { '@kit.MapKit': './stubs/map.ts' } }",
};

/**
 * Checks the options of a plugin.
 *
 * @throws WebSocketError ERR_WS_OPTION for unknown names; ERR_PROJECT_FILE for a wrong value
 */
export function pluginOptions(given: unknown): ProvideOptions {
  const options = readOptions(schema, given);
  checkConfig(options, 'harmonyWebSocket', () => 'harmonyWebSocket');
  return options;
}
