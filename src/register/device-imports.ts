// What a source imports, read from its tokens: above all from modules of the device (`@kit.NetworkKit`, `@ohos.net.http`,
// `libentry.so`): the names that such a module must have so that the file links, and the variables that hold them.

import { kitModules } from './kit-modules.ts';
import { lineOf, type Token, tokenize } from './tokens.ts';

/** A statement, or an `import()` or `require()`, that names a module. */
export interface ModuleImport {
  readonly module: string;
  /** Offset of `import`, `export` or `require`. */
  readonly start: number;
  /** Whether it is an `import()` or `require()`, which links to nothing. */
  readonly isDynamic: boolean;
  readonly bindings: readonly ImportBinding[];
}

/** One imported name. */
export interface ImportBinding {
  /** Name in the module: `default`, `*` for all, or a name. */
  readonly name: string;
  /** The variable; `''` where the name is passed on (`export … from`). */
  readonly local: string;
  /** The name that it is passed on by; `*` where all are. */
  readonly exported?: string;
}

/** Names of device modules: `@kit.ArkData`, `@ohos.net.http`, `libentry.so`. A package with a scope (`@ohos/axios`) is not one. */
const devicePattern = /^(?:@(?:kit|ohos|hms|system|arkts)\.[^/]+|lib[^/\\]+\.so)$/;

/** Whether a specifier names a module of the device. */
export function isDeviceModule(specifier: string): boolean {
  return devicePattern.test(specifier) || Object.hasOwn(kitModules, specifier);
}

/** Whether a text can have an import of a device module at all. Saves reading the tokens of the others. */
export function mayImportDevice(text: string): boolean {
  return /['"`](?:@(?:kit|ohos|hms|system|arkts)[./]|lib[^'"`/\\]+\.so)/.test(text);
}

/** The imports of a file, in their order. Names that are types only are left out. */
export function moduleImports(tokens: readonly Token[]): ModuleImport[] {
  const found: ModuleImport[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || tokens[index - 1]?.text === '.') continue;
    const isImport = token.text === 'import';
    const isCall = (isImport || token.text === 'require') && tokens[index + 1]?.text === '(';
    const isStatement = token.depth === 0 && (isImport || token.text === 'export');
    const read = isCall ? callAt(tokens, index) : isStatement ? statementAt(tokens, index) : undefined;
    if (read !== undefined) found.push(read);
  }
  return found;
}

/** What a file imports of one device module, and where. */
export interface ModuleUse {
  /** Names that must be there so that the file links; `*` among them where it passes all on. */
  readonly names: ReadonlySet<string>;
  /** Whether the file may ask for any name: `import * as`, `export *`, `import()`. */
  readonly isWhole: boolean;
  /** Line of the first import, counted from 1. */
  readonly line: number;
}

/** The device modules that a source imports. */
export function moduleUses(
  source: string,
  tokens: readonly Token[] = tokenize(source),
  imports: readonly ModuleImport[] = moduleImports(tokens),
): Map<string, ModuleUse> {
  const uses = new Map<string, { names: Set<string>; isWhole: boolean; line: number }>();
  for (const { module, start, isDynamic, bindings } of imports) {
    if (!isDeviceModule(module)) continue;
    const use = uses.get(module) ?? { names: new Set(), isWhole: false, line: lineOf(source, start) };
    uses.set(module, use);
    use.isWhole ||= isDynamic || bindings.some(({ name }) => name === '*');
    if (isDynamic) continue;
    for (const { name, local } of bindings) {
      if (name !== '*' || local === '') use.names.add(name);
      // Bundlers warn of members that a module does not have.
      else for (const member of membersOf(local, tokens)) use.names.add(member);
    }
  }
  return uses;
}

/** The words after `local.`. */
function membersOf(local: string, tokens: readonly Token[]): string[] {
  return tokens
    .filter(({ kind }, at) => kind === 'word' && tokens[at - 1]?.text === '.' && tokens[at - 2]?.text === local)
    .map(({ text }) => text);
}

