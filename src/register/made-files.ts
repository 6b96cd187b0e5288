// Files for modules that are made, where `require()` asks for one: it takes no text, and tsx reads the file by itself.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const paths = new Map<string, string>();
let folder: string | undefined;

/** The path of a file with this text. It is removed when the process ends. */
export function fileOfText(text: string): string {
  const known = paths.get(text);
  if (known !== undefined) return known;
  folder ??= temporaryFolder();
  const path = join(folder, `module-${paths.size + 1}.mjs`);
  writeFileSync(path, text);
  paths.set(text, path);
  return path;
}

function temporaryFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}
