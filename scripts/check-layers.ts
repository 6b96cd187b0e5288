// `npm run check:layers`: prints every import that breaks the layering, as file:line, and exits 1 when there is one.

import { fileURLToPath } from 'node:url';
import { checkLayers } from './layers.ts';

const top = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const findings = checkLayers(top);
for (const { file, line, text } of findings) console.log(`${file}:${line} ${text}`);
if (findings.length > 0) {
  console.log(`layers: ${findings.length} broken; imports point down only, see docs/architecture.md`);
  process.exitCode = 1;
}
