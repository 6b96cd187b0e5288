// The layer below Node's streams is tried out before we rely on it: that its names exist proves nothing.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { findStreamBinding, streamBinding } from '../../../src/node/internals/stream-binding.ts';

type Module = Record<string, unknown>;
type Class = new () => object;

function real(name: string): Module {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return (Reflect.get(process, 'binding') as (name: string) => Module).call(process, name);
  } finally {
    process.noDeprecation = noDeprecation as boolean;
  }
}

/** The internal modules of this Node, with some of their members replaced. */
function lookup(replaced: Record<string, Module | Error>): (name: string) => unknown {
  return (name) => {
    const changes = replaced[name];
    if (changes instanceof Error) throw changes;
    return { ...real(name), ...changes };
  };
}

/** A class like Node's, in which `methods` replace some. */
function changed(methods: Record<string, (...parameters: never[]) => unknown>): Module {
  const { JSStream } = real('js_stream') as { JSStream: Class };
  class Changed extends JSStream {}
  Object.assign(Changed.prototype, methods);
  return { JSStream: Changed };
}

test('is used on this version of Node', () => {
  assert.ok(streamBinding !== undefined, process.version);
  assert.ok(findStreamBinding(lookup({})) !== undefined);
});

describe('is not used', () => {
  const cases: Record<string, Record<string, Module | Error>> = {
    'where looking it up is denied': { stream_wrap: new Error('Access to this API has been restricted') },
    'where a class is missing': { stream_wrap: { WriteWrap: undefined } },
    'where a place of the state is missing': { stream_wrap: { kReadBytesOrError: undefined } },
    'where there is nothing to try it out with': { js_stream: new Error('No such module: js_stream') },
    'where the names are there and nothing behind them (Deno 2.9)': { js_stream: { JSStream: undefined } },
    'where a read throws': {
      js_stream: changed({
        readBuffer: () => {
          throw new TypeError('called on incompatible receiver undefined');
        },
      }),
    },
    'where a read does not go to the buffer that was given': { js_stream: changed({ useUserBuffer: () => {} }) },
    'where a read tells nobody': { js_stream: changed({ readBuffer: () => {} }) },
    'where the state lies in other places': { stream_wrap: { streamBaseState: new Int32Array(8).fill(3) } },
    'where a write fails': { js_stream: changed({ writeBuffer: () => -1 }) },
    'where a write goes nowhere': { js_stream: changed({ writev: () => 0 }) },
    'where a write is never completed': { js_stream: changed({ finishWrite: () => {} }) },
  };
  for (const [when, replaced] of Object.entries(cases)) {
    test(when, () => assert.equal(findStreamBinding(lookup(replaced)), undefined));
  }

  test('and the warning that Node gives to those who look it up is not given', () => {
    const { noDeprecation } = process;
    findStreamBinding(lookup({}));
    findStreamBinding(lookup({ stream_wrap: new Error('denied') }));
    assert.equal(process.noDeprecation, noDeprecation);
  });
});

test('with --no-deprecation, which makes process.noDeprecation read-only, they are found', async () => {
  const module = new URL('../../../src/node/internals/stream-binding.ts', import.meta.url).href;
  const program = `import(${JSON.stringify(module)}).then(({ streamBinding }) => console.log(streamBinding !== undefined))`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-deprecation',
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    program,
  ]);
  assert.equal(stdout, 'true\n');
});
