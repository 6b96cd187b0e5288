// A reporter of Node's test runner that prints how many tests ran, as a number. The runner ends with 0 where a filter leaves no
// test, and counts each file without tests as one.

import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';

// The runner listens several times for each reporter. With this one and two others it would print a warning.
EventEmitter.defaultMaxListeners = 100;

/** The part of the runner's events that is used. */
interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    /** 0 for what is not in a suite. */
    readonly nesting?: number;
    readonly details?: { readonly type?: string };
  };
}

/** Node takes the reporter from the default export. */
export default async function* testCounter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let count = 0;
  for await (const event of source) if (isTest(event)) count++;
  yield `${count}\n`;
}

/** Whether the event is the end of a test, and not that of a suite or a file. */
function isTest({ type, data }: TestEvent): boolean {
  if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') return false;
  const { name, file, nesting } = data;
  return !(nesting === 0 && name !== undefined && file !== undefined && resolve(name) === resolve(file));
}
