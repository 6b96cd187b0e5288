// Makes the use of an absent name throw ERR_KIT_NAME: `http.createHttp()` becomes `$kit(http, 0).createHttp()`, where `$kit`
// throws for `undefined` and returns any other value (an inner scope may have its own `http`, and a project may provide the
// module). What only asks for a name, such as `typeof http`, stays. Lines keep their place.

import { isAbsent } from './absent-names.ts';
import { isDeviceModule, type ModuleImport, moduleImports } from './device-imports.ts';
import type { Edit } from './edits.ts';
import { registerError } from './errors.ts';
import { nearestOfKit } from './kit-names.ts';
import { type Origin, PassedNames } from './passed-on.ts';
import { lineOf, type Token } from './tokens.ts';

/** Name of the function that is added to a file. */
const GUARD = '$kit';

/** What a file gets so that the use of absent names throws. */
export interface Guards {
  /** Changes of the uses. */
  readonly edits: readonly Edit[];
  /** A function declaration, on one line, for the end of the file: it is there before the first statement runs. */
  readonly tail: string;
}

/** The file that a module of JavaScript was made of. */
export interface GuardedFile {
  readonly path: string;
  readonly source: string;
  /** The imports of `source`. */
  readonly imports: readonly ModuleImport[];
  /** Makes a path one for error texts. */
  shown(path: string): string;
}

/**
 * The guards of a file; `undefined` where it uses no absent name.
 *
 * @param tokens  the tokens of a module of JavaScript
 */
export function guardsOf(tokens: readonly Token[], file: GuardedFile): Guards | undefined {
  const variables = absentVariables(tokens, file);
  if (variables.size === 0) return undefined;
  const texts: string[] = [];
  const edits: Edit[] = [];
  for (const [position, token] of tokens.entries()) {
    const variable = token.kind === 'word' ? variables.get(token.text) : undefined;
    if (variable === undefined) continue;
    const use = variable.members === undefined ? useOf(tokens, position) : useOfMember(tokens, position);
    const origin = use && (use.member === undefined ? variable.origin : variable.members?.(use.member));
    if (use === undefined || origin === undefined) continue;
    const text = messageOf(origin, file);
    const index = texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1;
    const name = use.member === undefined ? undefined : JSON.stringify(use.member);
    const member = use.isBase === true ? `, ${name}, true` : name === undefined ? '' : `, ${name}`;
    const call = `${GUARD}(${token.text}, ${index}${member})`;
    // `new $kit(…)` would make a new `$kit`.
    edits.push({ start: token.start, end: token.end, text: use.afterNew ? `(${call})` : call });
  }
  return edits.length === 0 ? undefined : { edits, tail: guard(texts) };
}

/** A variable that holds an absent name, or a module. */
interface Variable {
  readonly origin?: Origin | undefined;
  /** Of a module: where the absent one among its names comes from. */
  readonly members?: (name: string) => Origin | undefined;
}

function absentVariables(tokens: readonly Token[], file: GuardedFile): Map<string, Variable> {
  const found = new Map<string, Variable>();
  const passed = new PassedNames(file.path);
  for (const { module, bindings } of moduleImports(tokens)) {
    for (const { name, local } of bindings) {
      if (local === '') continue;
      const variable = isDeviceModule(module) ? variableOf(module, name, file) : passedVariable(module, name, passed);
      if (variable !== undefined) found.set(local, variable);
    }
  }
  return found;
}

/** A variable that holds a name of a module of the device. */
function variableOf(module: string, name: string, { path, source, imports }: GuardedFile): Variable | undefined {
  const ofModule = imports.filter((one) => one.module === module);
  const statement = ofModule.find(({ bindings }) => bindings.some((binding) => binding.name === name)) ?? ofModule[0];
  const line = statement === undefined ? 1 : lineOf(source, statement.start);
  return withOrigin({ module, name, path, line });
}

/** A variable that holds a name of another file of the project. */
function passedVariable(specifier: string, name: string, passed: PassedNames): Variable | undefined {
  if (name === '*') return { members: (member) => passed.originOf(specifier, member) };
  return withOrigin(passed.originOf(specifier, name));
}

