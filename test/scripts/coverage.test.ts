// How a coverage report is read and judged (scripts/coverage-report.ts).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { percent, ranges, readLcov, shortfall, sum, uncovered } from '../../scripts/coverage-report.ts';

/** As Node 26 writes it: `decoder.ts` has missed two lines and one of three branches, `mask.ts` nothing. */
const report = [
  'TN:\nSF:src/core/frame/decoder.ts\nFN:1,decode\nFNDA:1,decode\nFNF:1\nFNH:1',
  'BRDA:1,0,0,1\nBRDA:2,1,0,0\nBRDA:5,2,0,7\nBRF:3\nBRH:2\nDA:1,1\nDA:2,0\nDA:3,0\nDA:4,1\nLH:2\nLF:4\nend_of_record',
  'TN:\nSF:src\\core\\mask.ts\nBRDA:1,0,0,1\nDA:1,4\nend_of_record\n',
].join('\n');

const [decoder, mask] = readLcov(report);
assert(decoder !== undefined && mask !== undefined);

describe('a coverage report', () => {
  test('is read by file, with the lines and branches that were missed', () => {
    assert.deepEqual(decoder, {
      path: 'src/core/frame/decoder.ts',
      lines: { hit: 2, found: 4, missed: [2, 3] },
      branches: { hit: 2, found: 3, missed: [2] },
    });
    assert.equal(mask.path, 'src/core/mask.ts');
  });

  test('adds up over files, and rounds so that only complete coverage is 100.0 %', () => {
    assert.deepEqual(sum([decoder, mask]).lines, { hit: 3, found: 5, missed: [] });
    assert.equal(percent({ hit: 9999, found: 10_000 }), '99.9 %');
    assert.equal(percent({ hit: 0, found: 0 }), '100.0 %');
  });

  test('a file below its bounds is found, with where to look', () => {
    assert.equal(
      shortfall(decoder),
      '50.0 % of lines covered, at least 100 % required, 66.6 % of branches covered, at least 98 % required',
    );
    assert.equal(uncovered(decoder), '\n    lines 2-3\n    branches at 2');
    assert.equal(shortfall(mask), undefined);
  });

  test('an exception lowers the bounds of its file, and is an error where it is not needed', () => {
    const exception = { lines: 50, branches: 60, reason: 'the rest needs another runtime' };
    assert.equal(shortfall(decoder, exception), undefined);
    assert.match(shortfall(mask, exception) ?? '', /not needed; remove it from scripts\/coverage-exceptions\.ts$/u);
  });

  test('lines are printed as ranges', () => {
    assert.equal(ranges([7, 1, 2, 3, 9, 9, 10]), '1-3, 7, 9-10');
    assert.equal(ranges([]), '');
  });
});
