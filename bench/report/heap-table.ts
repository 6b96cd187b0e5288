// What the JavaScript of a connection consists of: two heap snapshots of V8, before and after many connections, by constructor.

import { number } from './numbers.ts';

/** As much of a `.heapsnapshot` as is used here. */
export interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly (readonly string[] | string)[];
    };
  };
  /** As many numbers for each object as there are fields. */
  readonly nodes: readonly number[];
  readonly strings: readonly string[];
}

export interface Content {
  readonly objects: number;
  readonly bytes: number;
}

/** Objects and bytes by what they are: the constructor of objects, the kind of everything else. */
export function contentsOf({ snapshot, nodes, strings }: HeapSnapshot): Map<string, Content> {
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const kinds = types[type] as readonly string[];
  const contents = new Map<string, Content>();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = kinds[nodes[at + type] as number] as string;
    const given = strings[nodes[at + name] as number] as string;
    const key =
      kind === 'object' ? given : kind === 'closure' ? `function ${given}` : kind === 'native' ? given : `(${kind})`;
    const { objects, bytes } = contents.get(key) ?? { objects: 0, bytes: 0 };
    contents.set(key, { objects: objects + 1, bytes: bytes + (nodes[at + size] as number) });
  }
  return contents;
}

/** Bytes for each connection below which a line says nothing. */
const LEAST = 2;

/** @returns a table of the objects that each of so many connections added, the most bytes first */
export function heapTable(before: HeapSnapshot, after: HeapSnapshot, connections: number): string {
  const earlier = contentsOf(before);
  const added = [...contentsOf(after)].map(([name, { objects, bytes }]) => {
    const old = earlier.get(name) ?? { objects: 0, bytes: 0 };
    return { name, objects: (objects - old.objects) / connections, bytes: (bytes - old.bytes) / connections };
  });
  const total = added.reduce((sum, { bytes }) => sum + bytes, 0);
  const shown = added.filter(({ bytes }) => Math.abs(bytes) >= LEAST).sort((a, b) => b.bytes - a.bytes);
  return [
    '| | objects per connection | bytes per connection |',
    '|---|---:|---:|',
    ...shown.map(
      ({ name, objects, bytes }) => `| \`${name.replaceAll('|', '/')}\` | ${number(objects)} | ${number(bytes)} |`,
    ),
    `| all | | ${number(total)} |`,
  ].join('\n');
}