function withOrigin(origin: Origin | undefined): Variable | undefined {
  if (origin === undefined) return undefined;
  const absent = (name: string) => (isAbsent(origin.module, name) ? { ...origin, name } : undefined);
  if (origin.name === '*') return { members: absent };
  return isAbsent(origin.module, origin.name) ? { origin } : undefined;
}

function messageOf({ module, name, path, line }: Origin, { shown }: GuardedFile): string {
  return registerError('ERR_KIT_NAME', name, module, `${shown(path)}:${line}`, nearestOfKit(module, name)).message;
}

interface Use {
  /** Whether `new` or `extends` stands before it. */
  readonly afterNew: boolean;
  /** Whether a class extends it: that throws when an object is made, so that the file loads. */
  readonly isBase?: boolean;
  /** The name that is taken of a whole module. */
  readonly member?: string;
}

/** How the variable at a position is used; `undefined` where it is only looked at, or is another name. */
function useOf(tokens: readonly Token[], position: number): Use | undefined {
  const before = tokens[position - 1]?.text;
  if (isProperty(tokens, position) || before === 'typeof') return undefined;
  const after = tokens[position + 1];
  if (before === 'new') return { afterNew: true };
  if (before === 'extends') return { afterNew: true, isBase: !isTakenFrom(after) };
  if (before === 'instanceof' || after?.text === '.' || after?.text === '[') return { afterNew: false };
  if (isTakenApart(tokens, position)) return { afterNew: false };
  return after?.text === '(' && isCall(tokens, position) ? { afterNew: false } : undefined;
}

/** How a name of the module that the variable at a position holds is used. */
function useOfMember(tokens: readonly Token[], position: number): Use | undefined {
  const [before, dot, name] = [tokens[position - 1]?.text, tokens[position + 1], tokens[position + 2]];
  if (isProperty(tokens, position) || before === 'typeof' || dot?.text !== '.' || name?.kind !== 'word')
    return undefined;
  const afterNew = before === 'new' || before === 'extends';
  const isUse = afterNew || before === 'instanceof' || '.[('.includes(tokens[position + 3]?.text ?? '?');
  const isBase = before === 'extends' && !isTakenFrom(tokens[position + 3]);
  return isUse ? { afterNew, isBase, member: name.text } : undefined;
}

/** Whether a property of what stands before is taken, or it is called. */
function isTakenFrom(token: Token | undefined): boolean {
  return token !== undefined && '.[('.includes(token.text);
}

/** Whether the word at a position stands behind a dot, other than the last one of a spread. */
function isProperty(tokens: readonly Token[], position: number): boolean {
  return tokens[position - 1]?.text === '.' && tokens[position - 2]?.text !== '.';
}

const operators = new Set(['in', 'instanceof']);

/** Whether the whole of `const { a } = NAME` stands there. */
function isTakenApart(tokens: readonly Token[], position: number): boolean {
  if (tokens[position - 1]?.text !== '=' || tokens[position - 2]?.text !== '}') return false;
  const after = tokens[position + 1];
  const isEnd = after === undefined || ';,)}'.includes(after.text);
  return isEnd || (after.kind === 'word' && !operators.has(after.text));
}

/** Whether the name before a bracket is called; a body after the bracket makes it a method or function of that name. */
function isCall(tokens: readonly Token[], position: number): boolean {
  if (tokens[position - 1]?.text === 'function') return false;
  const { depth } = tokens[position + 1]!;
  const end = tokens.findIndex((token, at) => at > position + 1 && token.text === ')' && token.depth === depth);
  return tokens[end + 1]?.text !== '{';
}

function guard(texts: readonly string[]): string {
  return (
    `function ${GUARD}(value, index, name, isBase) { if (name === undefined ? value !== undefined : value?.[name] !== undefined) ` +
    `return value; const fail = (from) => { const error = Object.assign(new Error(${JSON.stringify(texts)}[index]), ` +
    `{ code: 'ERR_KIT_NAME' }); Error.captureStackTrace?.(error, from); throw error; }; if (!isBase) fail(${GUARD}); ` +
    'const Base = class { constructor() { fail(Base); } }; return name === undefined ? Base : { [name]: Base }; }\n'
  );
}
