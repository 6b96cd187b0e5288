// The JavaScript of src/ in dist/: few files, since Node takes 0.4 ms of CPU for each file that it loads. The public entries
// share chunks, so that there is one `WebSocketError` whichever entry it comes from. So do Node's hooks, the plugins and what the
// command asks of a project (src/register); kit modules and hypium are a file each there, which others find by its name. Each part
// of the page's build is a file, too: bundlers leave out what a page does not use, which they can do with files only.
//
// Names stay as they are, and each part begins with the path of its source: stack traces are to be read.

import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import jsTokens from 'js-tokens';

/** Entries that share chunks: those of package.json, one that src/register uses, and the one that src/kits takes all from. */
const shared = [
  'bus/index',
  'cluster/index',
  'cluster/worker',
  'core/option-check',
  'engine/index',
  'inspector/index',
  'kit/configure',
  'kit/index',
  'kits/host',
  'nats/index',
  'observe/opentelemetry',
  'observe/prom-client',
  'presence/index',
  'redis/index',
  'testing/index',
  'whatwg/index',
  'ws/index',
];
/**
 * Entries that are hardly ever used without the engine, or that consist mostly of its parts. Each loads all of the engine, so that
 * the parts of the engine are one chunk: otherwise each set of entries that share a part makes a chunk, some twenty of them.
 */
const besideEngine = shared.filter((entry) => !/^(?:engine|core|kits)\//.test(entry));
/** Entries of package.json for a page. Its parts are shared, too, so that `configure` sets the policy that `webSocket` reads. */
const ofPage = ['browser/companion-host', 'browser/index', 'browser/no-companions', 'browser/resume', 'kit/configure'];
/** Files with copies of what they use: functions for src/register and cli that have no state. */
const alone = ['core/brands', 'core/credentials', 'core/nearest-name'];
/** Node's hooks, in its thread and in theirs, and what they load for a project: each a file with all that it uses of src/register. */
const ofHooks = ['register/hooks.ts', 'register/index.ts', 'register/project-open.ts'];
/** What else uses the parts of src/register: the plugins, and what the command asks of a project. */
const ofPlugins = ['register/esbuild.ts', 'register/vite.ts'];
const ofCommand = ['register/project/declarations.ts', 'register/project/diagnosis.ts'];
/** Files of src/register that are found by their names. */
const byName = /^register\/(?:kits\/|hypium\/|kit-table\.ts$)/;
/**
 * The one module of Node that the shared entries import, so that a bundler refuses to put them into a page. Its namespace has
 * few properties, and no lazy one that is not loaded anyway.
 */
const IMPORTED = 'node:net';

/** Libraries that src/ imports and dist/ contains, in the modules that import them; NOTICE names them. */
export const bundledLibraries = ['@humanwhocodes/momoa'];

/**
 * Compiles the sources, unchecked.
 *
 * @param top      folder of the checkout
 * @param sources  files of src/, relative to it
 * @returns text by file, relative to dist/
 */
export async function bundle(top, sources) {
  const src = join(top, 'src');
  const options = {
    absWorkingDir: top,
    bundle: true,
    charset: 'utf8',
    chunkNames: 'chunks/[hash]',
    format: 'esm',
    legalComments: 'none',
    logLevel: 'warning',
    logOverride: { 'import-is-undefined': 'error' },
    outbase: src,
    outdir: join(top, 'dist'),
    target: 'es2022',
    tsconfig: join(src, 'tsconfig.json'),
    write: false,
  };
  const paths = (names) => names.map((name) => join(src, `${name}.ts`));
  const texts = sources.map((file) => readFileSync(join(src, file), 'utf8'));
  const companions = sources.filter((file) => /^kits\/[\w-]+\/index\.ts$/.test(file));
  const parts = await partsOf(src, options);
  const page = await build({ ...options, entryPoints: paths(ofPage), platform: 'browser', metafile: true });
  const results = await Promise.all([
    build({
      ...options,
      entryPoints: paths(shared),
      splitting: true,
      platform: 'node',
      ignoreAnnotations: true,
      plugins: [withoutNamespaces(builtinNames(texts)), beside(src, 'engine/index', besideEngine)],
    }),
    build({ ...options, entryPoints: paths(alone), platform: 'browser' }),
    build({
      ...options,
      entryPoints: companions.map((file) => join(src, file)),
      chunkNames: 'kits/chunks/[hash]',
      splitting: true,
      platform: 'node',
      plugins: [hostStays],
    }),
    build({ ...options, entryPoints: paths(['reconnect/index']), platform: 'neutral', plugins: [kitsByName] }),
    build({
      ...options,
      entryPoints: sources.filter((file) => byName.test(file)).map((file) => join(src, file)),
      platform: 'node',
      plugins: [importsStay],
    }),
    build({
      ...options,
      entryPoints: [...ofHooks, PARTS].map((file) => join(src, file)),
      chunkNames: 'register/[hash]',
      splitting: true,
      platform: 'node',
      plugins: [allParts(src, parts), hooksTogether],
    }),
    ...[ofPlugins, ofCommand].map((entries) =>
      build({
        ...options,
        entryPoints: entries.map((file) => join(src, file)),
        chunkNames: `${dirname(entries[0])}/[hash]`,
        splitting: true,
        platform: 'node',
        plugins: [fromParts(src, dirname(entries[0]), parts)],
      }),
    ),
    // Each process of Vitest loads it, so it has its own copy of the little that it needs.
    build({
      ...options,
      entryPoints: [join(src, 'register/vitest-setup.ts')],
      chunkNames: 'register/[hash]',
      splitting: true,
      platform: 'node',
      plugins: [fromParts(src, 'register', new Set())],
    }),
    build({
      ...options,
      entryPoints: Object.keys(page.metafile.inputs).map((file) => ({
        in: join(top, file),
        out: `browser/${file.replace(/^src\/(?:browser\/)?|\.ts$/g, '')}`,
      })),
      platform: 'browser',
      plugins: [importsStay],
    }),
  ]);
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  refuseRenamed(files, [...texts, ...libraryTexts()]);
  return new Map(
    files.map(({ path, text }) => [relative(options.outdir, path).split(sep).join('/'), named(withoutComments(text))]),
  );
}

/**
 * Takes Node's modules from `process.getBuiltinModule`. An `import` of one makes Node read each of its properties for the
 * namespace, the lazy ones too: with them comes a third of Node, from `fs.promises` to the REPL's history. One module stays
 * an `import`.
 *
 * @param names  what is imported of each module
 */
function withoutNamespaces(names) {
  return {
    name: 'no namespaces of builtin modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
        namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
      );
      onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
        const used = [...(names.get(path) ?? [])].sort();
        // Our own classes and functions have their names to themselves.
        const list = (as) => used.map((name) => `${name}${as} builtin_${name}`).join(', ');
        const exported = used.map((name) => `builtin_${name} as ${name}`).join(', ');
        if (path === IMPORTED)
          return { contents: `import { ${list(' as')} } from '${path}';\nexport { ${exported} };` };
        const found = path === 'node:process' ? 'process' : `process.getBuiltinModule('${path}')`;
        return {
          contents: `const builtin = ${found}, { ${list(':')} } = builtin;\nexport { builtin as default, ${exported} };`,
        };
      });
    },
  };
}

