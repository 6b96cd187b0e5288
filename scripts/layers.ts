// The rooms of the source tree, the layer of each, and what a file of a room may import. `checkLayers` reads a tree and finds
// what breaks the rules; the picture is in docs/architecture.md and changes with the table. Circles within a layer are found
// by oxlint (`import/no-cycle`), which has no rule for layers.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { importsOf } from './imports.ts';

/** From the bottom up. A room is a folder, or a single file; a file belongs to the longest room that it is in. */
const layers: readonly { readonly name: string; readonly rooms: readonly string[] }[] = [
  {
    name: 'base',
    rooms: [
      'constants',
      'error-table',
      'errors',
      'connect-failure',
      'shown-value',
      'brands',
      'nearest-name',
      'credentials',
      'option-check',
      'option-kinds',
      'bytes',
      'memory-pool',
      'pool',
      'mask',
      'mask-simd',
      'utf8',
      'utf8-text',
      'ports',
      'histogram',
      'traffic-counts',
      'meter',
      'observer',
      'observer-rows',
    ].map((file) => `src/core/${file}.ts`),
  },
  { name: 'frame', rooms: ['src/core/frame/', 'src/resume/protocol/'] },
  { name: 'message', rooms: ['src/core/message/', 'src/core/extension/', 'src/core/handshake/'] },
  { name: 'connection', rooms: ['src/core/connection/'] },
  { name: 'host', rooms: ['src/node/'] },
  { name: 'beside', rooms: ['src/observe/', 'src/bus/'] },
  { name: 'products', rooms: ['src/client/', 'src/server/'] },
  { name: 'above', rooms: ['src/resume/', 'src/cluster/', 'src/presence/'] },
  {
    name: 'faces',
    rooms: [
      'src/kit/',
      'src/kits/',
      'src/hilog/',
      'src/browser/',
      'src/reconnect/',
      'src/testing/',
      'src/register/',
      'src/engine/',
      'src/whatwg/',
      'src/ws/',
      'src/inspector/',
      'src/redis/',
      'src/nats/',
    ],
  },
  { name: 'apps', rooms: ['cli/', 'inspector/'] },
];

/** The folders that hold rooms. */
const roots = ['src', 'cli', 'inspector'];

/** What is wrong with one import, or with the place of one file. */
export interface Finding {
  /** With forward slashes, from the top of the tree. */
  readonly file: string;
  /** Counted from 1; 1 when the whole file is meant. */
  readonly line: number;
  readonly text: string;
}

/** The part of package.json that says what may be imported by a bare name. */
interface PackageManifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Checks the tree at `top`, which has a package.json and the folders `src`, `cli` and `inspector` as far as they exist.
 *
 * @returns what breaks the rules, by file and line; empty when nothing does
 */
export function checkLayers(top: string): Finding[] {
  const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as PackageManifest;
  const findings: Finding[] = [];
  for (const file of sourceFiles(top)) {
    if (roomOf(file) === undefined) {
      findings.push({ file, line: 1, text: `no layer is declared for this place; add it to scripts/layers.ts` });
      continue;
    }
    for (const { specifier, line } of importsOf(readFileSync(join(top, file), 'utf8'))) {
      const report = (text: string): number => findings.push({ file, line, text: `imports '${specifier}': ${text}` });
      if (!specifier.startsWith('.')) {
        const problem = bareProblem(file, specifier, manifest);
        if (problem) report(problem);
        continue;
      }
      const target = posix.normalize(posix.join(posix.dirname(file), specifier));
      const problem = relativeProblem(top, file, target);
      if (problem) report(problem);
    }
  }
  return findings.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

function sourceFiles(top: string): string[] {
  return roots
    .filter((root) => existsSync(join(top, root)))
    .flatMap((root) => readdirSync(join(top, root), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/u.test(entry.name))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function roomOf(file: string): { layer: number; room: string } | undefined {
  let best: { layer: number; room: string } | undefined;
  for (const [layer, { rooms }] of layers.entries()) {
    for (const room of rooms) {
      const isIn = room.endsWith('/') ? file.startsWith(room) : file === room;
      if (isIn && room.length > (best?.room.length ?? 0)) best = { layer, room };
    }
  }
  return best;
}

const appLayer = layers.length - 1;

/** Libraries that are in dist/, see scripts/bundle.mjs. */
const bundledLibraries = ['@humanwhocodes/momoa'];

function bareProblem(file: string, specifier: string, manifest: PackageManifest): string | undefined {
  const isNode = specifier.startsWith('node:');
  if (file.startsWith('src/core/'))
    return 'src/core is free of its host; what it needs comes in through src/core/ports.ts';
  if (isNode) return undefined;
  if (roomOf(file)?.layer === appLayer) {
    const entry = specifier === manifest.name ? '.' : specifier.replace(`${manifest.name}/`, './');
    if (Object.hasOwn(manifest.exports ?? {}, entry) || Object.hasOwn(manifest.imports ?? {}, specifier))
      return undefined;
    return `an app uses the public entries and #imports of ${manifest.name}, node:* and its own files`;
  }
  const packageName = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (Object.hasOwn(manifest.peerDependencies ?? {}, packageName)) return undefined;
  if (bundledLibraries.includes(packageName)) return undefined;
  return 'the package has no runtime dependencies; src imports node:*, its own files and declared peerDependencies';
}

function relativeProblem(top: string, file: string, target: string): string | undefined {
  const own = roomOf(file);
  const other = roomOf(target);
  if (!existsSync(join(top, target))) return `${target} does not exist`;
  if (!own || !other) return `${target} is in no declared layer`;
  if (own.layer === appLayer && other.room !== own.room) {
    return `an app uses the package by its public name, not ${dirname(target)}`;
  }
  if (other.layer <= own.layer) return undefined;
  return `arrow up from ${layers[own.layer]?.name} (${own.room}) to ${layers[other.layer]?.name} (${other.room})`;
}
