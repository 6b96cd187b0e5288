// The parts of ArkUI in a source: `struct` with its decorators, and functions like those of `@Builder`. They have no meaning
// without a screen, and their bodies are not TypeScript. A function of the same name takes the place of each, which throws
// when it is used, so that the rest of the file, and what imports it, runs.

import type { Edit } from './edits.ts';
import { registerError } from './errors.ts';
import { bodyOfFunction } from './marks.ts';
import { lineOf, onOneLine, type Token } from './tokens.ts';

/** Decorators that make a function one of ArkUI. */
const functionDecorators = new Set(['AnimatableExtend', 'Builder', 'Extend', 'Styles']);

/** Decorators of ArkUI for a `struct`, or for its members. */
const uiDecorators = new Set([
  ...functionDecorators,
  'Component',
  'ComponentV2',
  'CustomDialog',
  'Entry',
  'LocalBuilder',
  'Preview',
  'Reusable',
  'ReusableV2',
]);

/** A part of ArkUI. */
export interface Component {
  /** As the author names it: `struct Index`, `@Builder row`. */
  readonly what: string;
  readonly name: string;
  /** Offset of its first decorator; `end` is one past its last brace. */
  readonly start: number;
  readonly end: number;
  /** What stands between its decorators and its name, as in `export default`. */
  readonly exported: string;
  /** Offset of `struct` or `function`. */
  readonly declaration: number;
}

/**
 * The parts of ArkUI, in their order.
 *
 * @throws ERR_ARKTS_UI for a decorator of ArkUI that belongs to none
 */
export function componentsIn(source: string, tokens: readonly Token[], path: string): Component[] {
  const found: Component[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const component = componentAt(source, tokens, index);
    if (component !== undefined) {
      found.push(component);
      while (index + 1 < tokens.length && tokens[index + 1]!.end <= component.end) index++;
    } else if (tokens[index]!.text === '@' && uiDecorators.has(tokens[index + 1]?.text ?? '')) {
      const where = `${path}:${lineOf(source, tokens[index]!.start)}`;
      throw registerError('ERR_ARKTS_UI', where, `@${tokens[index + 1]!.text}`);
    }
  }
  return found;
}

/** What takes the place of a component: a function on its first line, and its line breaks. */
export function replacement(component: Component, source: string, shown: string): Edit {
  const { what, name, start, end, exported, declaration } = component;
  const { message, code } = registerError('ERR_ARKTS_UI', `${shown}:${lineOf(source, declaration)}`, what);
  const error = `Object.assign(new Error(${JSON.stringify(message)}),{code:${JSON.stringify(code)}})`;
  const before = lineBreaks(source.slice(start, declaration));
  const text = `${before}${exported}function ${name}(){throw ${error};}${lineBreaks(source.slice(declaration, end))}`;
  return { start, end, text };
}

function lineBreaks(text: string): string {
  return text.replace(/[^\n\r\u2028\u2029]/g, '');
}

/** The component whose first decorator, or `export`, or `struct` is at `first`. */
function componentAt(source: string, tokens: readonly Token[], first: number): Component | undefined {
  let at = first;
  let kind: string | undefined;
  let exported = '';
  for (; ; at++) {
    const { text } = tokens[at] ?? { text: '' };
    if (text === 'export' || text === 'default') {
      exported += `${text} `;
    } else if (text === '@' && tokens[at + 1]?.kind === 'word') {
      if (functionDecorators.has(tokens[at + 1]!.text)) kind = tokens[at + 1]!.text;
      at = endOfDecorator(tokens, at);
    } else {
      break;
    }
  }
  const [declaration, name] = [tokens[at], tokens[at + 1]];
  if (declaration === undefined || name?.kind !== 'word' || tokens[first - 1]?.text === '.') return undefined;
  const { start } = tokens[first]!;
  const common = { name: name.text, start, exported, declaration: declaration.start };
  if (isStruct(source, tokens, at)) {
    const { depth } = declaration;
    const closing = tokens.find((token, index) => index > at + 2 && token.text === '}' && token.depth === depth);
    return { ...common, what: `struct ${name.text}`, end: closing?.end ?? source.length };
  }
  if (kind === undefined || declaration.text !== 'function') return undefined;
  const opening = bodyOfFunction(tokens, first);
  if (opening === undefined) return undefined;
  const closing = tokens.find(
    (token) => token.start > opening.start && token.text === '}' && token.depth === opening.depth,
  );
  return { ...common, what: `@${kind} ${name.text}`, end: closing?.end ?? source.length };
}

/** The position of the last token of the decorator whose `@` is at `at`. */
function endOfDecorator(tokens: readonly Token[], at: number): number {
  let last = at + 1;
  while (tokens[last + 1]?.text === '.' && tokens[last + 2]?.kind === 'word') last += 2;
  const opening = tokens[last + 1];
  if (opening?.text !== '(') return last;
  const closing = tokens.findIndex(
    ({ text, depth }, index) => index > last + 1 && text === ')' && depth === opening.depth,
  );
  return closing === -1 ? last : closing;
}

/** Whether `struct Name {` stands there, on one line. TypeScript has nothing like it, even where a variable is called `struct`. */
function isStruct(source: string, tokens: readonly Token[], index: number): boolean {
  const [struct, name, brace] = [tokens[index]!, tokens[index + 1], tokens[index + 2]];
  if (struct.kind !== 'word' || struct.text !== 'struct' || name?.kind !== 'word' || brace?.text !== '{') return false;
  return onOneLine(source, struct, name) && tokens[index - 1]?.text !== '.';
}
