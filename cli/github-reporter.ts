// A reporter of Node's test runner that prints annotations for GitHub Actions: each failed test at its line in the sources.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message

import { isAbsolute, relative, sep } from 'node:path';
import { corrected, placeOf, type TestEvent } from './test-events.ts';

/** Node takes the reporter from the default export. */
export default async function* githubReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of corrected(source)) {
    const error = data?.details?.error;
    // A suite fails because of its tests, which have been told.
    if (type !== 'test:fail' || data === undefined || error === undefined || error.failureType === 'subtestsFailed')
      continue;
    const cause = error.cause as Partial<Error> | undefined;
    yield annotation(data.name ?? 'a test', cause?.message ?? error.message, placeOf(cause?.stack ?? '') ?? data);
  }
}

/** One line. */
function annotation(
  title: string,
  message: string,
  { file, line }: { readonly file?: string | undefined; readonly line?: number },
): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(shortPath(file))}`]),
    ...(file === undefined || line === undefined ? [] : [`line=${line}`]),
    `title=${property(title)}`,
  ];
  return `::error ${properties.join(',')}::${text(message)}\n`;
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
