// The imports of a TypeScript or JavaScript file, with their lines. A small tokenizer rather than a compiler: it only
// has to tell code from comments, strings, templates and regular expressions. Specifiers that are computed at run time
// are not seen.

/** One import of a file. */
export interface Import {
  readonly specifier: string;
  /** Counted from 1. */
  readonly line: number;
}

interface Token {
  readonly kind: 'word' | 'string' | 'mark';
  /** Of a string: what is between its quotes. */
  readonly text: string;
  readonly line: number;
}

/** Every static and dynamic import, `export … from` and `require('…')` of `source`, in order. */
export function importsOf(source: string): Import[] {
  const tokens = tokenize(source);
  const imports: Import[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') continue;
    const found = callImport(tokens, at) ?? statementImport(tokens, at);
    if (found) imports.push(found);
  }
  return imports;
}

/** `import('…')` or `require('…')` at `at`. */
function callImport(tokens: readonly Token[], at: number): Import | undefined {
  const specifier = tokens[at + 2];
  const isCall = ['import', 'require'].includes(tokens[at]?.text ?? '') && tokens[at + 1]?.text === '(';
  if (!isCall || specifier?.kind !== 'string') return undefined;
  return { specifier: specifier.text, line: specifier.line };
}

/** `import '…'`, `import … from '…'` or `export … from '…'` at `at`. */
function statementImport(tokens: readonly Token[], at: number): Import | undefined {
  const keyword = tokens[at]?.text;
  if (keyword !== 'import' && keyword !== 'export') return undefined;
  const isOfTypes = tokens[at + 1]?.text === 'type' && !['from', ','].includes(tokens[at + 2]?.text ?? '');
  let cursor = at + (isOfTypes ? 2 : 1);
  // An export that names a module has braces or a star; `export const from = '…'` must not look like one.
  if (keyword === 'export' && !['{', '*'].includes(tokens[cursor]?.text ?? '')) return undefined;
  for (; cursor < tokens.length; cursor++) {
    const token = tokens[cursor] as Token;
    const isSpecifier = token.kind === 'string' && (tokens[cursor - 1]?.text === 'from' || cursor === at + 1);
    if (isSpecifier) return { specifier: token.text, line: token.line };
    // Between the keyword and `from` stand names, braces, commas and the star; anything else is another statement.
    if (token.kind === 'mark' && !['{', '}', ',', '*'].includes(token.text)) return undefined;
  }
  return undefined;
}

// After one of these a slash divides; after anything else it begins a regular expression.
const endsOperand = /^(?:[\w$]+|[)\]}])$/u;
const keywordBeforeExpression = /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield|instanceof)$/u;

const space = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//uy;
const word = /[\w$#@]+/uy;
const quoted = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/uy;
const regularExpression = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/uy;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  // For every open template substitution, the depth of braces at which it ends.
  const templates: number[] = [];
  let depth = 0;
  let line = 1;
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text !== undefined) advance(text);
    return text;
  }
  function advance(text: string): void {
    at += text.length;
    line += text.split('\n').length - 1;
  }
  /** Skips the text of a template up to its end or its next substitution. */
  function templateText(): void {
    for (; at < source.length; at++) {
      const character = source[at];
      if (character === '\n') line++;
      if (character === '\\') at++;
      else if (character === '`') {
        at++;
        return;
      } else if (character === '$' && source[at + 1] === '{') {
        at += 2;
        templates.push(depth++);
        return;
      }
    }
  }

  while (at < source.length) {
    if (take(space) !== undefined) continue;
    const start = line;
    const character = source[at] as string;
    const previous = tokens.at(-1);
    if (character === "'" || character === '"') {
      const text = take(quoted);
      if (text !== undefined) {
        tokens.push({ kind: 'string', text: text.slice(1, -1), line: start });
        continue;
      }
    }
    if (character === '`') {
      at++;
      templateText();
      tokens.push({ kind: 'mark', text: ')', line: start });
      continue;
    }
    const mayDivide =
      previous !== undefined &&
      (previous.kind === 'string' || endsOperand.test(previous.text)) &&
      !(previous.kind === 'word' && keywordBeforeExpression.test(previous.text));
    if (character === '/' && !mayDivide && take(regularExpression) !== undefined) {
      tokens.push({ kind: 'mark', text: ')', line: start });
      continue;
    }
    const name = take(word);
    if (name !== undefined) {
      tokens.push({ kind: 'word', text: name, line: start });
      continue;
    }
    at++;
    if (character === '{') depth++;
    if (character === '}') {
      depth--;
      if (templates.at(-1) === depth) {
        templates.pop();
        templateText();
        continue;
      }
    }
    tokens.push({ kind: 'mark', text: character, line: start });
  }
  return tokens;
}
