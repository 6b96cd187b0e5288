// The reporters of Node's test runner, for the tests of an app: `reporter.js?spec`. They are told the corrected events, and a
// run without a test fails, as the filter has a mistake then, or the files of tests have.

import { Readable, type Transform } from 'node:stream';
import * as reporters from 'node:test/reporters';
import { corrected, isTest, type TestEvent } from './test-events.ts';

type Reporter = (events: AsyncIterable<TestEvent>) => AsyncIterable<unknown>;

/** Node takes the reporter from the default export. */
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<unknown> {
  const name = new URL(import.meta.url).search.slice(1);
  const events = failingWithoutTests(corrected(source));
  const found = (reporters as unknown as Record<string, unknown>)[name];
  // These two are classes of streams, the others functions.
  if (name !== 'spec' && name !== 'lcov') return yield* (found as Reporter)(events);
  yield* Readable.from(events).pipe(new (found as new () => Transform)());
}

async function* failingWithoutTests(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  let hasTests = false;
  for await (const event of events) {
    hasTests ||= isTest(event);
    yield event;
  }
  if (hasTests) return;
  process.exitCode = 1;
  if (isTold.value === true) return;
  isTold.value = true;
  const filter = process.env.HYPIUM_FILTER ?? process.env.HYPIUM_CLASS;
  process.stderr.write(
    filter === undefined
      ? 'harmony-websocket: no test ran: the files of tests declare none; their default export is a function that calls describe and it\n'
      : `harmony-websocket: no test ran: none has a name that fits "${filter}"; correct --filter or -p scope\n`,
  );
}

/** Several reporters are several modules. */
const key = Symbol.for('harmony-websocket.no-test-told');
const shared = globalThis as { [key]?: { value?: boolean } };
shared[key] ??= {};
const isTold = shared[key];
