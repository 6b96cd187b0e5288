// Charts as standalone SVG text, for the results of benchmarks and long runs in docs/: lines over time or size, grouped
// bars, and several of them below each other. The background is white, so that a page in dark colours shows the same.
//
// Own code: no library that draws without a browser does the same. Observable Plot makes a standalone SVG of the axes, but
// title and legend are HTML around it, and with the DOM that it needs (linkedom) it brings 62 packages. ECharts is 67 MB.

/** What is measured along an axis. */
export interface Axis {
  /** With its unit, e.g. `heap, MiB`. */
  readonly label: string;
  /** Default `linear`, which begins at 0. `log` has a tick for each power of ten and wants values above 0. */
  readonly scale?: 'linear' | 'log' | undefined;
}

export interface Line {
  /** For the legend. */
  readonly name: string;
  /** `[x, y]`, by x. */
  readonly points: readonly (readonly [number, number])[];
  /** For a line that was not measured: a bound, a fit. */
  readonly isDashed?: boolean | undefined;
}

export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

export interface Bar {
  /** For the legend; bars of one name have one colour. */
  readonly name: string;
  readonly value: number;
  /** Least and greatest of the measurements, drawn as a whisker. */
  readonly range?: readonly [number, number] | undefined;
}

/** Horizontal bars, group below group. */
export interface BarChart {
  readonly title: string;
  readonly value: Axis;
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
}

const WIDTH = 880;
const PLOT_HEIGHT = 220;
const MARGIN = { top: 56, right: 24, bottom: 46, left: 76 };
const BAR_HEIGHT = 15;
/** Okabe and Ito's colours, which people with any kind of colour vision tell apart, and two greys. */
const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#000000',
  '#f0e442',
  '#888888',
  '#cccccc',
];
/** From one line of the legend to the next. */
const LEGEND_LINE = 16;

/** @throws RangeError when there is nothing to draw, or a number is not finite */
export function lineChart(chart: LineChart): string {
  return document(chart.title, drawLines(chart));
}

/** @throws RangeError when there is nothing to draw, or a number is not finite */
export function barChart(chart: BarChart): string {
  return document(chart.title, drawBars(chart));
}

/** Charts below each other in one picture, which `title` tells those who cannot see it. */
export function stackedCharts(title: string, charts: readonly LineChart[]): string {
  const drawings = charts.map(drawLines);
  let height = 0;
  const parts = drawings.map((drawing) => {
    const part = `<g transform="translate(0 ${height})">\n${drawing.content}\n</g>`;
    height += drawing.height;
    return part;
  });
  return document(title, { height, content: parts.join('\n') });
}

interface Drawing {
  readonly height: number;
  readonly content: string;
}

function drawLines({ title, x, y, lines }: LineChart): Drawing {
  const points = lines.flatMap((line) => line.points);
  const right = WIDTH - MARGIN.right;
  const { content, extra } = legend(lines.map((line) => line.name));
  const top = MARGIN.top + extra;
  const bottom = top + PLOT_HEIGHT;
  const across = scaleOf(
    x,
    title,
    [MARGIN.left, right],
    points.map(([at]) => at),
    8,
  );
  const up = scaleOf(
    y,
    title,
    [bottom, top],
    points.map(([, value]) => value),
    5,
  );
  const parts = [heading(title), content];
  for (const tick of up.ticks) {
    parts.push(rule(MARGIN.left, up.at(tick), right, up.at(tick), '#dddddd'));
    parts.push(text(MARGIN.left - 8, up.at(tick) + 4, format(tick), 'text-anchor="end"'));
  }
  for (const tick of across.ticks) {
    parts.push(rule(across.at(tick), bottom, across.at(tick), bottom + 5, '#555555'));
    parts.push(text(across.at(tick), bottom + 19, format(tick), 'text-anchor="middle"'));
  }
  parts.push(rule(MARGIN.left, bottom, right, bottom, '#555555'));
  parts.push(text((MARGIN.left + right) / 2, bottom + 37, x.label, 'text-anchor="middle"'));
  const middle = (top + bottom) / 2;
  parts.push(text(18, middle, y.label, `text-anchor="middle" transform="rotate(-90 18 ${middle})"`));
  for (const [index, line] of lines.entries()) {
    const path = line.points.map(([at, value]) => `${short(across.at(at))},${short(up.at(value))}`).join(' ');
    const dashes = line.isDashed === true ? ' stroke-dasharray="6 4"' : '';
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour(index)}" stroke-width="1.5"${dashes}/>`);
  }
  return { height: bottom + MARGIN.bottom, content: parts.join('\n') };
}