/** Has each of some entries import another one, for nothing of it. */
function beside(src, other, entries) {
  const files = new Set(entries.map((entry) => join(src, `${entry}.ts`)));
  return {
    name: `beside ${other}`,
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^beside:/ }, () => ({ path: join(src, `${other}.ts`), sideEffects: true }));
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!files.has(path)) return undefined;
        return { contents: `${readFileSync(path, 'utf8')}\nimport 'beside:${other}';\n`, loader: 'ts' };
      });
    },
  };
}

/** Returns the names that sources import from each of Node's modules. */
function builtinNames(texts) {
  const names = new Map();
  for (const text of texts) {
    for (const [, list, path] of text.matchAll(/^import (?:\w+, )?\{([^}]*)\} from '(node:[\w/]+)';$/gm)) {
      const values = list.split(',').map((item) => item.trim().split(' as ')[0]);
      const known = names.get(path) ?? new Set();
      names.set(path, known);
      for (const value of values) if (value !== '' && !value.startsWith('type ')) known.add(value);
    }
  }
  return names;
}

/** A class whose name another part of its chunk has too would get a number, which users see in errors and inspections. */
function refuseRenamed(files, texts) {
  const known = new Set(texts.flatMap((text) => [...text.matchAll(/\bclass (\w+)/g)].map(([, name]) => name)));
  for (const { text } of files) {
    for (const [, name] of text.matchAll(/^var (\w+) = class/gm)) {
      if (!known.has(name)) throw new Error(`bundling renames a class to ${name}: rename it in its source`);
    }
  }
}

/** A class that names itself is `var Name = class _Name` to esbuild, and users would see `_Name` in inspections and traces. */
function named(text) {
  let known = text;
  for (const [, name] of text.matchAll(/^var (\w+) = class _\1\b/gm))
    known = known.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name);
  return known;
}

