// Children as plain JavaScript, one file each, so that no loader runs in what is measured, and every runtime gets the
// same. Packages stay what they are: the compiled files lie where theirs are found.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const bench = fileURLToPath(new URL('..', import.meta.url));
/** Only for this run, beside the sources. */
const folderOfRun = `build/${process.pid}`;

/** @param scripts  below `bench/`, e.g. `servers/harmony.ts` */
export async function compile(scripts: readonly string[]): Promise<void> {
  for (const folder of new Set(scripts.map((script) => script.split('/')[0] as string))) {
    const outdir = `${bench}${folder}/${folderOfRun}`;
    process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
    await build({
      entryPoints: scripts.filter((script) => script.startsWith(`${folder}/`)).map((script) => `${bench}${script}`),
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
    });
  }
}

/** Path of the compiled file. */
export function compiled(script: string): string {
  const [folder, name] = script.split('/') as [string, string];
  return `${bench}${folder}/${folderOfRun}/${name.replace(/\.ts$/, '.mjs')}`;
}
