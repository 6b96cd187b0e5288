// A reporter of Node's test runner that prints annotations for GitHub Actions: each failed test at its line in the sources.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message

import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The part of the runner's events that is used. */
interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    readonly details?: { readonly error?: TestError };
  };
}

interface TestError extends Error {
  readonly failureType?: string;
}

/** Node takes the reporter from the default export. */
export default async function* githubReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    const error = data.details?.error;
    // A suite fails because of its tests, which have been told.
    if (type !== 'test:fail' || error === undefined || error.failureType === 'subtestsFailed') continue;
    const cause = error.cause as Partial<Error> | undefined;
    yield annotation(data.name ?? 'a test', cause?.message ?? error.message, placeOf(cause?.stack ?? '') ?? data);
  }
}

/** One line. */
function annotation(title: string, message: string, { file, line }: { file?: string; line?: string }): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(shortPath(file))}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ];
  return `::error ${properties.join(',')}::${text(message)}\n`;
}

/** The first line of a stack that is not of Node or of this package. */
function placeOf(stack: string): { file: string; line: string } | undefined {
  const ours = new URL('../', import.meta.url).href;
  for (const [, place, line] of stack.matchAll(
    /^\s+at (?:.*[\s(])?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+)(?::\d+)?\)?$/gm,
  )) {
    const file = place!.startsWith('file:') ? fileURLToPath(place!) : place!;
    if (place!.startsWith(ours) || file.startsWith(fileURLToPath(ours)) || /[\\/]node_modules[\\/]/.test(file))
      continue;
    return { file, line: line! };
  }
  return undefined;
}

function shortPath(path: string): string {
  if (!isAbsolute(path)) return path;
  return relative(process.env.GITHUB_WORKSPACE ?? process.cwd(), path)
    .split(sep)
    .join('/');
}

function text(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
