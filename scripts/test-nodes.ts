// `npm run test:nodes`: the tests on other versions of Node. The build, the types and the linters are the same for all
// versions and belong to `npm test`; here the package is built once, and the suite runs on one version after the other.
// `npm run test:nodes -- 24` takes one version, `-- 22 26 rfc6455 client` two of them and the test files whose path contains
// one of the words. A binary is installed when it is first asked for (nodes.ts).

import { spawn, spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedNode } from './nodes.ts';

const VERSIONS = ['20', '22', '24', '26'];

const top = fileURLToPath(new URL('..', import.meta.url));

const given = process.argv.slice(2);
const wanted = given.filter((word) => /^\d+$/u.test(word));
const words = given.filter((word) => !/^\d+$/u.test(word));
const majors = wanted.length === 0 ? VERSIONS : wanted;

const programs = majors.map(installedNode);
run(process.execPath, ['scripts/build.mjs'], 'the build');
const lines: Verdict[] = [];
for (const program of programs) lines.push(await testOn(program));

console.log(`\ntest:nodes\n${lines.map(({ text }) => `  ${text}\n`).join('')}`);
process.exitCode = lines.every(({ passed }) => passed) ? 0 : 1;

interface Verdict {
  readonly passed: boolean;
  readonly text: string;
}

function run(program: string, parameters: readonly string[], name: string): void {
  const { status } = spawnSync(program, parameters, { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`test:nodes: ${name} failed`);
  process.exit(1);
}

/** The suite on one Node: its output as it comes, and its verdict in one line. */
async function testOn(program: string): Promise<Verdict> {
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.trim() || program;
  console.log(`\n▶ tests on Node ${version}`);
  const child = spawn(program, ['scripts/test.mjs', '--only-tests', ...words], {
    cwd: top,
    // Programs that tests start by name, `node`, `npm` and `npx`, run on this version as well.
    env: { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH ?? ''}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const counts = new Map<string, string>();
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    process.stdout.write(chunk);
    const complete = `${rest}${chunk}`.split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) {
      const [, name, number] = /^# (tests|pass|fail|cancelled|skipped) (\d+)$/u.exec(line) ?? [];
      // The counts of the whole run; those of a file that is run once more (test.mjs) are smaller.
      if (name !== undefined && Number(number) >= Number(counts.get(name) ?? 0)) counts.set(name, number ?? '');
    }
  });
  const [code, signal] = await new Promise<[number | string | null, string | null]>((resolve) => {
    child.on('error', (error) => resolve([error.message, null]));
    child.on('close', (...ending) => resolve(ending));
  });
  const passed = code === 0 && Number(counts.get('tests') ?? 0) > 0;
  const verdict = passed ? 'passed' : `FAILED (${signal ?? `exit ${code}`})`;
  const numbers = [...counts].map(([name, number]) => `${name} ${number}`).join(', ') || 'no test ran';
  return { passed, text: `${version}: ${verdict}: ${numbers}` };
}
