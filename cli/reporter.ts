// The reporters of Node's test runner, for the tests of an app: `reporter.js?spec`. They are told the corrected events.

import { Readable, type Transform } from 'node:stream';
import * as reporters from 'node:test/reporters';
import { corrected, type TestEvent } from './test-events.ts';

type Reporter = (events: AsyncIterable<TestEvent>) => AsyncIterable<unknown>;

/** Node takes the reporter from the default export. */
export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<unknown> {
  const name = new URL(import.meta.url).search.slice(1);
  const events = corrected(source);
  const found = (reporters as unknown as Record<string, unknown>)[name];
  // These two are classes of streams, the others functions.
  if (name !== 'spec' && name !== 'lcov') return yield* (found as Reporter)(events);
  yield* Readable.from(events).pipe(new (found as new () => Transform)());
}
