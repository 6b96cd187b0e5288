// A reporter for node's test runner that writes down which rows of the kit specification the passing tests show: a line
// of JSON for each such test. Rows stand in square brackets in the name of a test, or of a suite for all of its tests.
// kit-coverage.ts reads the lines.

import { relative } from 'node:path';

const tag = /\s*\[((?:kit §|[SQ]\d)[^\]]*)\]/gu;

export default async function* reportRows(events) {
  /** Names as reported, outermost first: results come in order, each after the start of what it is part of. */
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') path.splice(data.nesting, Number.POSITIVE_INFINITY, data.name);
    if (type !== 'test:pass' || data.details.type === 'suite' || isSet(data.skip) || isSet(data.todo)) continue;
    const names = path.slice(0, data.nesting).concat(data.name);
    const rows = names.flatMap((name) => [...name.matchAll(tag)].flatMap((match) => match[1].split(/\s*;\s*/u)));
    if (rows.length === 0) continue;
    const file = relative(process.cwd(), data.file ?? '').replaceAll('\\', '/');
    yield `${JSON.stringify({ file, name: names.map((name) => name.replaceAll(tag, '')).join(' › '), rows })}\n`;
  }
}

/** `skip: ''` is a skip without a reason. */
function isSet(mark) {
  return mark !== undefined && mark !== false;
}
