// A reporter for node's test runner that says at the end what its own reporters leave to searching: node's counts, those
// that tests made of their cases (test/support/counts.ts), every skipped test by name with its reason, and what a file
// that timed out was doing. test.mjs prints it last.

import { relative } from 'node:path';

export default async function* summarize(events) {
  const counts = [];
  const skipped = [];
  const failed = [];
  const timedOut = [];
  /** Cases by kind. */
  const cases = new Map();
  /** Names of the tests that have started and not ended, outermost first, of each file. */
  const running = new Map();
  /** As reported: results come in order, each after the start of what it is part of. */
  const reported = [];
  for await (const { type, data } of events) {
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    const path = running.get(file) ?? [];
    if (type === 'test:dequeue') running.set(file, [...path.slice(0, data.nesting), data.name]);
    if (type === 'test:start') reported.splice(data.nesting, Number.POSITIVE_INFINITY, data.name);
    // The file is where `test` was called, which for a shared table of cases says less than the suites do.
    const fullName = reported.slice(0, data.nesting).concat(data.name).join(' › ');
    if (type === 'test:pass' && data.skip !== undefined && data.skip !== false) {
      skipped.push(`${fullName}: ${data.skip === true || data.skip === '' ? 'no reason given' : data.skip}`);
    }
    if (type === 'test:fail') {
      const { failureType } = data.details.error;
      if (failureType === 'testTimeoutFailure') timedOut.push({ file, at: path.join(' › ') });
      else if (failureType !== 'subtestsFailed') failed.push(`${fullName} (${file})`);
    }
    if (type === 'test:complete' && data.nesting > 0) running.set(file, path.slice(0, data.nesting));
    else if (type === 'test:complete' && data.details.error?.failureType !== 'testTimeoutFailure') running.delete(file);
    if (type === 'test:diagnostic' && data.nesting === 0 && /^\w+ [\d.]+$/u.test(data.message)) {
      counts.push(`# ${data.message}`);
    }
    const counted = type === 'test:diagnostic' ? /^counted (?<kind>.+): (?<count>\d+)$/u.exec(data.message) : null;
    if (counted !== null) {
      const { kind, count } = counted.groups;
      cases.set(kind, (cases.get(kind) ?? 0) + Number(count));
    }
  }
  yield `${counts.slice(-8).join('\n')}\n`;
  yield list('counted', [...cases].map(([kind, count]) => `${kind}: ${count.toLocaleString('en-US')}`).sort());
  yield list('skipped', skipped);
  yield list('failed', failed);
  yield list(
    'timed out',
    timedOut.map(({ file, at }) => {
      return `${file}: ${at && at !== file ? `last begun: ${at}` : 'its tests had ended; something was left open'}`;
    }),
  );
}

function list(title, lines) {
  return lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
