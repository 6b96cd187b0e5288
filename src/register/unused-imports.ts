// Imports that only types used. ArkTS imports types without saying `type`; once the types are gone, such an import names
// nothing that is used, and often nothing that exists.

import { type Token, tokenize } from './tokens.ts';

/**
 * Overwrites with blanks each import of a name that the code does not use, and the whole statement when it uses none of
 * its names. `import './file'` stays. Every other character keeps its place.
 *
 * It sees words, not scopes: a name that only an inner variable bears counts as used, and its import stays.
 *
 * @param code  JavaScript, without types.
 */
export function blankUnusedImports(code: string): string {
  const tokens = tokenize(code);
  const statements = importStatements(tokens);
  if (statements.length === 0) return code;
  const used = usedNames(tokens, statements);
  let result = code;
  const blank = (from: number, to: number) => {
    result = result.slice(0, from) + result.slice(from, to).replace(/[^\n\r\u2028\u2029]/g, ' ') + result.slice(to);
  };
  for (const { first, last, bindings } of statements) {
    const unused = bindings.filter(({ local }) => !used.has(local));
    if (unused.length === bindings.length) blank(tokens[first]!.start, tokens[last]!.end);
    else for (const { from, to } of unused) blank(tokens[from]!.start, tokens[to]!.end);
  }
  return result;
}

/** A name that an import binds. The tokens `from` to `to` can go without another name. */
interface Binding {
  readonly local: string;
  readonly from: number;
  readonly to: number;
}

/** An import that binds names: the tokens `first` to `last`. */
interface Statement {
  readonly first: number;
  readonly last: number;
  readonly bindings: readonly Binding[];
}

function importStatements(tokens: readonly Token[]): Statement[] {
  const found: Statement[] = [];
  for (const [first, token] of tokens.entries()) {
    if (token.text !== 'import' || token.kind !== 'word' || token.depth !== 0 || tokens[first - 1]?.text === '.')
      continue;
    const next = tokens[first + 1];
    // `import './file'`, `import('./file')`, `import.meta`
    if (next === undefined || next.kind === 'literal' || next.text === '(' || next.text === '.') continue;
    const specifier = tokens.findIndex(({ kind, depth }, at) => at > first && kind === 'literal' && depth === 0);
    if (tokens[specifier - 1]?.text !== 'from') continue;
    found.push({
      first,
      last: endOfStatement(tokens, specifier),
      bindings: bindingsBetween(tokens, first, specifier - 1),
    });
  }
  return found;
}

/** After the specifier may come `with { … }` and a semicolon. */
function endOfStatement(tokens: readonly Token[], specifier: number): number {
  let last = specifier;
  if (tokens[last + 1]?.text === 'with' && tokens[last + 2]?.text === '{') {
    last = tokens.findIndex(({ text, depth }, at) => at > last + 2 && text === '}' && depth === 0);
  }
  return tokens[last + 1]?.text === ';' ? last + 1 : last;
}

/** `A`, `* as B` and `{ C, D as E }` between `import` and `from`, each with the comma that goes with it. */
function bindingsBetween(tokens: readonly Token[], first: number, end: number): Binding[] {
  const bindings: Binding[] = [];
  for (let at = first + 1; at < end; at++) {
    const { kind, text, depth } = tokens[at]!;
    const after = tokens[at + 1]!.text;
    if (depth === 1 && kind === 'word' && (after === ',' || after === '}')) {
      let from = at;
      while (!'{,'.includes(tokens[from - 1]!.text)) from--;
      bindings.push({ local: text, from, to: after === ',' ? at + 1 : at });
    } else if (depth === 0 && kind === 'word' && at === first + 1) {
      bindings.push({ local: text, from: at, to: after === ',' ? at + 1 : at });
    } else if (depth === 0 && kind === 'word' && text !== 'as') {
      // The name of `* as B`, after the comma of a default import.
      bindings.push({ local: text, from: tokens[at - 3]!.text === ',' ? at - 3 : at - 2, to: at });
    }
  }
  return bindings;
}

/** Words outside imports that may read a variable: not behind a dot, not the key of a property, not passed on by name. */
function usedNames(tokens: readonly Token[], statements: readonly Statement[]): Set<string> {
  const names = new Set<string>();
  for (let at = 0; at < tokens.length; at++) {
    const statement = statements.find(({ first }) => first === at);
    if (statement !== undefined) {
      at = statement.last;
      continue;
    }
    const { kind, text } = tokens[at]!;
    const [last, before, after] = [tokens[at - 2]?.text, tokens[at - 1]?.text, tokens[at + 1]?.text];
    if (text === '{' && before === 'export') at = endOfReexport(tokens, at);
    if (kind !== 'word') continue;
    const isMember = before === '.' && last !== '.';
    const isKey = after === ':' && (before === '{' || before === ',');
    if (!isMember && !isKey) names.add(text);
  }
  return names;
}

/** The `from` of `export { … } from './file'`, which reads no variable; the brace itself where no `from` follows. */
function endOfReexport(tokens: readonly Token[], opening: number): number {
  const closing = tokens.findIndex(({ text, depth }, at) => at > opening && text === '}' && depth === 0);
  return tokens[closing + 1]?.text === 'from' ? closing + 1 : opening;
}
