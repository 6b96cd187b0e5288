// JSON files as ArkTS imports them, without the attribute that Node asks for: `import data from './data.json'`.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registerError } from './errors.ts';
import type { LoadedModule } from './load.ts';

/** What Node says of a module that it is about to load. */
interface JsonContext {
  readonly format?: string | null | undefined;
  readonly importAttributes?: { readonly type?: string } | undefined;
}

/** Whether a file is imported as JSON without `with { type: 'json' }`, which Node would refuse. */
export function isPlainJson(url: string, { format, importAttributes }: JsonContext): boolean {
  return (
    url.startsWith('file:') &&
    format === 'json' &&
    importAttributes !== undefined &&
    importAttributes.type === undefined
  );
}

/**
 * A module whose default export is the content of a JSON file.
 *
 * @throws ERR_JSON if it is not JSON, and the errors of `node:fs`
 */
export function loadJson(url: string): LoadedModule {
  const path = fileURLToPath(url);
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  try {
    JSON.parse(text);
  } catch (error) {
    throw registerError('ERR_JSON', path, (error as Error).message);
  }
  return { format: 'module', source: `export default JSON.parse(${JSON.stringify(text)});\n`, shortCircuit: true };
}
