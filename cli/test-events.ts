// The events of Node's test runner as people want them told: a failure at its line in the sources, without the frames of this
// package, and coverage of the sources only.
// https://nodejs.org/api/test.html#class-testsstream

import { fileURLToPath } from 'node:url';

/** The part of an event that is used. */
export interface TestEvent {
  readonly type: string;
  /** Absent of events of `--watch`. */
  readonly data?: EventData;
}

interface EventData {
  readonly name?: string;
  readonly file?: string | undefined;
  readonly line?: number;
  readonly column?: number;
  readonly details?: { readonly error?: TestError };
  readonly summary?: Coverage;
}

interface TestError extends Error {
  readonly failureType?: string;
}

interface Coverage {
  readonly files: readonly Covered[];
  readonly totals: Covered;
}

/** Counts of lines, branches and functions, for a file or for all. */
interface Covered {
  readonly path?: string;
  readonly [count: string]: unknown;
}

/** A place in a source. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What this package consists of, in an installed package and in a checkout. */
const ours = new URL('../', import.meta.url).href;
const ourFolder = fileURLToPath(ours);

/** The events, corrected. */
export async function* corrected(source: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of source) {
    const { type, data } = event;
    if (data === undefined) yield event;
    else if (type === 'test:fail') yield { ...event, data: { ...data, ...placeOfFailure(data) } };
    else if (data.summary !== undefined) yield { ...event, data: { ...data, summary: ofSources(data.summary) } };
    else yield event;
  }
}

/** Where a test failed, of what was thrown. It loses the frames that are not of the application. */
function placeOfFailure({ file, details }: EventData): Partial<Place> | { file: undefined } {
  const cause = details?.error?.cause as { stack?: unknown } | undefined;
  const stack = typeof cause?.stack === 'string' ? cause.stack : '';
  const place = placeOf(stack);
  // The property cannot be set where the error came from another process.
  if (cause !== undefined && stack !== '') Reflect.defineProperty(cause, 'stack', { value: withoutOurs(stack) });
  if (place !== undefined) return place;
  return file?.startsWith(ourFolder) ? { file: undefined } : {};
}

function withoutOurs(stack: string): string {
  const lines = stack.split('\n');
  const isOurs = (line: string) => /^\s+at /.test(line) && (line.includes(ours) || line.includes(ourFolder));
  return lines.filter((line) => !isOurs(line)).join('\n');
}

/** The first place of a stack that is not of Node or of this package. */
export function placeOf(stack: string): Place | undefined {
  for (const [, place, line, column] of stack.matchAll(
    /^\s+at (?:.*[\s(])?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+)(?::(\d+))?\)?$/gm,
  )) {
    const file = place!.startsWith('file:') ? fileURLToPath(place!) : place!;
    if (file.startsWith(ourFolder) || /[\\/]node_modules[\\/]/.test(file)) continue;
    return { file, line: Number(line), column: Number(column ?? 1) };
  }
  return undefined;
}

/** Coverage without the files of tests and of packages. Node 20, and 22 before 22.5, cannot leave files out. */
function ofSources(coverage: Coverage): Coverage {
  const files = coverage.files.filter(({ path = '' }) => isSource(path));
  if (files.length === coverage.files.length) return coverage;
  return { ...coverage, files, totals: { ...coverage.totals, ...sumOf(files) } };
}

function isSource(path: string): boolean {
  return !path.startsWith(ourFolder) && !path.endsWith('.test.ets') && !/[\\/](?:node|oh)_modules[\\/]/.test(path);
}

function sumOf(files: readonly Covered[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const kind of ['Line', 'Branch', 'Function']) {
    const [total, covered] = [`total${kind}Count`, `covered${kind}Count`].map((name) => {
      return files.reduce((sum, file) => sum + Number(file[name] ?? 0), 0);
    }) as [number, number];
    sums[`total${kind}Count`] = total;
    sums[`covered${kind}Count`] = covered;
    sums[`covered${kind}Percent`] = total === 0 ? 100 : (covered / total) * 100;
  }
  return sums;
}
