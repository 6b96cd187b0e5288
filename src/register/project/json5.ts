// Reads the JSON5 files of a project, with the line of each key for error texts.
//
// Momoa parses: of the libraries for JSON5 it is the one that keeps places and repeated keys, and ESLint uses it for its
// own JSON5. It is bundled into this module (scripts/bundle.mjs), since the package has no dependencies.

import { readFileSync } from 'node:fs';
import { evaluate, parse } from '@humanwhocodes/momoa';
import { projectError } from './errors.ts';

/** A value of JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** A member of the outermost object. */
export interface Member {
  readonly name: string;
  readonly value: JsonValue;
  /** `path:line` of the name. */
  readonly where: string;
}

/** A file. */
export interface Json5File {
  readonly path: string;
  /** The outermost object, with the last value of a repeated name. */
  readonly value: JsonObject;
  /** The members of the outermost object as they are written, repeated names included. */
  readonly members: readonly Member[];
  /** The first repeated name in the object that `names` lead to. */
  repeated(...names: readonly string[]): Repeated | undefined;
  /** `path:line` of the name that `names` lead to; `path` if there is none. */
  where(...names: readonly string[]): string;
}

/** A repeated name. */
export interface Repeated {
  readonly name: string;
  /** `path:line` of the first. */
  readonly first: string;
  /** `path:line` of the second. */
  readonly second: string;
}

/** The part of Momoa's nodes that is used. */
interface Tree {
  readonly type: string;
  readonly members?: readonly TreeMember[];
}

interface TreeMember {
  readonly name: {
    readonly value?: string;
    readonly name?: string;
    readonly loc: { readonly start: { line: number } };
  };
  readonly value: Tree;
}

/**
 * Reads a file whose outermost value is an object.
 *
 * @throws ERR_PROJECT_FILE for a file that cannot be read or is not such a JSON5 file
 */
export function readJson5(path: string): Json5File {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw projectError('ERR_PROJECT_FILE', path, `cannot be read (${(error as Error).message})`, 'make it readable');
  }
  return parseJson5(text, path);
}

/** {@link readJson5} of a text. */
export function parseJson5(text: string, path: string): Json5File {
  const body = treeOf(text, path);
  if (body.type !== 'Object' || body.members === undefined) {
    throw projectError('ERR_PROJECT_FILE', path, 'the file is not an object', 'write { … } around its content');
  }
  return {
    path,
    value: valueOfTree(body) as JsonObject,
    members: body.members.map((member) => ({
      name: nameOf(member),
      value: valueOfTree(member.value),
      where: whereOf(member, path),
    })),
    repeated: (...names) => repeatedIn(names.reduce<Tree | undefined>(inner, body), path),
    where: (...names) => find(body, names, path),
  };
}

function treeOf(text: string, path: string): Tree {
  try {
    return parse(text.replace(/^\ufeff/, ' '), { mode: 'json5' }).body;
  } catch (error) {
    const { message, line, column } = error as Error & { line?: number; column?: number };
    const where = line === undefined ? path : `${path}:${line}:${column}`;
    const reason = message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '');
    throw projectError('ERR_PROJECT_FILE', where, `the file is not JSON5 (${reason})`, 'correct it there');
  }
}

function valueOfTree(tree: Tree): JsonValue {
  return evaluate(tree as Parameters<typeof evaluate>[0]) as JsonValue;
}

function nameOf({ name }: TreeMember): string {
  return name.value ?? name.name ?? '';
}

function whereOf({ name }: TreeMember, path: string): string {
  return `${path}:${name.loc.start.line}`;
}

function inner(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.members?.find((member) => nameOf(member) === name)?.value;
}

function repeatedIn(tree: Tree | undefined, path: string): Repeated | undefined {
  const seen = new Map<string, TreeMember>();
  for (const member of tree?.members ?? []) {
    const name = nameOf(member);
    const first = seen.get(name);
    if (first !== undefined) return { name, first: whereOf(first, path), second: whereOf(member, path) };
    seen.set(name, member);
  }
  return undefined;
}

function find(tree: Tree, names: readonly string[], path: string): string {
  const [first, ...rest] = names;
  const member = tree.members?.filter((other) => nameOf(other) === first).at(-1);
  if (member === undefined) return path;
  if (rest.length === 0) return whereOf(member, path);
  const deeper = find(member.value, rest, path);
  return deeper === path ? whereOf(member, path) : deeper;
}

/** The object that `value` is; an empty one if it is something else. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The objects in the list that `value` is; none if it is something else. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(objectOf) : [];
}

/** The text that `value` is; `undefined` for anything else, and for an empty text. */
export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
