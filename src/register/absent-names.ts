// Names of a listed kit that this package does not have. They can be imported and are `undefined`, so that an application
// that asks for them (`typeof emitter`, `if (emitter)`, `emitter?.on`) gets a true answer. In files that are translated
// here, an error names what is missing instead of V8's "Cannot read properties of undefined".

import { registerError } from './errors.ts';
import type { Token } from './tokens.ts';

/** The names that this package has of the kits that have others on a device. */
const present: Readonly<Record<string, readonly string[]>> = {
  '@kit.NetworkKit': ['connection', 'webSocket'],
  '@kit.BasicServicesKit': ['AsyncCallback', 'BusinessError', 'Callback', 'ErrorCallback'],
  '@kit.PerformanceAnalysisKit': ['hilog'],
};

/** The names of `@ohos/hypium` that exist on a device only. */
const absentOfHypium: readonly string[] = [
  'ArgumentMatchers',
  'Core',
  'DataDriver',
  'ExpectExtend',
  'MockKit',
  'OhReport',
  'SysTestKit',
  'when',
];

function isAbsent(kit: string, name: string): boolean {
  if (kit === '@ohos/hypium') return absentOfHypium.includes(name);
  return Object.hasOwn(present, kit) && !present[kit]!.includes(name);
}

/** Name of the function that is added to a file. */
const GUARD = '$kit';

/**
 * Makes the use of an absent name throw ERR_KIT_NAME: `http.createHttp()` becomes `$kit(http, 0).createHttp()`, where `$kit`
 * throws for `undefined` and returns any other value (an inner scope may have its own `http`). Lines keep their place.
 *
 * @param code    a module of JavaScript
 * @param tokens  its tokens
 */
export function guardAbsentNames(code: string, tokens: readonly Token[]): string {
  const absent = absentImports(tokens);
  if (absent.size === 0) return code;
  const indexOf = new Map([...absent.keys()].map((local, index) => [local, index]));
  let guarded = '';
  let from = 0;
  for (const [position, token] of tokens.entries()) {
    const index = token.kind === 'word' ? indexOf.get(token.text) : undefined;
    if (index === undefined) continue;
    const before = useOf(tokens, position);
    if (before === undefined) continue;
    const call = `${GUARD}(${token.text}, ${index})`;
    // `new $kit(…)` would make a new `$kit`.
    guarded += code.slice(from, token.start) + (before === 'new' ? `(${call})` : call);
    from = token.end;
  }
  if (from === 0) return code;
  const texts = [...absent.values()].map(({ name, kit }) => registerError('ERR_KIT_NAME', name, kit).message);
  return `${guarded}${code.slice(from)}\n${guard(texts)}`;
}

interface Origin {
  readonly name: string;
  readonly kit: string;
}

/** Local names of imports that bind an absent name. */
function absentImports(tokens: readonly Token[]): Map<string, Origin> {
  const found = new Map<string, Origin>();
  for (const [index, token] of tokens.entries()) {
    if (token.text !== 'import' || token.kind !== 'word' || token.depth !== 0) continue;
    const from = tokens.findIndex((other, at) => at > index && other.depth === 0 && other.kind === 'literal');
    const kit = tokens[from]?.text.slice(1, -1) ?? '';
    if (tokens[from - 1]?.text !== 'from') continue;
    for (let at = index + 1; at < from; at++) {
      const [name, next] = [tokens[at]!, tokens[at + 1]!];
      if (name.kind !== 'word' || name.depth !== 1 || !'{,'.includes(tokens[at - 1]!.text)) continue;
      const local = next.text === 'as' ? tokens[at + 2]! : name;
      if (isAbsent(kit, name.text)) found.set(local.text, { name: name.text, kit });
    }
  }
  return found;
}

/** How the word at a position is used: after `new` or `extends`, or in another way; `undefined` where it is only looked at. */
function useOf(tokens: readonly Token[], position: number): 'new' | 'other' | undefined {
  const [last, before, after] = [tokens[position - 2]?.text, tokens[position - 1]?.text, tokens[position + 1]?.text];
  const isSpread = before === '.' && last === '.';
  if ((before === '.' && !isSpread) || before === 'typeof') return undefined;
  if (before === 'new' || before === 'extends') return 'new';
  if (after === '.') return 'other';
  if (after !== '(') return undefined;
  // A call, unless it is a method or function of that name: then a body follows.
  const { depth } = tokens[position + 1]!;
  const end = tokens.findIndex((token, at) => at > position + 1 && token.text === ')' && token.depth === depth);
  return tokens[end + 1]?.text === '{' ? undefined : 'other';
}

/** A function declaration, on one line, which is there before the module's first statement runs. */
function guard(texts: readonly string[]): string {
  return (
    `function ${GUARD}(value, index) { if (value !== undefined) return value; ` +
    `const error = Object.assign(new Error(${JSON.stringify(texts)}[index]), { code: 'ERR_KIT_NAME' }); ` +
    `Error.captureStackTrace?.(error, ${GUARD}); throw error; }\n`
  );
}
