// docs/kits.md: what each module of the device that this package has is off the device: which members work, and what is
// different about the others. It is made of the declarations: a member works unless its docstring, or that of what it
// belongs to, says "Off the device: …".
//
//   node scripts/kit-members.mjs           writes the document
//   node scripts/kit-members.mjs --check   exits 1 when it is out of date
//   node scripts/kit-members.mjs --list    prints what works as JSON: name, kind, and the file that declares it

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const page = join(top, 'docs/kits.md');
/** The TypeScript of the API reference, which can be asked about declarations. */
const ts = createRequire(join(top, 'scripts/api-reference/'))('typescript');
const kitModules = Object.fromEntries(
  [...readFileSync(join(top, 'src/register/kit-modules.ts'), 'utf8').matchAll(/^ {2}'(@[^']+)': '([^']+)',$/gmu)].map(
    ([, name, file]) => [name, file],
  ),
);

const NOTE = /(?:^|\n)\s*Off the device: ([\s\S]+?)(?:\n\s*\n|$)/u;

/** Reads the declarations of all kit modules, in the order of their names. */
export function kitMembers() {
  const files = Object.entries(kitModules).map(([name, file]) => ({
    name,
    path: join(top, 'src/register', `${file}.ts`),
  }));
  const { config } = ts.readConfigFile(join(top, 'src/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(top, 'src'));
  const program = ts.createProgram(
    files.map(({ path }) => path),
    { ...options, noEmit: true, composite: false, incremental: false },
  );
  const checker = program.getTypeChecker();
  const modules = files.map(({ name, path }) => {
    const file = program.getSourceFile(path);
    const symbol = file && checker.getSymbolAtLocation(file);
    if (symbol === undefined) throw new Error(`${path}: not a module`);
    return { name, exports: checker.getExportsOfModule(symbol) };
  });
  /** The module whose default export it is. */
  const homes = new Map();
  for (const { name, exports } of modules) {
    const single = exports.find((one) => one.name === 'default');
    if (single !== undefined) homes.set(resolved(checker, single), name);
  }
  return modules.map(({ name, exports }) => {
    const [members, absent, elsewhere] = [[], [], []];
    for (const exported of exports) {
      const home = homes.get(resolved(checker, exported));
      if (isAbsent(checker, exported)) absent.push(exported.name);
      else if (home !== undefined && home !== name) elsewhere.push({ name: exported.name, home });
      else if (exported.name === 'default' || !homes.has(resolved(checker, exported)))
        members.push(...membersOf(checker, exported));
    }
    return { name, members: unique(members), absent, elsewhere };
  });
}

function isAbsent(checker, exported) {
  const real = resolved(checker, exported);
  if ((real.flags & ts.SymbolFlags.Variable) === 0 || real.valueDeclaration === undefined) return false;
  return checker.typeToString(checker.getTypeOfSymbol(real)) === 'NotAvailableOffDevice';
}

function resolved(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The export itself, or the members of the namespace that it is, as functions, classes, interfaces and constants. */
function membersOf(checker, exported) {
  const real = resolved(checker, exported);
  const isNamespace = (real.flags & ts.SymbolFlags.Namespace) !== 0;
  const owner = exported.name === 'default' ? undefined : exported.name;
  const value = real.valueDeclaration && checker.getTypeOfSymbol(real);
  const isObject = value !== undefined && isPlain(value);
  if (!isNamespace && !(isObject && value.getProperties().length > 0)) {
    const name = owner ?? (real.name.startsWith('_') ? 'default' : real.name);
    return [member(checker, real, name), ...ofType(checker, real, name)];
  }
  const parts = new Map();
  for (const part of value?.getProperties() ?? []) parts.set(part.name, part);
  const types = isNamespace ? checker.getExportsOfModule(real) : [];
  for (const part of types) if (!parts.has(part.name)) parts.set(part.name, part);
  return [...parts].flatMap(([name, part]) => {
    const type = types.find((one) => one.name === name);
    const isInner = type !== undefined && (type.flags & ts.SymbolFlags.NamespaceModule) !== 0;
    if (isInner) return [...values(checker, part, name), ...membersOf(checker, type)];
    const inner = ofType(checker, resolved(checker, type ?? part), name);
    const all = [member(checker, resolved(checker, part), name), ...inner, ...values(checker, part, name)];
    return owner === undefined ? all : all.map((one) => ({ ...one, name: `${owner}.${one.name}` }));
  });
}

/** Members of a class or interface, and the static ones of a class. Those of the language are not listed. */
function ofType(checker, symbol, name) {
  if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) === 0) return [];
  const declared = checker.getDeclaredTypeOfSymbol(symbol);
  // An alias of a generic class is a class with type arguments.
  const type = declared.target ?? declared;
  if (!type.isClassOrInterface()) return [];
  const value = type.symbol.flags & ts.SymbolFlags.Class ? checker.getTypeOfSymbol(type.symbol) : undefined;
  const parts = [...type.getProperties(), ...(value?.getProperties() ?? [])];
  const all = parts.filter(isListed).map((part) => member(checker, part, `${name}.${part.name}`));
  // A remark on options as a whole holds for each of them.
  return member(checker, symbol, name).note === undefined
    ? all
    : all.filter(({ kind, note }) => kind !== 'field' || note);
}

/** The constants of an object that stands for an enumeration. */
function values(checker, part, name) {
  const real = resolved(checker, part);
  if (real.valueDeclaration === undefined) return [];
  const type = checker.getTypeOfSymbol(real);
  if (!isPlain(type)) return [];
  const parts = type.getProperties().filter(isListed);
  return parts.map((one) => member(checker, one, `${name}.${one.name}`));
}

/** An object that is neither a function nor a class. */
function isPlain(type) {
  if ((type.flags & ts.TypeFlags.Object) === 0) return false;
  return type.getCallSignatures().length === 0 && type.getConstructSignatures().length === 0;
}

function isPrimitive(type) {
  return (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike)) !== 0;
}

