// A CPU profile of V8 as a picture, SVG: each box is a function, below its callers, as wide as its time. The libraries that do
// this draw with scripts in a page, or into files of megabytes; this one is to be shown in a document.

/** As much of a `.cpuprofile` as is used here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** Ids of nodes, one for each sample. */
  readonly samples: readonly number[];
  /** Microseconds from a sample to the next. */
  readonly timeDeltas: readonly number[];
}

/** Functions of one name in one file, with all that they call. */
export interface Box {
  readonly name: string;
  /** Whose code it is. */
  readonly origin: 'package' | 'node' | 'native' | 'script';
  /** Microseconds, with those of `children`. */
  time: number;
  readonly children: Map<string, Box>;
}

/**
 * Sums the samples of a profile's end.
 *
 * @param milliseconds  before the end of the profile, from which samples count
 * @returns the root, whose time is that of all; a process that waits is left out
 */
export function boxesOf({ nodes, samples, timeDeltas }: CpuProfile, milliseconds: number): Box {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const root: Box = { name: 'all', origin: 'native', time: 0, children: new Map() };
  let left = milliseconds * 1000;
  for (let index = samples.length - 1; index >= 0 && left > 0; index--) {
    const time = timeDeltas[index] as number;
    left -= time;
    const path: number[] = [];
    for (let id = samples[index]; id !== undefined; id = parents.get(id)) path.push(id);
    const leaf = byId.get(path[0] as number)?.callFrame.functionName;
    if (leaf === '(idle)') continue;
    root.time += time;
    let box = root;
    // Without V8's own root.
    for (const id of path.reverse().slice(1)) {
      const { name, origin } = named(byId.get(id)?.callFrame ?? { functionName: '', url: '' });
      let inner = box.children.get(name);
      if (inner === undefined) {
        inner = { name, origin, time: 0, children: new Map() };
        box.children.set(name, inner);
      }
      inner.time += time;
      box = inner;
    }
  }
  return root;
}

/** Without the folders of this machine. */
function named({ functionName, url }: { functionName: string; url: string }): Pick<Box, 'name' | 'origin'> {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return { name, origin: 'native' };
  if (url.startsWith('node:')) return { name: `${name} ${url}`, origin: 'node' };
  const [, ours] = /\/dist\/(.*)$/.exec(url) ?? [];
  if (ours !== undefined) return { name: `${name} ${ours}`, origin: 'package' };
  return { name: `${name} ${url.slice(url.lastIndexOf('/') + 1)}`, origin: 'script' };
}

const COLOURS = { package: '#f6b26b', node: '#a4c2f4', native: '#d5a6bd', script: '#b6d7a8' };
const LEGEND = { package: 'this package', node: 'Node.js', native: 'native code, V8', script: 'the benchmark' };

const WIDTH = 1200;
const ROW = 18;
const TOP = 52;
/** Of a character, about; text that does not fit is cut. */
const CHARACTER = 6.2;
/** Bytes of a picture. */
const MOST = 200_000;

/** @returns a standalone SVG of at most 200 kB; narrow boxes are left out */
export function flameGraph(title: string, root: Box): string {
  for (let least = 1; ; least *= 1.5) {
    const svg = drawn(title, root, least);
    if (Buffer.byteLength(svg) <= MOST) return svg;
  }
}

/** @param least  width of a box that is drawn */
function drawn(title: string, root: Box, least: number): string {
  const parts: string[] = [];
  let depth = 0;
  const draw = (box: Box, x: number, level: number): void => {
    const width = (box.time / root.time) * WIDTH;
    if (!(width >= least)) return;
    depth = Math.max(depth, level + 1);
    const y = TOP + level * ROW;
    const share = `${((box.time / root.time) * 100).toFixed(1)} %`;
    const text = box.name.slice(0, Math.max(0, Math.floor((width - 6) / CHARACTER)));
    parts.push(
      `<g><title>${escaped(`${box.name}: ${share}`)}</title>` +
        `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${COLOURS[box.origin]}" stroke="#fff" stroke-width="0.5"/>` +
        `${text.length < 3 ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 13}">${escaped(text)}</text>`}</g>`,
    );
    let at = x;
    for (const child of [...box.children.values()].sort((a, b) => b.time - a.time)) {
      draw(child, at, level + 1);
      at += (child.time / root.time) * WIDTH;
    }
  };
  draw(root, 0, 0);
  const legend = (Object.keys(COLOURS) as (keyof typeof COLOURS)[]).map(
    (origin, index) =>
      `<rect x="${8 + index * 150}" y="30" width="12" height="12" fill="${COLOURS[origin]}"/><text x="${25 + index * 150}" y="40">${LEGEND[origin]}</text>`,
  );
  const height = TOP + depth * ROW + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="20" font-size="15">${escaped(title)}</text>`,
    ...legend,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
