// A project as a user has it: it installs the packed package with the tools it works with from a registry, at the versions
// that its package.json names (fixtures/projects). All share one ArkTS program (fixtures/projects/source). Needs dist/.
//
// Each project has a test file of its own, since installing takes long on a busy machine.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { type Outcome, Project } from '../../support/tarball.ts';

const require = createRequire(import.meta.url);

/**
 * Installs the project `name` once for the tests of a file.
 *
 * @returns what gives the project to a test. Without a registry the test is skipped with the reason, and gets undefined.
 */
export function installing(name: string): (context: TestContext) => Promise<Project | undefined> {
  let installed: Promise<Project | string> | undefined;
  after(async () => {
    const project = await installed?.catch(() => undefined);
    if (typeof project === 'object') project.remove();
  });
  return async (context) => {
    installed ??= Project.install(name);
    const result = await installed;
    if (typeof result === 'object') return result;
    context.skip(result);
    return undefined;
  };
}

/** The line that a stack trace has where src/Fault.ets throws. */
const faultFrame = /at (?:_?Fault\.)?raise \(.*\bsrc[\\/]Fault\.ets:12:11\)/u;

const absentSentence = '"vpn" of @kit.NetworkKit is not part of harmony-websocket; it can be imported, but not used';

/** What app.ets of the projects `esbuild` and `tsx` prints before it throws. */
export function assertProgramRan({ code, stdout, output }: Outcome): void {
  assert.match(stdout, /^answer HELLO 1 true true$/mu, output);
  assert.ok(stdout.includes(absentSentence), output);
  assert.match(output, faultFrame);
  assert.match(output, /at .*\bapp\.ets:20:13/u);
  assert.equal(code, 1);
}

/** What src/network/main.js prints. */
export const networkPrinted = [
  'token ok undefined hello',
  'true true',
  'true 2300006',
  'true 10200001',
  'true',
  'false',
];

/** What src/loading/run.ts prints. The lines of stack traces are told where the tool keeps them. */
export function assertLoaded(stdout: string): void {
  const lines = stdout.replaceAll('\\', '/').trim().split('\n');
  const uses: [what: string, imported: string, used: string][] = [
    ['"map" of @kit.MapKit', 'main.ts:1', 'main.ts:26'],
    ['the default export of @ohos.file.fs', 'main.ts:4', 'main.ts:27'],
    ['the default export of libentry.so', 'main.ts:5', 'main.ts:28'],
    ['"scanBarcode" of @kit.ScanKit', 'main.ts:3', 'main.ts:29'],
    ['"vpn" of @kit.NetworkKit', 'main.ts:2', 'main.ts:30'],
    ['"notOfThisKit" of @kit.NetworkKit', 'main.ts:2', 'main.ts:31'],
    ['"ServiceExtensionAbility" of @kit.AbilityKit', 'part.ets:1', 'part.ets:9'],
    ['the default export of @hms.core.push', 'part.ets:2', 'part.ets:12'],
  ];
  assert.deepEqual(
    lines.map((line) => line.replace(/\(imported by .*\//, '(imported by ')),
    [
      'undefined,undefined,undefined,undefined,undefined,undefined',
      'true,true,,function',
      ...uses.map(([what, imported, used]) => `${what}: (imported by ${imported}) at ${used}`),
    ],
  );
}

/** Type-checks a module of the project, with the types of its tools. */
export async function typeCheck(where: Project, text: string): Promise<void> {
  const types = join(where.folder, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  rmSync(join(types, 'node'), { recursive: true, force: true });
  symlinkSync(dirname(require.resolve('@types/node/package.json')), join(types, 'node'), 'junction');
  writeFileSync(join(where.folder, 'check.mts'), text);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
  };
  writeFileSync(join(where.folder, 'tsconfig.check.json'), JSON.stringify({ files: ['check.mts'], compilerOptions }));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { code, output } = await where.start('node', tsc, '-p', 'tsconfig.check.json', '--pretty', 'false').ended;
  assert.equal(code, 0, output);
}
