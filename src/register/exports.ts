// Exported names of a module, read from its tokens. They tell whether a file is an ES module, and which of its exports
// exist for the type checker only.

import { namesIn } from './device-imports.ts';
import type { Token } from './tokens.ts';

/** Whether the syntax of the file makes it an ES module: `export`, `import … from`, `import '…'`, `import.meta`. */
export function hasModuleSyntax(tokens: readonly Token[]): boolean {
  return tokens.some((token, index) => {
    if (token.kind !== 'word' || tokens[index - 1]?.text === '.') return false;
    if (token.text === 'export') return token.depth === 0;
    if (token.text !== 'import') return false;
    const next = tokens[index + 1]?.text;
    return next === '.' || (token.depth === 0 && next !== '(');
  });
}

/**
 * Names that `source` exports and `output`, the JavaScript made of it, does not: interfaces, type aliases, `declare`d
 * names, namespaces without values.
 *
 * ArkTS sees the whole program, so another file may write `export { Message } from './message'` for an interface. That file
 * by itself does not show that `Message` is a type, so the statement stays, and Node would fail to link it. Therefore such a
 * name exists at run time, with the value `undefined`.
 */
export function typeOnlyExports(source: readonly Token[], output: readonly Token[]): string[] {
  const values = exportedNames(output);
  return [...exportedNames(source)].filter((name) => !values.has(name));
}

/** Whether a module of JavaScript has a default export. */
export function hasDefaultExport(tokens: readonly Token[]): boolean {
  return exportedNames(tokens).has('default');
}

/** Statement that exports each of `names` with the value `undefined`; empty without names. */
export function placeholderExports(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `const $typeOnly = undefined; export { ${names.map((name) => `$typeOnly as ${name}`).join(', ')} };\n`;
}

const modifiers = new Set(['abstract', 'async', 'declare', 'const', 'let', 'var', 'function', 'class', 'enum']);
const typeHeads = new Set(['interface', 'type', 'namespace', 'module', 'struct']);

/**
 * Names after `export` at the top level. Of a declaration it knows the first name: further declarators and patterns
 * (`export const { a, b } = …`) are values in the source and in the output alike, so leaving them out of both is right.
 */
export function exportedNames(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  for (const [index, token] of tokens.entries()) {
    if (token.text === 'export' && token.kind === 'word' && token.depth === 0 && tokens[index - 1]?.text !== '.') {
      for (const name of namesAt(tokens, index + 1)) names.add(name);
    }
  }
  return names;
}

/** The names of the export statement whose first token after `export` is at `index`. */
function namesAt(tokens: readonly Token[], index: number): string[] {
  const text = (position: number) => tokens[position]?.text;
  if (text(index) === 'default') return ['default'];
  if (text(index) === '*') return text(index + 1) === 'as' ? [text(index + 2)!] : [];
  if (text(index) === '{') return namesInBraces(tokens, index);
  if (text(index) === 'type' && text(index + 1) === '{') return namesInBraces(tokens, index + 1);
  if (text(index) === 'type' && text(index + 1) === '*') return [];
  let position = index;
  while (modifiers.has(text(position) ?? '') || text(position) === '*') position++;
  if (typeHeads.has(text(position) ?? '') && tokens[position + 1]?.kind === 'word') position++;
  const name = tokens[position];
  return name?.kind === 'word' ? [name.text] : [];
}

/** `{ a, b as c, type D, type E as F, default as G }`: the word before each comma and before the closing brace. */
function namesInBraces(tokens: readonly Token[], opening: number): string[] {
  const names: string[] = [];
  for (let index = opening + 1; index < tokens.length; index++) {
    const { text } = tokens[index]!;
    const before = tokens[index - 1]!;
    if ((text === ',' || text === '}') && before.kind === 'word') names.push(before.text);
    if (text === '}') break;
  }
  return names;
}

/** The variables that a file exports by a list, or as its default, by the name of the export. */
export function exportedVariables(tokens: readonly Token[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [index, { text, kind, depth }] of tokens.entries()) {
    if (text !== 'export' || kind !== 'word' || depth !== 0) continue;
    const [next, after] = [tokens[index + 1], tokens[index + 2]];
    if (next?.text === 'default' && after?.kind === 'word') found.set('default', after.text);
    if (next?.text !== '{') continue;
    const end = tokens.findIndex((token, at) => at > index && token.text === '}' && token.depth === 0);
    if (tokens[end + 1]?.text === 'from') continue;
    for (const { name, local } of namesIn(tokens.slice(index + 1, end + 1))) found.set(local, name);
  }
  return found;
}
