// Children as plain JavaScript, one file each, so that no loader runs in what is measured, and every runtime gets the
// same. Packages stay what they are: the compiled files lie where theirs are found.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { OtherCheckout } from './other.ts';

const bench = fileURLToPath(new URL('..', import.meta.url));
/** Only for this run, beside the sources. */
const folderOfRun = `build/${process.pid}`;

/**
 * @param scripts  below `bench/`, e.g. `servers/harmony.ts`
 * @param other    whose files they import instead of this package's own
 */
export async function compile(scripts: readonly string[], other?: OtherCheckout): Promise<void> {
  for (const folder of new Set(scripts.map((script) => script.split('/')[0] as string))) {
    const whole = `${bench}${folder}/${folderOfRun}`;
    const outdir = other === undefined ? whole : `${whole}/other`;
    process.on('exit', () => rmSync(whole, { recursive: true, force: true }));
    await build({
      entryPoints: scripts.filter((script) => script.startsWith(`${folder}/`)).map((script) => `${bench}${script}`),
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      packages: 'external',
      plugins: other === undefined ? [] : [other.plugin()],
      platform: 'node',
      format: 'esm',
      target: 'node20',
    });
  }
}

/** Path of the compiled file. @param isOther  of the one that imports another checkout's files */
export function compiled(script: string, isOther = false): string {
  const [folder, name] = script.split('/') as [string, string];
  return `${bench}${folder}/${folderOfRun}/${isOther ? 'other/' : ''}${name.replace(/\.ts$/, '.mjs')}`;
}