/** Their classes have names of their own, too. */
function libraryTexts() {
  return bundledLibraries.map((name) => readFileSync(fileURLToPath(import.meta.resolve(name)), 'utf8'));
}

/** Leaves the imports of src/kits/host.ts, which is one folder up from each companion and its chunks. */
const hostStays = {
  name: 'the host of the companion kits stays',
  setup({ onResolve }) {
    onResolve({ filter: /\/host\.ts$/ }, () => ({ path: '../host.js', external: true }));
  },
};

/** Imports kits by the public names of the package, for which Node has its files and bundlers of pages have theirs. */
const kitsByName = {
  name: 'kits by name',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/kits?\// }, ({ path }) => {
      const name = path.replace(/^\.\.\/(?:kit\/index|(kits\/\w+)\/index)\.ts$/, (_, kit) => (kit ? `/${kit}` : ''));
      return { path: `harmony-websocket${name}`, external: true };
    });
  },
};

/** Leaves imports as they are written, but for the extension. */
const importsStay = {
  name: 'imports stay',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point' || bundledLibraries.includes(path)) return undefined;
      const isSource = path.startsWith('.') && extname(path) === '.ts';
      const file = isSource ? path.replace(/\.ts$/, '.js') : path;
      // The page's parts from other folders lie below its own.
      const isOfPage = basename(dirname(importer)) === 'browser';
      return { path: isOfPage ? file.replace(/^\.\.\//, './') : file, external: true };
    });
  },
};

/** Made by this script: what the hooks' bundle has of src/register, for the others. */
const PARTS = 'register/parts.ts';

/** The files of src/register that the hooks use, in their thread and for a project; relative to src/. */
async function partsOf(src, options) {
  const { metafile } = await build({
    ...options,
    entryPoints: ofHooks.filter((file) => file !== 'register/index.ts').map((file) => join(src, file)),
    metafile: true,
    platform: 'node',
    plugins: [hooksTogether],
  });
  const files = Object.keys(metafile.inputs).map((file) => file.replace(/^src\//, ''));
  return new Set(files.filter((file) => file.startsWith('register/') && file !== 'register/project-open.ts'));
}

/** The text of {@link PARTS}. */
function allParts(src, parts) {
  const contents = [...parts].map((file) => `export * from './${file.replace(/^register\//, '')}';`).join('\n');
  return {
    name: 'all parts',
    setup({ onResolve, onLoad }) {
      const path = join(src, PARTS);
      onResolve({ filter: /parts\.ts$/ }, ({ kind }) =>
        kind === 'entry-point' ? { path, namespace: 'parts' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'parts' }, () => ({ contents, loader: 'ts', resolveDir: dirname(path) }));
    },
  };
}

/** Imports {@link PARTS} for what is there, bundles other files of src/register, and leaves what is found by its name, and the rest. */
function fromParts(src, folder, parts) {
  return {
    name: 'from parts',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        if (!path.startsWith('.')) return { path, external: true };
        const file = relative(src, join(resolveDir, path)).split(sep).join('/');
        if (file.startsWith('register/') && !byName.test(file) && !parts.has(file)) return undefined;
        const target = relative(folder, parts.has(file) ? PARTS : file)
          .split(sep)
          .join('/');
        return { path: `${target.startsWith('.') ? '' : './'}${target.replace(/\.ts$/, '.js')}`, external: true };
      });
    },
  };
}

/** Takes the files of src/register itself into the bundle. They find the others by paths, so it lies where they do. */
const hooksTogether = {
  name: 'hooks together',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.{1,2}\/(?:project\/)?[\w-]+\.ts$/ }, ({ path, resolveDir, kind }) =>
      kind === 'dynamic-import' ? undefined : { path: join(resolveDir, path) },
    );
    // A function without state, and a file less to load.
    plugin.onResolve({ filter: /\/core\/nearest-name\.ts$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
    }));
    importsStay.setup(plugin);
  },
};

/** Comments would be a third of what users download; those of the declarations stay, and so do the paths of sources. */
function withoutComments(text) {
  let kept = '';
  for (const { type, value } of jsTokens(text)) {
    const isComment = type === 'MultiLineComment' || type === 'SingleLineComment';
    if (!isComment || /^\/\/ src\/|^\/\* @__PURE__ \*\/$/.test(value)) kept += value;
  }
  return kept.replace(/^[ \t]+\n/gm, '');
}
