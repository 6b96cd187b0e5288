// What ArkTS has beyond TypeScript: components (refused), decorators for the device (dropped) and `import lazy`.
// Dropped text is overwritten by blanks, so that every line and column keeps its place. `@Concurrent` and `@Sendable` leave a
// mark behind the opening brace (marks.ts).

import { registerError } from './errors.ts';
import { withMarks } from './marks.ts';
import { lineOf, onOneLine, type Token } from './tokens.ts';

/** Decorators that have a meaning in ArkUI only. Those of members are not listed, since their `struct` is refused. */
const uiDecorators = new Set([
  'AnimatableExtend',
  'Builder',
  'Component',
  'ComponentV2',
  'CustomDialog',
  'Entry',
  'Extend',
  'LocalBuilder',
  'Preview',
  'Reusable',
  'ReusableV2',
  'Styles',
]);

/**
 * Decorators of logic that change nothing here: they share objects between threads of a device, or track changes for a user
 * interface. `@Monitor` is not among them: its method would never be called, and no error would tell.
 */
const droppedDecorators = new Set([
  'Computed',
  'Concurrent',
  'Observed',
  'ObservedV2',
  'Sendable',
  'Trace',
  'Track',
  'Type',
]);

/**
 * Makes TypeScript of an ArkTS source.
 *
 * @param path    File name for error texts.
 * @param tokens  Tokens of `source`.
 * @returns the source, with blanks for the dropped text, and with marks; every line keeps its place
 * @throws ERR_ARKTS_UI for a component; ERR_ARKTS_DECORATOR for an unknown decorator
 */
export function toTypeScript(source: string, path: string, tokens: readonly Token[]): string {
  refuseComponents(source, path, tokens);
  let result = source;
  for (const [index, token] of tokens.entries()) {
    const dropped = token.text === '@' ? decorator(source, path, tokens, index) : lazyKeyword(tokens, index);
    if (dropped !== undefined) result = blank(result, dropped.start, dropped.end);
  }
  return withMarks(result, tokens);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Looks for a `struct` first: its name tells the author more than the decorator above it. */
function refuseComponents(source: string, path: string, tokens: readonly Token[]): void {
  const struct = tokens.findIndex((_, index) => isStruct(source, tokens, index));
  if (struct !== -1) refuse(tokens[struct]!, `struct ${tokens[struct + 1]!.text}`);
  const component = tokens.findIndex(
    (token, index) => token.text === '@' && uiDecorators.has(tokens[index + 1]?.text ?? ''),
  );
  if (component !== -1) refuse(tokens[component]!, `@${tokens[component + 1]!.text}`);

  function refuse(token: Token, what: string): never {
    throw registerError('ERR_ARKTS_UI', `${path}:${lineOf(source, token.start)}`, what);
  }
}

/** Whether `struct Name {` stands there, on one line. TypeScript has nothing like it, even where a variable is called `struct`. */
function isStruct(source: string, tokens: readonly Token[], index: number): boolean {
  const [struct, name, brace] = [tokens[index]!, tokens[index + 1], tokens[index + 2]];
  if (struct.kind !== 'word' || struct.text !== 'struct' || name?.kind !== 'word' || brace?.text !== '{') return false;
  return onOneLine(source, struct, name) && tokens[index - 1]?.text !== '.';
}

/** The range of the decorator whose `@` is at `index`, with its arguments. */
function decorator(source: string, path: string, tokens: readonly Token[], index: number): Range {
  const [at, name, opening] = [tokens[index]!, tokens[index + 1], tokens[index + 2]];
  if (!droppedDecorators.has(name?.text ?? '') || opening?.text === '.') {
    const where = `${path}:${lineOf(source, at.start)}`;
    throw registerError('ERR_ARKTS_DECORATOR', where, name?.text ?? '', [...droppedDecorators]);
  }
  if (opening?.text !== '(') return { start: at.start, end: name!.end };
  const closing = tokens.findIndex(
    (token, position) => position > index + 2 && token.text === ')' && token.depth === opening.depth,
  );
  return { start: at.start, end: tokens[closing]?.end ?? opening.end };
}

/** The word `lazy` of `import lazy { a } from …` and `import lazy a from …`: here every module is loaded at once. */
function lazyKeyword(tokens: readonly Token[], index: number): Range | undefined {
  const token = tokens[index]!;
  if (token.text !== 'lazy' || token.kind !== 'word' || tokens[index - 1]?.text !== 'import') return undefined;
  const after = tokens[index + 1];
  const isKeyword = after?.text === '{' || (after?.kind === 'word' && after.text !== 'from');
  return isKeyword ? token : undefined;
}

function blank(source: string, start: number, end: number): string {
  return source.slice(0, start) + source.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' ') + source.slice(end);
}