/** An import or a re-export whose first word is at `first`. */
function statementAt(tokens: readonly Token[], first: number): ModuleImport | undefined {
  const isExport = tokens[first]!.text === 'export';
  let end = first + 1;
  while (isPartOfNames(tokens[end])) end++;
  const specifier = tokens[end];
  if (specifier?.kind !== 'literal' || !/^['"]/.test(specifier.text)) return undefined;
  const isBare = end === first + 1;
  if (isBare ? isExport : tokens[end - 1]!.text !== 'from') return undefined;
  const names = namesIn(tokens.slice(first + 1, isBare ? end : end - 1));
  const bindings = isExport ? names.map(({ name, local }) => ({ name, local: '', exported: local || '*' })) : names;
  return { module: specifier.text.slice(1, -1), start: tokens[first]!.start, isDynamic: false, bindings };
}

function isPartOfNames(token: Token | undefined): boolean {
  return token !== undefined && (token.kind === 'word' || '{},*'.includes(token.text));
}

/** `A`, `* as B`, `{ C, D as E, type F }`, and their combinations, between `import` or `export` and `from`. */
export function namesIn(tokens: readonly Token[]): ImportBinding[] {
  const [head, next] = tokens;
  const isModifier = head?.text === 'type' || head?.text === 'lazy';
  const hasModifier = isModifier && next !== undefined && next.text !== ',';
  if (hasModifier && head?.text === 'type') return [];
  const bindings: ImportBinding[] = [];
  let item: string[] = [];
  for (const { text } of hasModifier ? tokens.slice(1) : tokens) {
    if (text === '{') {
      item = ['{'];
    } else if (text === ',' || text === '}') {
      push(item);
      // After a closing brace comes `from`; after a comma inside braces, the next name.
      item = text === ',' && item[0] === '{' ? ['{'] : [];
    } else {
      item.push(text);
    }
  }
  push(item);
  return bindings;

  function push(words: readonly string[]): void {
    if (words[0] === '*') bindings.push({ name: '*', local: words[2] ?? '' });
    else if (words[0] !== '{') {
      if (words.length === 1) bindings.push({ name: 'default', local: words[0]! });
    } else if (words.length === 2 || (words.length === 4 && words[2] === 'as')) {
      bindings.push({ name: words[1]!, local: words[3] ?? words[1]! });
    }
  }
}

/**
 * `const { a, b: c } = await import('…')`, `const d = require('…')`, or the call by itself. Where esbuild makes CommonJS, the
 * call is an argument: `import_a = __toESM(require('…'))`.
 */
function callAt(tokens: readonly Token[], first: number): ModuleImport | undefined {
  const [specifier, closing] = [tokens[first + 2], tokens[first + 3]];
  if (specifier?.kind !== 'literal' || !/^['"`]/.test(specifier.text) || !',)'.includes(closing?.text ?? '?')) {
    return undefined;
  }
  const isArgument = tokens[first - 1]?.text === '(' && tokens[first - 2]?.text === '__toESM';
  const equals = isArgument ? first - 3 : tokens[first - 1]?.text === 'await' ? first - 2 : first - 1;
  const bindings = tokens[equals]?.text === '=' ? targets(tokens, equals - 1) : [];
  return { module: specifier.text.slice(1, -1), start: tokens[first]!.start, isDynamic: true, bindings };
}

/** What stands before a variable that is declared. */
const declarations = new Set(['const', 'let', 'var', ',']);

/** What a declaration that ends with the token `last` binds: one variable for all, or the names of a flat pattern. */
function targets(tokens: readonly Token[], last: number): ImportBinding[] {
  const token = tokens[last];
  if (token?.kind === 'word') {
    return declarations.has(tokens[last - 1]?.text ?? '') ? [{ name: '*', local: token.text }] : [];
  }
  if (token?.text !== '}') return [];
  let opening = last - 1;
  while (opening > 0 && !(tokens[opening]!.text === '{' && tokens[opening]!.depth === token.depth)) opening--;
  if (!declarations.has(tokens[opening - 1]?.text ?? '')) return [];
  const bindings: ImportBinding[] = [];
  let item: string[] = [];
  for (const { text } of tokens.slice(opening + 1, last + 1)) {
    if (text !== ',' && text !== '}') {
      item.push(text);
      continue;
    }
    if (item.length === 1) bindings.push({ name: item[0]!, local: item[0]! });
    else if (item.length === 3 && item[1] === ':') bindings.push({ name: item[0]!, local: item[2]! });
    item = [];
  }
  return bindings;
}
