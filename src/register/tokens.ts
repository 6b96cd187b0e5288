// Tokens of an ArkTS or TypeScript source: words, punctuators and literals with their offsets, comments left out.
// They let a check for `struct` or `@Component` see code only, without strings, templates, comments and regular expressions.
// This is not a parser: where only a parser could decide, it follows the usual way of writing.

/** A piece of source text. */
export interface Token {
  /**
   * `word`: identifier, keyword or private name; `punctuator`: one character, or `=>`, `++`, `--`; `literal`: number,
   * string, regular expression, or a part of a template between its substitutions.
   */
  readonly kind: 'word' | 'punctuator' | 'literal';
  readonly text: string;
  /** Offset of the first UTF-16 unit; `end` is one past the last. */
  readonly start: number;
  readonly end: number;
  /** How many brackets and template substitutions are open around the token; a bracket counts as outside itself. */
  readonly depth: number;
}

/** What a closing bracket ends: an expression (a `/` after it divides), a statement (a `/` begins a literal), a substitution. */
type Nesting = 'expression' | 'statement' | 'substitution';

const wordPattern = /[#\p{ID_Start}$_\\][\p{ID_Continue}$\\]*/uy;
const numberPattern = /\.?\d[\w.]*/y;

/** Words after which an expression begins, so that a `/` begins a regular expression. */
const operatorWords = new Set(
  'await case default delete do else extends in instanceof new of return throw typeof void yield'.split(' '),
);
const statementHeads = new Set(['if', 'while', 'for', 'with']);

/**
 * Splits `source` into tokens. Never throws: text that is not a token is skipped, an unterminated string ends with its
 * line, an unterminated comment, template or regular expression where the source or the line ends; the transformer
 * reports such mistakes afterwards.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const nesting: Nesting[] = [];
  /** Whether the last token ends a value. */
  let afterValue = false;
  let offset = source.startsWith('#!') ? endOfLine(source, 0) : 0;

  function push(kind: Token['kind'], end: number): void {
    tokens.push({ kind, text: source.slice(offset, end), start: offset, end, depth: nesting.length });
    offset = end;
  }

  /** The part of a template from `offset` (its backtick, or the brace that closes a substitution) to the next seam. */
  function template(): void {
    const end = endOfTemplatePart(source, offset + 1);
    const opensSubstitution = source[end - 1] === '{';
    push('literal', end);
    if (opensSubstitution) nesting.push('substitution');
    afterValue = !opensSubstitution;
  }

  while (offset < source.length) {
    const character = source[offset]!;
    const next = source[offset + 1];
    if (/\s/.test(character)) {
      offset++;
    } else if (character === '/' && next === '/') {
      offset = endOfLine(source, offset);
    } else if (character === '/' && next === '*') {
      const end = source.indexOf('*/', offset + 2);
      offset = end === -1 ? source.length : end + 2;
    } else if (character === '"' || character === "'") {
      push('literal', endOfString(source, offset));
      afterValue = true;
    } else if (character === '`') {
      template();
    } else if (isDigit(character) || (character === '.' && isDigit(next))) {
      push('literal', matchEnd(numberPattern, source, offset));
      afterValue = true;
    } else if (character === '/' && !afterValue) {
      push('literal', endOfRegularExpression(source, offset));
      afterValue = true;
    } else if (character === '}' && nesting.at(-1) === 'substitution') {
      nesting.pop();
      template();
    } else if (matchEnd(wordPattern, source, offset) > offset) {
      const isProperty = tokens.at(-1)?.text === '.';
      push('word', matchEnd(wordPattern, source, offset));
      afterValue = isProperty || !operatorWords.has(tokens.at(-1)!.text);
    } else {
      punctuator(character, next);
    }
  }
  return tokens;

  function punctuator(character: string, next: string | undefined): void {
    if (character === '(' || character === '[' || character === '{') {
      const opened = nestingOf(character, tokens, afterValue);
      push('punctuator', offset + 1);
      nesting.push(opened);
      afterValue = false;
    } else if (character === ')' || character === ']' || character === '}') {
      const closed = nesting.pop();
      push('punctuator', offset + 1);
      afterValue = closed === 'expression';
    } else if ((character === '+' || character === '-') && next === character) {
      // Postfix after a value, prefix before one: either way what follows is as before.
      push('punctuator', offset + 2);
    } else if (character === '=' && next === '>') {
      push('punctuator', offset + 2);
      afterValue = false;
    } else if (character === '!' && afterValue && next !== '=' && tokens.at(-1)?.end === offset) {
      // `value!`: the non-null assertion; what it ends is still a value.
      push('punctuator', offset + 1);
    } else {
      push('punctuator', offset + (source.codePointAt(offset)! > 0xffff ? 2 : 1));
      afterValue = false;
    }
  }
}

/** Line of an offset, counted from 1. */
export function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/).length;
}

/** Whether two tokens stand on one line. */
export function onOneLine(source: string, left: Token, right: Token): boolean {
  return !/[\n\r\u2028\u2029]/.test(source.slice(left.end, right.start));
}

function nestingOf(bracket: string, tokens: readonly Token[], afterValue: boolean): Nesting {
  const before = tokens.at(-1);
  if (bracket === '[') return 'expression';
  if (bracket === '(') {
    const isHead = before?.kind === 'word' && statementHeads.has(before.text) && tokens.at(-2)?.text !== '.';
    return isHead ? 'statement' : 'expression';
  }
  // A brace is a block at the start of a statement, after `)`, `=>`, a name, and after words like `else` and `do`.
  if (before === undefined || afterValue || ';{})>'.includes(before.text)) return 'statement';
  if (before.text === '=>' || before.text === 'else' || before.text === 'do') return 'statement';
  return 'expression';
}

function endOfLine(source: string, from: number): number {
  for (let offset = from; offset < source.length; offset++) {
    if (isLineEnd(source[offset]!)) return offset;
  }
  return source.length;
}

function endOfString(source: string, from: number): number {
  const quote = source[from];
  for (let offset = from + 1; offset < source.length; offset++) {
    const character = source[offset]!;
    if (character === quote) return offset + 1;
    if (character === '\\') offset += source.startsWith('\r\n', offset + 1) ? 2 : 1;
    else if (character === '\n' || character === '\r') return offset;
  }
  return source.length;
}

/** One past the closing backtick, or one past the brace of the next `${`. */
function endOfTemplatePart(source: string, from: number): number {
  for (let offset = from; offset < source.length; offset++) {
    const character = source[offset];
    if (character === '\\') offset++;
    else if (character === '`') return offset + 1;
    else if (character === '$' && source[offset + 1] === '{') return offset + 2;
  }
  return source.length;
}

function endOfRegularExpression(source: string, from: number): number {
  let inClass = false;
  for (let offset = from + 1; offset < source.length; offset++) {
    const character = source[offset]!;
    if (isLineEnd(character)) return offset;
    if (character === '\\') offset++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) {
      // The flags.
      while (/\w/.test(source[offset + 1] ?? '')) offset++;
      return offset + 1;
    }
  }
  return source.length;
}

function matchEnd(pattern: RegExp, source: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(source) ? pattern.lastIndex : offset;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function isLineEnd(character: string): boolean {
  return character === '\n' || character === '\r' || character === '\u2028' || character === '\u2029';
}
