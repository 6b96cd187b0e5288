// What ArkTS has beyond TypeScript: components, decorators for the device (dropped) and `import lazy`. Components load, since the
// entry of a HAR passes on its pages beside its logic; their use throws (components.ts). Dropped text is overwritten by blanks,
// so that every line keeps its place. `@Concurrent` and `@Sendable` leave a mark behind the opening brace (marks.ts).

import { type Component, componentsIn, replacement } from './components.ts';
import { type Edit, edited } from './edits.ts';
import { registerError } from './errors.ts';
import { marksOf } from './marks.ts';
import { lineOf, type Token } from './tokens.ts';

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
 * @param path        File name for error texts.
 * @param tokens      Tokens of `source`.
 * @param components  Its parts of ArkUI.
 * @param shown       The file name in the texts that go into the source.
 * @returns the source, with blanks for the dropped text, with marks, and with functions that throw for components; every
 *   line keeps its place
 * @throws ERR_ARKTS_UI for decorators of ArkUI on anything but a component; ERR_ARKTS_DECORATOR for an unknown decorator
 */
export function toTypeScript(
  source: string,
  path: string,
  tokens: readonly Token[],
  components: readonly Component[] = componentsIn(source, tokens, path),
  shown = path,
): string {
  const edits: Edit[] = components.map((component) => replacement(component, source, shown));
  for (const [index, token] of tokens.entries()) {
    if (components.some((component) => isPartOf(component, token))) continue;
    const dropped = token.text === '@' ? decorator(source, path, tokens, index) : lazyKeyword(tokens, index);
    if (dropped !== undefined) edits.push({ ...dropped, text: blank(source.slice(dropped.start, dropped.end)) });
  }
  const isOutside = ({ start }: Range) => components.every((one) => start < one.start || start >= one.end);
  edits.push(...marksOf(tokens).filter(isOutside));
  return edited(
    source,
    edits.sort((a, b) => a.start - b.start),
  );
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function isPartOf({ start, end }: Component, token: Token): boolean {
  return token.start >= start && token.end <= end;
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

function blank(text: string): string {
  return text.replace(/[^\n\r\u2028\u2029]/g, ' ');
}
