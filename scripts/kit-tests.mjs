// Which members of the kits no test names. A member that docs/kits.md lists as working needs a test: in the folder of tests of
// its kit, a file that calls or reads it. Fields of options and constants of enumerations may be held by the types' tests too.
// Names in comments, in titles of tests and in imports do not count; those in programs that a test writes as text do.
//
//   node scripts/kit-tests.mjs                                       exits 1 and names what is not tested
//   node scripts/kit-tests.mjs --also src/kits/url/url.ts:URL.wrong  asks for this one, too

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kitMembers } from './kit-members.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const ts = createRequire(join(top, 'scripts/api-reference/'))('typescript');

/** Folders of tests for the folders of `src/`, the longest first. Those of a kit have the kit's name, if they are not listed. */
const testFolders = {
  'src/kits/battery-info': ['test/kits/device'],
  'src/kits/device-info': ['test/kits/device'],
  'src/kits/system-date-time': ['test/kits/device'],
  'src/kits/hi-app-event': ['test/kits/performance'],
  'src/kits/hi-trace-chain': ['test/kits/performance'],
  'src/kits/hi-trace-meter': ['test/kits/performance'],
  'src/register/hypium': ['test/register', 'test/testing'],
  'src/register/kits': ['test/kit', 'test/register', 'test/testing'],
  'src/hilog': ['test/kit', 'test/register', 'test/testing'],
  'src/kit': ['test/kit', 'test/register', 'test/testing'],
};
/** Where fields and constants may be held, too. */
const shapeTests = ['test/kits/type-tests', 'test/type-tests', 'test/kits/constants'];

/** Members that no test names, with the reason. */
const exceptions = new Map([]);

/** The names in the tests of a folder, once for each file. */
const namesIn = remembered((folder) => filesBelow(join(top, folder)).map(namesOf));

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|ets)$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function namesOf(file) {
  const names = new Set();
  const parse = (text) => ts.createSourceFile('test.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node)) names.add(node.text);
    // A member may be called by a text: `params[call]('a')` for 'get' and 'has'.
    if (ts.isStringLiteralLike(node) && !isTitle(node)) names.add(node.text);
    // A program of several lines: a worker's file, or a project.
    if (ts.isTemplateLiteralToken(node) && node.text.includes('\n')) visit(parse(node.text));
    ts.forEachChild(node, visit);
  };
  visit(parse(readFileSync(file, 'utf8')));
  return names;
}

function isTitle(node) {
  const call = node.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== node) return false;
  return /^(?:describe|test|it)\b/u.test(call.expression.getText());
}

function isTested({ name, kind, file }) {
  if (kind === 'type') return true;
  const folder = file.slice(0, file.lastIndexOf('/'));
  const parts = name.split('.');
  const wanted = parts.at(-1);
  const folders = [...(testFolders[folder] ?? [folder.replace(/^src/u, 'test')])];
  if (kind === 'field' || kind === 'constant') folders.push(...shapeTests);
  return folders.some((one) => namesIn(one).some((names) => names.has(wanted)));
}

function remembered(compute) {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key);
  };
}

const members = kitMembers().flatMap((one) => one.members.filter(({ note }) => note === undefined));
for (const [index, option] of process.argv.entries()) {
  if (option !== '--also') continue;
  const [file, name] = process.argv[index + 1].split(':');
  members.push({ file, name, kind: 'code' });
}
const missing = new Set();
for (const member of members) {
  const label = `${member.file}: ${member.name}`;
  if (!isTested(member) && !exceptions.has(label)) missing.add(label);
}
const unused = [...exceptions.keys()].filter((label) => {
  const member = members.find((one) => `${one.file}: ${one.name}` === label);
  return member === undefined || isTested(member);
});
for (const label of missing) console.error(`no test names ${label}`);
for (const label of unused)
  console.error(`scripts/kit-tests.mjs: ${label} has a test, or is gone: remove it from the exceptions`);
if (missing.size + unused.length > 0) process.exitCode = 1;
