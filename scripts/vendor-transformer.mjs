// Copies SWC's WebAssembly build, which turns TypeScript into JavaScript for `harmony-websocket/register`, into the
// build, with its licence (Apache-2.0). So an installed package needs no dependency and no network.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('../dist/register/vendor/swc/', import.meta.url));
const source = dirname(createRequire(import.meta.url).resolve('@swc/wasm-typescript'));

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const name of ['wasm.js', 'LICENSE']) copyFileSync(join(source, name), join(target, name));

// Without it the file would be taken for an ES module, as everything else in this package is.
const { name, version, license } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name, version, license, private: true, type: 'commonjs', main: 'wasm.js' }, undefined, 2)}\n`,
);
