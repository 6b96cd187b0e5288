// A CPU profile as a flame graph: who called whom across, how much of the time below each as width.

/** As `--cpu-prof` writes it (the protocol of V8's inspector), as far as it is used. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples?: readonly number[];
  /** Microseconds from the sample before. */
  readonly timeDeltas?: readonly number[];
}

/** Calls of one function from one place, with all that it called. */
interface Flame {
  readonly name: string;
  readonly kind: Kind;
  /** Microseconds, those of its callees included. */
  total: number;
  /** Microseconds of its own. */
  own: number;
  readonly callees: Map<string, Flame>;
}

type Kind = 'ours' | 'node' | 'native' | 'collector';

const WIDTH = 1200;
const ROW = 18;
const TOP = 64;
/** Narrower ones are left out. */
const LEAST_WIDTH = 1;
const COLOURS: Record<Kind, string> = { ours: '#e8a33d', node: '#7fb3d5', native: '#b9c0c7', collector: '#d98880' };
const NAMES: Record<Kind, string> = {
  ours: 'this package',
  node: "Node's own JavaScript",
  native: 'native, system calls included',
  collector: 'garbage collection',
};

/**
 * @param last  milliseconds at the end of the profile that are drawn; what was before is the start of the process
 * @returns SVG
 * @throws RangeError when the profile has no samples in that time, or idles through it
 */
export function flameGraph(title: string, profile: CpuProfile, last = Infinity): string {
  const root = collect(profile, last * 1000);
  if (root.total === 0) throw new RangeError(`"${title}": the profile has no time in it`);
  const rectangles: string[] = [];
  let depth = 0;
  const draw = (flame: Flame, x: number, level: number): void => {
    const width = (flame.total / root.total) * WIDTH;
    if (width < LEAST_WIDTH) return;
    depth = Math.max(depth, level);
    rectangles.push(rectangle(flame, root.total, x, width, level));
    let left = x;
    for (const callee of [...flame.callees.values()].sort((a, b) => b.total - a.total)) {
      draw(callee, left, level + 1);
      left += (callee.total / root.total) * WIDTH;
    }
  };
  draw(root, 0, 0);
  const height = TOP + (depth + 1) * ROW + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#222222" role="img" aria-label="${escaped(title)}">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="8" y="22" font-size="15" font-weight="bold">${escaped(title)}</text>
${legend(root)}
${rectangles.join('\n')}
</svg>
`;
}

/** Time by stack. What the process waited is left out. */
function collect({ nodes, samples = [], timeDeltas = [] }: CpuProfile, last: number): Flame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const times = new Map<number, number>();
  let passed = 0;
  for (let index = samples.length - 1; index >= 0 && passed < last; index--) {
    const id = samples[index] as number;
    const time = timeDeltas[index] ?? 0;
    passed += time;
    times.set(id, (times.get(id) ?? 0) + time);
  }
  const root: Flame = { name: 'all', kind: 'native', total: 0, own: 0, callees: new Map() };
  for (const [id, time] of times) {
    const stack: string[][] = [];
    for (let at: number | undefined = id; at !== undefined; at = callers.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame !== undefined && frame.functionName !== '(root)') stack.unshift(labelOf(frame));
    }
    const [leaf] = stack.at(-1) ?? [];
    if (leaf === undefined || leaf === '(idle)' || time <= 0) continue;
    let flame = root;
    flame.total += time;
    for (const [name, kind] of stack as [string, Kind][]) {
      let callee = flame.callees.get(name);
      if (callee === undefined) {
        callee = { name, kind, total: 0, own: 0, callees: new Map() };
        flame.callees.set(name, callee);
      }
      callee.total += time;
      flame = callee;
    }
    flame.own += time;
  }
  return root;
}

function labelOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): [string, Kind] {
  if (functionName === '(garbage collector)') return ['garbage collection', 'collector'];
  if (functionName === '(program)') return ['outside of JavaScript: event loop, system calls', 'native'];
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return [name, 'native'];
  if (url.startsWith('node:')) return [`${name} (${url})`, 'node'];
  // No more of a path than the file: the picture says nothing about the machine.
  return [`${name} (${url.slice(url.lastIndexOf('/') + 1)}:${lineNumber + 1})`, 'ours'];
}

function rectangle({ name, kind, total, own }: Flame, all: number, x: number, width: number, level: number): string {
  const y = TOP + level * ROW;
  const share = `${((total / all) * 100).toFixed(1)} %, ${((own / all) * 100).toFixed(1)} % of its own`;
  const room = Math.floor((width - 6) / 6);
  const text = room < 3 ? '' : name.length > room ? `${name.slice(0, room - 1)}…` : name;
  const label = text === '' ? '' : `<text x="${short(x + 3)}" y="${y + 13}">${escaped(text)}</text>`;
  return `<g><title>${escaped(name)}: ${share}</title><rect x="${short(x)}" y="${y}" width="${short(Math.max(width - 0.5, 0.5))}" height="${ROW - 1}" fill="${COLOURS[kind]}"/>${label}</g>`;
}

/** Colours, and the part of the time that went into functions of each. */
function legend(root: Flame): string {
  const shares = new Map<Kind, number>();
  const add = (flame: Flame): void => {
    shares.set(flame.kind, (shares.get(flame.kind) ?? 0) + flame.own);
    for (const callee of flame.callees.values()) add(callee);
  };
  add(root);
  let x = 8;
  return (Object.keys(COLOURS) as Kind[])
    .map((kind) => {
      const text = `${NAMES[kind]}: ${(((shares.get(kind) ?? 0) / root.total) * 100).toFixed(0)} %`;
      const entry = `<rect x="${x}" y="36" width="12" height="12" fill="${COLOURS[kind]}"/><text x="${x + 17}" y="46">${escaped(text)}</text>`;
      x += 40 + text.length * 6.2;
      return entry;
    })
    .join('\n');
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
