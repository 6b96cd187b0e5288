// `node:test` as the runner of hypium's suites.

import { after, before, describe, it } from 'node:test';
import { suiteBegins, suiteEnds } from './end-of-tests.ts';
import type { Runner } from './runner.ts';

/** How many suites are being declared, one in the other. */
let depth = 0;

export const nodeRunner: Runner = {
  describe: (name, skip, body) => {
    const isOutermost = depth === 0 && skip === false;
    if (isOutermost) suiteBegins();
    describe(name, { skip }, () => {
      depth++;
      try {
        body();
      } finally {
        depth--;
      }
      if (isOutermost) after(suiteEnds);
    });
  },
  it: (name, skip, body) => void it(name, { skip }, (context) => body((reason) => context.skip(reason))),
  beforeAll: (action) => before(action),
  afterAll: (action) => after(action),
};
