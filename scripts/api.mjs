// `npm run api`: what the package offers, entry by entry, for reviews and readers. Needs dist/, which it builds.
//
// - docs/api/report/*.api.md: the declarations of each public entry in one file, by API Extractor. A change of the surface
//   shows in its diff.
// - docs/api/*.md: the reference, made of the docstrings by TypeDoc. TypeDoc needs an older TypeScript than the package,
//   so both are a workspace of their own: scripts/api-reference.
//
// `--check` writes nothing. It fails where a committed file differs from what would be written, where a signature names a
// type that its entry does not export, and where something public has no docstring.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const workspace = join(top, 'scripts/api-reference');
const target = join(top, 'docs/api');
const isCheck = process.argv.includes('--check');
const { CompilerState, Extractor, ExtractorConfig } = createRequire(import.meta.url)('@microsoft/api-extractor');

/** Entries that have declarations, by the name of their report. */
const entries = publicEntries();
/** What is wrong with the declarations themselves, a line each. */
const faults = [];
/** Entries whose declarations have the names of others, of `@types/ws` and of the web's, and no more. */
const foreignShapes = new Set(['ws', 'whatwg']);
/** The program that all entries share. */
let compilerState;

const typedoc = join(workspace, 'node_modules/typedoc/bin/typedoc');
if (!existsSync(typedoc)) {
  console.error('api: TypeDoc is not installed; docs/api is unchanged: run npm ci');
  process.exit(1);
}
if (!isCheck) step('build', [join(top, 'scripts/build.mjs')]);
const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-api-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'report'));
for (const [name, declarations] of entries) report(name, declarations);
reference();

if (isCheck) faults.push(...differences());
else replace();
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`api: ${faults.length} to mend, then: npm run api`);
  process.exitCode = 1;
} else {
  console.log(`api: ${entries.size} entries, every type exported and every member documented`);
}

/** The declarations of each entry of package.json: `engine` → `dist/engine/index.d.ts`. */
function publicEntries() {
  const { exports } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
  const found = Object.entries(exports).filter(([, entry]) => typeof entry === 'object');
  return new Map(found.map(([name, { types }]) => [reportName(name), types]));
}

/** `./resume/browser` is `resume-browser`. */
function reportName(name) {
  return name === '.' ? 'kit' : name.slice(2).replaceAll('/', '-');
}

/** Writes the report of an entry, and notes what it finds. */
function report(name, declarations) {
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  };
  const files = [...entries.values()].map((path) => join(top, path));
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(top, 'package.json'),
    configObject: {
      projectFolder: top,
      mainEntryPointFilePath: join(top, declarations),
      compiler: { overrideTsconfig: { compilerOptions, files } },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: join(folder, 'report'),
        reportTempFolder: join(folder, 'temporary'),
        // The types of the kit have their public names in the namespace `webSocket`; their members belong to the report.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'none' },
          'ae-forgotten-export': { logLevel: 'warning' },
        },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  compilerState ??= CompilerState.create(config, { additionalEntryPoints: files });
  Extractor.invoke(config, {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      const isForgotten = message.messageId === 'ae-forgotten-export';
      if (!isForgotten && message.logLevel !== 'error') return;
      if (isForgotten && (isReachable(message, name) || foreignShapes.has(name))) return;
      const place = message.sourceFilePath === undefined ? '' : `${relative(top, message.sourceFilePath)}: `;
      faults.push(`${name}: ${place}${message.text}`);
    },
  });
}

/**
 * Whether a type that an entry does not export needs no export: it has a name in a namespace of the kit
 * (`webSocket.CloseResult`, `hilog.LogLevel`), or it is the table that `ErrorCode` takes its names from. What stands above the
 * engine or the kit (an inspector of a server) has the types of theirs, which they export.
 */
function isReachable({ text }, entry) {
  const [, symbol] = /The symbol "(\w+?)(?:_\d+)?"/u.exec(text) ?? [];
  // The last one is `EventTarget` with types for its events.
  if (symbol === 'errorTable' || symbol === 'Row' || (entry === 'resume-browser' && symbol === 'Target')) return true;
  const below = {
    cluster: 'engine',
    inspector: 'engine',
    opentelemetry: 'engine',
    'prom-client': 'engine',
    reconnect: 'kit',
  }[entry];
  if (below !== undefined) {
    const index = readFileSync(join(top, entries.get(below)), 'utf8');
    if (new RegExp(`\\b${symbol}\\b`, 'u').test(index)) return true;
  }
  const kit = readFileSync(join(top, entries.get('kit')), 'utf8');
  return new RegExp(`  (?:export )?type ${symbol} = |import type \\* as ${symbol} `, 'u').test(kit);
}

/**
 * Writes the reference. What TypeDoc warns of (no docstring, a link to nothing) is a fault. Members of a type that is
 * written out in place (`__type`) are told of by the docstring around them.
 */
function reference() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, '--out', join(folder, 'reference')], {
    cwd: workspace,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  const warnings = `${stdout}${stderr}`.split('\n').filter((line) => /^\[(?:warning|error)\]/u.test(line));
  const counted = warnings.filter((line) => !/Found \d+ errors and|\.__type\./u.test(line));
  faults.push(...counted.map((line) => `reference: ${line}`));
  if (status !== 0 && warnings.length === 0) faults.push(`reference: TypeDoc ended with ${status}: ${stderr}`);
  else cpSync(join(folder, 'reference'), folder, { recursive: true });
  for (const name of ['reference', 'temporary']) rmSync(join(folder, name), { recursive: true, force: true });
}

/** How docs/api differs from what was made, as `diff` prints it. */
function differences() {
  return [...new Set([...filesIn(target), ...filesIn(folder)])].sort().flatMap((file) => {
    const [committed, made] = [join(target, file), join(folder, file)];
    if (!existsSync(made)) return [`docs/api/${file} belongs to no entry`];
    if (!existsSync(committed)) return [`docs/api/${file} is absent`];
    if (readFileSync(committed, 'utf8') === readFileSync(made, 'utf8')) return [];
    const { stdout } = spawnSync('diff', ['-u', '--label', `docs/api/${file}`, '--label', 'now', committed, made], {
      encoding: 'utf8',
    });
    return [stdout?.trimEnd() || `docs/api/${file} differs`];
  });
}

function replace() {
  rmSync(target, { recursive: true, force: true });
  cpSync(folder, target, { recursive: true });
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

function step(name, parameters) {
  const { status } = spawnSync(process.execPath, parameters, { cwd: top, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === 0) return;
  console.error(`api: ${name} failed; its messages are above`);
  process.exit(1);
}
