// Copies amaro, which turns TypeScript into JavaScript for `harmony-websocket/register`, into the build, with the licences
// of amaro (MIT) and of SWC inside it (Apache-2.0). So an installed package needs no dependency and no network.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('../dist/register/vendor/amaro/', import.meta.url));
const dist = dirname(createRequire(import.meta.url).resolve('amaro'));
const root = dirname(dist);

const files = [
  [join(dist, 'index.js'), 'index.js'],
  [join(dist, 'internal.js'), 'internal.js'],
  [join(root, 'LICENSE.md'), 'LICENSE.md'],
  [join(dist, 'LICENSE'), 'LICENSE.swc'],
];

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const [from, name] of files) copyFileSync(from, join(target, name));

// Without it the files would be taken for ES modules, as everything else in this package is.
const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name, version, license, private: true, type: 'commonjs', main: 'index.js' }, undefined, 2)}\n`,
);