function isListed(part) {
  const declared = part.declarations?.[0];
  if (declared === undefined || !declared.getSourceFile().fileName.includes('/src/')) return false;
  const isHidden = (ts.getCombinedModifierFlags(declared) & ts.ModifierFlags.NonPublicAccessibilityModifier) !== 0;
  const isInternal = part.getJsDocTags().some((tag) => tag.name === 'internal');
  return part.name !== 'prototype' && !/^[_#]/u.test(part.name) && !isHidden && !isInternal;
}

function member(checker, symbol, name) {
  const notes = docsOf(checker, symbol).flatMap(
    (text) =>
      NOTE.exec(text)?.[1]
        ?.replaceAll(/\s+/gu, ' ')
        .replaceAll(/\{@link (\S+)\}/gu, '`$1`')
        .trim() ?? [],
  );
  const note = notes.length === 0 ? undefined : [...new Set(notes)].join(' ');
  const file = symbol.declarations?.[0]?.getSourceFile().fileName.slice(top.length) ?? '';
  return { name, note, file, kind: kindOf(checker, symbol) };
}

/** The docstrings of a member, one for each overload. That of a function may be where the function is, outside the module. */
function docsOf(checker, symbol) {
  const own = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  if (symbol.valueDeclaration === undefined) return [own];
  const type = checker.getTypeOfSymbol(symbol);
  const isFunction = type.getCallSignatures().length > 0;
  // What a field holds has its own remarks.
  if (!isFunction && isOfInterface(symbol)) return [own];
  const others = isFunction ? type.getCallSignatures() : [type.symbol ?? symbol];
  const elsewhere = others.map((one) => ts.displayPartsToString(one.getDocumentationComment(checker)));
  // The docstring of a function is all of its overloads, in one.
  return isFunction && !elsewhere.every((text) => text === '') ? elsewhere : [own, ...elsewhere];
}

function kindOf(checker, symbol) {
  const { Interface, TypeAlias, Value, Method, Accessor, Function: Callable, Class } = ts.SymbolFlags;
  // A type that can be imported as a value, which is `undefined`.
  const isType = (symbol.flags & TypeAlias) !== 0 && (symbol.flags & Value) !== 0;
  if (isType && checker.getTypeOfSymbol(symbol).flags & ts.TypeFlags.Undefined) return 'type';
  if (symbol.flags & (Class | Callable | Method | Accessor)) return 'code';
  if (symbol.flags & Value) {
    if (isOfInterface(symbol)) return 'field';
    return isConstant(checker, symbol) ? 'constant' : 'code';
  }
  return symbol.flags & (Interface | TypeAlias) ? 'type' : 'code';
}

/** A value that does not change, or an object of such values. */
function isConstant(checker, symbol) {
  const declared = symbol.valueDeclaration;
  if (declared !== undefined && ts.isClassElement(declared)) return false;
  const type = checker.getTypeOfSymbol(symbol);
  if (isPrimitive(type)) return true;
  const parts = isPlain(type) ? type.getProperties() : [];
  return parts.length > 0 && parts.every((one) => isPrimitive(checker.getTypeOfSymbol(one)));
}

function isOfInterface(symbol) {
  const owner = symbol.declarations?.[0]?.parent;
  return owner !== undefined && (ts.isInterfaceDeclaration(owner) || ts.isTypeLiteralNode(owner));
}

function unique(members) {
  return [...new Map(members.map((one) => [one.name, one])).values()];
}

/** The document. */
export function kitsPage(modules) {
  const parts = [
    '# Kits off the device',
    'Made of the declarations of this package by `node scripts/kit-members.mjs`; `npm test` fails when it is out of date. A',
    'member that is listed without a remark works as on a device. How to provide what is absent: [arkts.md](arkts.md).',
  ].join('\n');
  const head = parts.replace('\nMade', '\n\nMade');
  return `${[head, ...modules.map(section)].join('\n\n')}\n`;
}

function section({ name, members, absent, elsewhere }) {
  const others = members.filter(({ note }) => note !== undefined);
  const lines = [`## \`${name}\``];
  for (const one of elsewhere) lines.push(`\`${one.name}\` is the default export of \`${one.home}\`, below.`);
  const works = grouped(members.filter(({ note }) => note === undefined).map((one) => one.name));
  if (works.length > 0) lines.push(`Works: ${works.join(', ')}.`);
  if (others.length > 0) {
    const rows = merged(others).map(({ names, note }) => `| ${names.join(', ')} | ${note.replaceAll('|', '\\|')} |`);
    lines.push(['| member | off the device |', '|---|---|', ...rows].join('\n'));
  }
  if (absent.length > 0) lines.push(`Absent: ${absent.map((one) => `\`${one}\``).join(', ')}.`);
  return lines.join('\n\n');
}

/** One row for a member that several classes inherit. */
function merged(members) {
  const rows = new Map();
  for (const { name, note } of members) {
    const key = `${name.split('.').at(-1)} ${note}`;
    const row = rows.get(key) ?? { names: [], note };
    rows.set(key, row);
    row.names.push(`\`${name}\``);
  }
  return [...rows.values()];
}

/** `Task.on` and `Task.off` behind `Task`; `AsyncLock` of the namespace `locks` is `locks.AsyncLock`. */
function grouped(names) {
  const groups = new Map();
  for (const name of names) {
    const [, owner, part] = /^(.+)\.([^.]+)$/u.exec(name) ?? [];
    if (part !== undefined) groups.set(owner, [...(groups.get(owner) ?? []), `\`${part}\``]);
    else groups.set(name, groups.get(name) ?? []);
  }
  return [...groups].map(([name, parts]) => (parts.length === 0 ? `\`${name}\`` : `\`${name}\` (${parts.join(', ')})`));
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const modules = kitMembers();
  const text = kitsPage(modules);
  if (process.argv.includes('--list')) {
    const works = modules.flatMap(({ members }) => members.filter(({ note }) => note === undefined));
    console.log(JSON.stringify(works));
  } else if (!process.argv.includes('--check')) {
    writeFileSync(page, text);
    console.log(`docs/kits.md: ${Object.keys(kitModules).length} modules`);
  } else if (readFileSync(page, { encoding: 'utf8', flag: 'a+' }) !== text) {
    console.error(`${dirname(page)}/kits.md is out of date: node scripts/kit-members.mjs`);
    process.exitCode = 1;
  }
}