function drawBars({ title, value, groups }: BarChart): Drawing {
  const bars = groups.flatMap((group) => group.bars);
  const names = [...new Set(bars.map((bar) => bar.name))];
  const left = MARGIN.left;
  // Room for the number behind the longest bar.
  const right = WIDTH - MARGIN.right - 60;
  const scale = scaleOf(
    value,
    title,
    [left, right],
    bars.flatMap((bar) => [bar.value, ...(bar.range ?? [])]),
    6,
  );
  const { content, extra } = legend(names);
  const parts = [heading(title), content];
  let y = MARGIN.top + extra;
  for (const { name, bars: members } of groups) {
    parts.push(text(left, y + 14, name, 'font-weight="bold"'));
    y += 20;
    for (const { name: series, value: amount, range } of members) {
      const end = scale.at(amount);
      const [low, high] = range ?? [amount, amount];
      const size = `width="${short(end - left)}" height="${BAR_HEIGHT - 3}"`;
      parts.push(`<rect x="${left}" y="${y}" ${size} fill="${colour(names.indexOf(series))}"/>`);
      if (range !== undefined) {
        parts.push(rule(scale.at(low), y + BAR_HEIGHT / 2 - 1.5, scale.at(high), y + BAR_HEIGHT / 2 - 1.5, '#222222'));
      }
      parts.push(text(Math.max(end, scale.at(high)) + 6, y + BAR_HEIGHT - 4, format(amount)));
      y += BAR_HEIGHT;
    }
    y += 10;
  }
  parts.push(rule(left, y, right, y, '#555555'));
  for (const tick of scale.ticks) {
    parts.push(rule(scale.at(tick), y, scale.at(tick), y + 5, '#555555'));
    parts.push(text(scale.at(tick), y + 19, format(tick), 'text-anchor="middle"'));
  }
  parts.push(text((left + right) / 2, y + 37, value.label, 'text-anchor="middle"'));
  return { height: y + MARGIN.bottom, content: parts.join('\n') };
}

interface Scale {
  readonly ticks: readonly number[];
  /** Where a value lies, in pixels. */
  at(value: number): number;
}

function scaleOf(axis: Axis, title: string, pixels: readonly [number, number], values: number[], count: number): Scale {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new RangeError(
      `"${title}": ${axis.label} has ${values.length === 0 ? 'no values' : 'a value that is not finite'}`,
    );
  }
  const [from, to] = pixels;
  if (axis.scale === 'log') {
    const least = values.reduce((a, b) => Math.min(a, b));
    if (least <= 0) throw new RangeError(`"${title}": ${axis.label} has ${least}, which a log scale cannot show`);
    const first = Math.floor(Math.log10(least));
    const last = Math.max(first + 1, Math.ceil(Math.log10(values.reduce((a, b) => Math.max(a, b)))));
    const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
    return { ticks, at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from) };
  }
  const ticks = roundTicks(
    values.reduce((a, b) => Math.min(a, b), 0),
    values.reduce((a, b) => Math.max(a, b), 0),
    count,
  );
  const low = ticks[0] as number;
  const high = ticks.at(-1) as number;
  return { ticks, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

/** About `count` numbers of the form 1, 2 or 5 × 10ⁿ apart, around `low` and `high`. */
function roundTicks(low: number, high: number, count: number): number[] {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = power * ([1, 2, 5].find((factor) => span / (factor * power) <= count) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function document(title: string, { height, content }: Drawing): string {
  const style = 'font-family="system-ui, sans-serif" font-size="12" fill="#222222"';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ${style} role="img">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${content}
</svg>
`;
}

function heading(title: string): string {
  return text(MARGIN.left, 22, title, 'font-size="15" font-weight="bold"');
}

/** @returns the names with their colours, and the height of the lines beyond the first */
function legend(names: readonly string[]): { content: string; extra: number } {
  let x = MARGIN.left;
  let extra = 0;
  const entries = names.map((name, index) => {
    const width = 34 + name.length * 7;
    if (x > MARGIN.left && x + width > WIDTH) {
      x = MARGIN.left;
      extra += LEGEND_LINE;
    }
    const square = `<rect x="${x}" y="${33 + extra}" width="12" height="10" fill="${colour(index)}"/>`;
    const entry = `${square}\n${text(x + 17, 42 + extra, name)}`;
    x += width;
    return entry;
  });
  return { content: entries.join('\n'), extra };
}

function rule(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" stroke="${stroke}"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${short(x)}" y="${short(y)}"${attributes && ` ${attributes}`}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] as string;
}

/** A coordinate to a tenth of a pixel: the files stay small. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function format(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
