// `node:test` as the runner of hypium's suites.

import { after, before, describe, it } from 'node:test';
import type { Runner } from './runner.ts';

export const nodeRunner: Runner = {
  describe: (name, skip, body) => void describe(name, { skip }, body),
  it: (name, skip, body) => void it(name, { skip }, (context) => body((reason) => context.skip(reason))),
  beforeAll: (action) => before(action),
  afterAll: (action) => after(action),
};
