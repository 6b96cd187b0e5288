// Patterns of paths: `/chat/:room`. A path is compared segment by segment, each decoded once. Nothing else is made of it: `..`, empty
// segments and upper case are as they are.

import { type WebSocketError, webSocketError } from '../core/errors.ts';

/** Names of the parameters of a pattern. */
export type ParamNames<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamNames<`/${Tail}`>
    : Rest
  : never;

/** The parameters of a path with a pattern: `{ room: string }` for `/chat/:room`. */
export type PathParams<Path extends string> = string extends Path
  ? Readonly<Record<string, string>>
  : { readonly [Name in ParamNames<Path>]: string };

/** A segment that must be the same, or one that may be any but the empty one. */
type Segment = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'parameter'; readonly name: string };

export interface PathPattern {
  /** As it was given. */
  readonly source: string;
  readonly segments: readonly Segment[];
}

const EXPECTED =
  "a path such as '/chat/:room': it begins with /, has no query, and its parameters are complete segments with different names";

/**
 * Reads a pattern.
 *
 * @param option  that has it, for errors
 * @throws WebSocketError ERR_WS_OPTION
 */
export function readPattern(source: string, option: string): PathPattern {
  const refused = (problem: string): WebSocketError =>
    webSocketError('ERR_WS_OPTION', option, source, `${EXPECTED} (${problem})`);
  if (!source.startsWith('/')) throw refused('it begins with another character');
  if (/[?#]/.test(source)) throw refused('it has a ? or a #');
  if (/[\s\p{Cc}\\]/u.test(source)) throw refused('it has white space, a backslash or a control character');
  const names = new Set<string>();
  const segments = source
    .slice(1)
    .split('/')
    .map((part): Segment => {
      if (part.startsWith(':')) {
        const name = part.slice(1);
        if (!/^[A-Za-z_]\w*$/.test(name) || name === '__proto__')
          throw refused(`${part} is not the name of a parameter`);
        if (names.has(name)) throw refused(`${part} is there twice`);
        names.add(name);
        return { kind: 'parameter', name };
      }
      if (/[:*]/.test(part)) throw refused(`${part} has a : or a * inside; write them as %3A and %2A`);
      const text = decoded(part);
      if (text === undefined) throw refused(`${part} has a % that encodes nothing`);
      return { kind: 'text', text };
    });
  return { source, segments };
}

/**
 * The segments of a path, each decoded once.
 *
 * @param path  of a request target, as sent
 * @returns `undefined` for what does not begin with `/`, and for a % that encodes nothing
 */
export function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const part of path.slice(1).split('/')) {
    const text = decoded(part);
    if (text === undefined) return undefined;
    segments.push(text);
  }
  return segments;
}

function decoded(part: string): string | undefined {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Whether segments fit a pattern. */
export function fits({ segments }: PathPattern, path: readonly string[]): boolean {
  if (segments.length !== path.length) return false;
  return segments.every((segment, index) =>
    segment.kind === 'text' ? segment.text === path[index] : path[index] !== '',
  );
}

/** The parameters of segments that fit. */
export function paramsOf({ segments }: PathPattern, path: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  segments.forEach((segment, index) => {
    if (segment.kind === 'parameter') params[segment.name] = path[index] as string;
  });
  return params;
}

/** Orders patterns: where they first differ in kind, the one with a text comes first. 0: they take the same paths. */
export function comparePatterns(first: PathPattern, second: PathPattern): number {
  const length = Math.max(first.segments.length, second.segments.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(first.segments[index]).localeCompare(rank(second.segments[index]));
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Texts before parameters. The character behind all others stands for a parameter. */
function rank(segment: Segment | undefined): string {
  if (segment === undefined) return '';
  return segment.kind === 'text' ? `1${segment.text}` : '2';
}
