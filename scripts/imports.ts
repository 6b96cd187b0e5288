// The imports of a TypeScript or JavaScript file, with their lines. It reads tokens, since TypeScript 7 has no API and tokens
// are enough to find a specifier. Specifiers that are computed at run time are not seen.

import jsTokens from 'js-tokens';

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

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const { type, value } of jsTokens(source)) {
    if (type === 'StringLiteral') tokens.push({ kind: 'string', text: value.slice(1, -1), line });
    else if (type === 'IdentifierName' || type === 'PrivateIdentifier')
      tokens.push({ kind: 'word', text: value, line });
    else if (!unread.has(type)) tokens.push({ kind: 'mark', text: value, line });
    line += value.split('\n').length - 1;
  }
  return tokens;
}

const unread = new Set(['WhiteSpace', 'LineTerminatorSequence', 'SingleLineComment', 'MultiLineComment']);
