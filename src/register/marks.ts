// What remains of `@Concurrent` and `@Sendable`, which `taskpool` asks for: the directive "use concurrent" in the function, as
// the compiler of a device writes it, and a static property of the class. A mark stands right behind the opening brace, so
// that lines keep their place, and columns unless the body begins on that line.

import type { Edit } from './edits.ts';
import type { Token } from './tokens.ts';

const DIRECTIVE = '"use concurrent";';
/** Its name is known to `src/kits/sendable.ts`, too. */
const SENDABLE = 'static{Object.defineProperty(this,Symbol.for("harmony-websocket.sendable"),{value:true});}';

/** Tokens before a brace that belongs to a type. */
const beforeType = new Set([':', '|', '&', '=>', '<', ',', '(', '[', '?', 'extends', 'is', 'keyof', 'readonly']);

/** The marks of a source, in their order. */
export function marksOf(tokens: readonly Token[]): Edit[] {
  const marks: Edit[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.text !== '@') continue;
    const name = tokens[index + 1]?.text;
    const brace =
      name === 'Concurrent'
        ? bodyOfFunction(tokens, index)
        : name === 'Sendable'
          ? bodyOfClass(tokens, index)
          : undefined;
    if (brace === undefined) continue;
    marks.push({ start: brace.end, end: brace.end, text: name === 'Concurrent' ? DIRECTIVE : SENDABLE });
  }
  return marks;
}

/** The position of the word that declares what a decorator is for, if it is this one. */
function declarationAfter(tokens: readonly Token[], decorator: number, word: 'function' | 'class'): number | undefined {
  const { depth } = tokens[decorator]!;
  for (let at = decorator + 1; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.depth !== depth) continue; // The parameters of a decorator.
    if (token.text === word) return at;
    if (token.text === '{' || token.text === ';' || token.text === 'function' || token.text === 'class')
      return undefined;
  }
  return undefined;
}

/** The opening brace of the function that a decorator is for. */
export function bodyOfFunction(tokens: readonly Token[], decorator: number): Token | undefined {
  const declaration = declarationAfter(tokens, decorator, 'function');
  if (declaration === undefined) return undefined;
  const { depth } = tokens[declaration]!;
  const opening = tokens.findIndex((token, at) => at > declaration && token.text === '(' && token.depth === depth);
  const closing = tokens.findIndex((token, at) => at > opening && token.text === ')' && token.depth === depth);
  if (opening === -1 || closing === -1) return undefined;
  return tokens.find(
    (token, at) => at > closing && token.text === '{' && token.depth === depth && !beforeType.has(tokens[at - 1]!.text),
  );
}

/** The opening brace of a class. */
function bodyOfClass(tokens: readonly Token[], decorator: number): Token | undefined {
  const declaration = declarationAfter(tokens, decorator, 'class');
  if (declaration === undefined) return undefined;
  const { depth } = tokens[declaration]!;
  return tokens.find(
    (token, at) =>
      at > declaration && token.text === '{' && token.depth === depth && !beforeType.has(tokens[at - 1]!.text),
  );
}
