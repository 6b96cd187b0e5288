// TypeScript to JavaScript by Node itself: `module.stripTypeScriptTypes`, from Node 22.13 on. It erases types; enums,
// namespaces and parameter properties need its mode 'transform', which Node 22 and 24 have and Node 26 does not. Neither
// mode leaves out imports that only types use; unused-imports.ts does.

import module from 'node:module';
import { identityMap } from './identity-map.ts';
import { tokenize } from './tokens.ts';
import type { JavaScript, Transformer, TransformFailure } from './transformer.ts';
import { blankUnusedImports } from './unused-imports.ts';

interface Options {
  readonly mode: 'strip' | 'transform';
  readonly sourceMap?: boolean;
  readonly sourceUrl: string;
}

const { stripTypeScriptTypes } = module as { stripTypeScriptTypes?: (source: string, options: Options) => string };

/** The transformer of this Node; `undefined` where it has none. */
export function nodeTransformer(): Transformer | undefined {
  if (stripTypeScriptTypes === undefined) return undefined;
  const run = (source: string, options: Options) => withoutWarning(() => stripTypeScriptTypes(source, options));
  const canTransform = succeeds(() => run('', { mode: 'transform', sourceUrl: '' }));
  return (source, path, url) => {
    try {
      return stripped(run(source, { mode: 'strip', sourceUrl: path }), url);
    } catch (error) {
      const failure = failureOfNode(error);
      if (failure?.kind !== 'unsupported' || !canTransform) throw failure ?? error;
    }
    try {
      return transformed(run(source, { mode: 'transform', sourceMap: true, sourceUrl: path }), url);
    } catch (error) {
      throw failureOfNode(error) ?? error;
    }
  };
}

/** Types have become blanks: each token stands where it stood. */
function stripped(output: string, url: string): JavaScript {
  const code = blankUnusedImports(output.slice(0, output.lastIndexOf('\n\n//# sourceURL=')));
  return { code, map: identityMap(code, tokenize(code), url) };
}

function transformed(output: string, url: string): JavaScript {
  const comment = '\n\n//# sourceMappingURL=data:application/json;base64,';
  const end = output.lastIndexOf(comment);
  const map = JSON.parse(Buffer.from(output.slice(end + comment.length), 'base64').toString());
  return {
    code: blankUnusedImports(output.slice(0, end)),
    map: JSON.stringify({ ...map, sources: [url] }),
  };
}

/**
 * What Node says of a source that it cannot translate. The error has no properties for the place; its stack begins with
 * `path:line`, the lines around, and carets below the one that is meant.
 */
function failureOfNode(error: unknown): TransformFailure | undefined {
  const { code, message, stack } = error as { code?: string; message: string; stack?: string };
  const kind = kinds[code ?? ''];
  if (kind === undefined) return undefined;
  const place = /^.*:(\d+)\n(?:.*\n)*?( *)\^/.exec(stack ?? '');
  return { kind, message, line: Number(place?.[1] ?? 1), column: place?.[2]?.length ?? 0 };
}

const kinds: Readonly<Record<string, TransformFailure['kind']>> = {
  ERR_INVALID_TYPESCRIPT_SYNTAX: 'syntax',
  ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX: 'unsupported',
};

/** Keeps Node's warning that the function is experimental off the terminal: the user did not choose the function. */
function withoutWarning<Result>(work: () => Result): Result {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
