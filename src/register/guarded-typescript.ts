// Guards for absent names in files that others translate (tsx, Vite, esbuild): in their TypeScript before they see it, or in
// the JavaScript that they made of it. Such a file stays theirs: nothing but the uses of absent names changes.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { mayImportDevice, moduleImports, moduleUses } from './device-imports.ts';
import { rememberUses } from './device-module.ts';
import { decodeMappings, type Edit, edited, editedMap } from './edits.ts';
import { type GuardedFile, guardsOf } from './guards.ts';
import { identityMap } from './identity-map.ts';
import { tokenize } from './tokens.ts';
import { toJavaScript } from './transform.ts';

/** A text and its source map, as JSON. */
export interface GuardedText {
  readonly code: string;
  readonly map: string;
}

/**
 * A TypeScript source that throws where it uses an absent name; `undefined` where nothing changes, which includes files that
 * our transformer cannot read.
 *
 * @param path   path of the file
 * @param name   the file's name in the source map
 * @param shown  makes a path one for error texts
 */
export function guardTypeScript(
  source: string,
  path: string,
  name: string,
  shown = (path: string): string => path,
): GuardedText | undefined {
  const tokens = mayImportDevice(source) ? tokenize(source) : [];
  const imports = moduleImports(tokens);
  rememberUses(path, moduleUses(source, tokens, imports));
  const file = { path, source, imports, shown };
  // In types, too, a name looks like a use: this only tells whether there is anything to look for.
  if (guardsOf(tokens, file) === undefined) return undefined;
  const translated = readable(source, path);
  if (translated === undefined) return undefined;
  const guards = guardsOf(tokenize(translated.code), file);
  if (guards === undefined) return undefined;
  const edits = inSource(guards.edits, translated, source);
  return {
    code: `${edited(source, edits)}\n${guards.tail}`,
    map: editedMap(identityMap(source, tokens, name), source, edits),
  };
}

function readable(source: string, path: string): GuardedText | undefined {
  try {
    return toJavaScript(source, path, path);
  } catch {
    return undefined; // The tool that the file belongs to reports mistakes, and may know more syntax.
  }
}

/** Edits of the translated text as edits of the source. Those whose word is not found there are left out. */
function inSource(edits: readonly Edit[], { code, map }: GuardedText, source: string): Edit[] {
  const lines = decodeMappings((JSON.parse(map) as { mappings: string }).mappings);
  const [codeStarts, sourceStarts] = [lineStarts(code), lineStarts(source)];
  const found: Edit[] = [];
  for (const { start, end, text } of edits) {
    const line = codeStarts.filter((lineStart) => lineStart <= start).length - 1;
    const segment = lines[line]?.find(([column]) => column === start - codeStarts[line]!);
    const sourceStart = sourceStarts[segment?.[2] ?? -1];
    if (sourceStart === undefined) continue;
    const at = sourceStart + segment![3]!;
    const word = code.slice(start, end);
    if (source.startsWith(word, at)) found.push({ start: at, end: at + word.length, text });
  }
  return found.sort((left, right) => left.start - right.start);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** What a load hook passes on. */
interface Loaded {
  readonly source?: unknown;
}

/** A file that another hook loaded, with guards: in its TypeScript, where that hook translates later, or in its JavaScript. */
export function guardLoaded<Module>(url: string, loaded: Module): Module {
  const { source: given } = (loaded ?? {}) as Loaded;
  if (typeof given !== 'string' && !types.isUint8Array(given)) return loaded;
  const path = fileURLToPath(url);
  const source = readFileSync(path, 'utf8');
  if (!mayImportDevice(source)) return loaded;
  const code = typeof given === 'string' ? given : new TextDecoder().decode(given);
  const guarded = code === source ? guardTypeScript(source, path, url)?.code : guardJavaScript(code, source, path);
  return guarded === undefined ? loaded : { ...loaded, source: guarded };
}

const inlineMapPattern = /\n\/\/# sourceMappingURL=data:application\/json[\w;=-]*;base64,([\w+/=]+)\s*$/;

/** The JavaScript that another hook made of a source. */
function guardJavaScript(code: string, source: string, path: string): string | undefined {
  const imports = moduleImports(tokenize(source));
  const file: GuardedFile = { path, source, imports, shown: (path) => path };
  const guards = guardsOf(tokenize(code), file);
  if (guards === undefined) return undefined;
  const comment = inlineMapPattern.exec(code);
  if (comment === null) return `${edited(code, guards.edits)}\n${guards.tail}`;
  const body = code.slice(0, comment.index);
  const map = editedMap(Buffer.from(comment[1]!, 'base64').toString(), body, guards.edits);
  const newComment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  return `${edited(body, guards.edits)}\n${guards.tail}${newComment}`;
}
