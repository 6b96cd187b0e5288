// `npm run build` compiles the sources into dist/. It is incremental: tsc writes the declarations, and the JavaScript of the
// command, of changed files; bundles and assets that differ are written, and outputs without a source are removed. `--clean`
// empties dist/ first.
//
// Own code: "tsc -b" and esbuild do the compiling, but neither copies assets nor removes the output of a source that is gone,
// which would then be in the package. What bundles (tsdown, tsup) does both, but bundles the declarations, too.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const dist = join(top, 'dist');
const require = createRequire(import.meta.url);

/** Where each source folder is compiled to, the most specific target first. tests and scripts emit nothing. */
const projects = [
  { source: 'cli', target: 'cli' },
  { source: 'src', target: '' },
];
/** Folders that are copied as they are (but for TypeScript): source and target. */
const assets = [{ source: 'cli/page', target: 'cli/page' }];

const started = performance.now();
if (process.argv.includes('--clean')) {
  rmSync(dist, { recursive: true, force: true });
  say('dist/ removed');
}
const bundles = await bundle(top, filesIn(join(top, 'src')));
const outputs = expectedOutputs();
const removed = prune(outputs);
if (removed > 0) say(`${removed} output${removed === 1 ? '' : 's'} without a source removed`);

compile(missing(outputs).length > 0 && existsSync(join(dist, '.tsbuildinfo')) ? ['--force'] : []);
const absent = missing(outputs);
if (absent.length > 0) fail(`tsc reported success but did not write dist/${absent[0]}`);

const written = [...bundles].filter(([file, text]) => writeChanged(join(dist, file), text)).length;
if (written > 0) say(`${written} file${written === 1 ? '' : 's'} of JavaScript bundled`);

const copied = copyAssets();
if (copied > 0) say(`${copied} asset${copied === 1 ? '' : 's'} copied`);

const main = join(dist, 'cli/main.js');
if (existsSync(main) && (statSync(main).mode & 0o111) === 0) chmodSync(main, 0o755);
say(`dist/ is up to date (${((performance.now() - started) / 1000).toFixed(1)} s)`);

function say(text) {
  console.log(`build: ${text}`);
}

function fail(text) {
  console.error(`build: ${text}`);
  process.exit(1);
}

function run(name, parameters) {
  const { status, signal, error } = spawnSync(process.execPath, parameters, { cwd: top, stdio: 'inherit' });
  if (error) fail(`${name} could not be started: ${error.message}`);
  if (status !== 0) fail(`${name} failed (${signal ?? `exit ${status}`}); its messages are above`);
}

function compile(flags) {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  // First the declarations, which checks all types; then the JavaScript of the command, unchecked.
  run('tsc -b', [tsc, '-b', '.', 'cli/tsconfig.javascript.json', ...flags]);
}

/** Files below `folder`, relative to it, with forward slashes. */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** What belongs into dist/: the declarations of every source, the JavaScript, and the copied assets. */
function expectedOutputs() {
  const expected = new Set(bundles.keys());
  for (const { source, target } of projects) {
    for (const file of filesIn(join(top, source))) {
      if (!file.endsWith('.ts') || file.endsWith('.d.ts')) continue;
      const base = join(target, file.slice(0, -3)).split(sep).join('/');
      expected.add(`${base}.d.ts`);
      if (source === 'cli') expected.add(`${base}.js`);
    }
  }
  for (const { source, target } of assets) {
    for (const file of filesIn(join(top, source))) if (isAsset(file)) expected.add(`${target}/${file}`);
  }
  return expected;
}

function isAsset(file) {
  return !file.endsWith('.ts') && !/^tsconfig\..*json$/.test(basename(file));
}

/** Outputs of tsc that are not there although it may believe so: someone emptied a part of dist/. */
function missing(expected) {
  const others = (file) => !file.endsWith('.js') || bundles.has(file) || isCopied(file);
  return [...expected].filter((file) => !others(file) && !existsSync(join(dist, file)));
}

function isCopied(file) {
  return assets.some(({ source, target }) => {
    return file.startsWith(`${target}/`) && existsSync(join(top, source, file.slice(target.length + 1)));
  });
}

/** Removes outputs that no source stands behind, and folders that this leaves empty. */
function prune(expected) {
  let count = 0;
  for (const file of filesIn(dist)) {
    if (expected.has(file) || file.endsWith('.tsbuildinfo')) continue;
    unlinkSync(join(dist, file));
    count++;
    let folder = dirname(join(dist, file));
    while (folder !== dist && readdirSync(folder).length === 0) {
      rmdirSync(folder);
      folder = dirname(folder);
    }
  }
  return count;
}

function copyAssets() {
  let count = 0;
  for (const { source, target } of assets) {
    for (const file of filesIn(join(top, source)).filter(isAsset)) {
      if (writeChanged(join(dist, target, file), readFileSync(join(top, source, file)))) count++;
    }
  }
  return count;
}

/** @returns whether the file had other contents, or none */
function writeChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(contents))) return false;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
  return true;
}
