// `util.ScopeHelper` and `util.Scope`: ranges of objects that compare themselves, and of numbers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

class Temperature implements util.ScopeComparable {
  readonly degrees: number;
  constructor(degrees: number) {
    this.degrees = degrees;
  }
  compareTo(other: Temperature): boolean {
    return this.degrees >= other.degrees;
  }
  toString(): string {
    return String(this.degrees);
  }
}

const at = (degrees: number): Temperature => new Temperature(degrees);

for (const name of ['ScopeHelper', 'Scope'] as const) {
  describe(`util.${name}`, () => {
    const make = (lower: util.ScopeType, upper: util.ScopeType): util.ScopeHelper =>
      new util[name](lower, upper) as util.ScopeHelper;
    for (const [kind, limit] of [
      ['objects', at],
      ['numbers', Number],
    ] as const) {
      const range = make(limit(30), limit(40));

      test(`of ${kind}: limits`, () => {
        assert.equal(range.toString(), '[30, 40]');
        assert.equal(String(range.getLower()), '30');
        assert.equal(String(range.getUpper()), '40');
      });

      test(`of ${kind}: contains`, () => {
        assert.deepEqual(
          [29, 30, 35, 40, 41].map((degrees) => range.contains(limit(degrees))),
          [false, true, true, true, false],
        );
        assert.equal(range.contains(make(limit(31), limit(40))), true);
        assert.equal(range.contains(make(limit(31), limit(41))), false);
      });

      test(`of ${kind}: clamp`, () => {
        assert.deepEqual(
          [10, 35, 90].map((degrees) => String(range.clamp(limit(degrees)))),
          ['30', '35', '40'],
        );
      });

      test(`of ${kind}: intersect`, () => {
        assert.equal(range.intersect(make(limit(35), limit(50))).toString(), '[35, 40]');
        assert.equal(range.intersect(limit(20), limit(36)).toString(), '[30, 36]');
        assert.equal(range.intersect(make(limit(20), limit(50))), range);
        assert.throws(() => range.intersect(limit(50), limit(60)), {
          message: 'lower limit must be less than or equal to upper limit',
        });
      });

      test(`of ${kind}: expand`, () => {
        assert.equal(range.expand(make(limit(35), limit(50))).toString(), '[30, 50]');
        assert.equal(range.expand(limit(20), limit(36)).toString(), '[20, 40]');
        assert.equal(range.expand(limit(45)).toString(), '[30, 45]');
        assert.equal(range.expand(limit(31)), range);
      });
    }

    test('limits that are not there, or the wrong way round', () => {
      assert.throws(() => make(null as never, at(1)), { message: 'lower limit not be null' });
      assert.throws(() => make(at(1), null as never), { message: 'upper limit not be null' });
      assert.throws(() => make(at(2), at(1)), { message: 'lower limit must be less than or equal to upper limit' });
    });
  });
}

describe('what util.ScopeHelper refuses', () => {
  const range = new util.ScopeHelper(at(30), at(40));
  test('other types', () => {
    throwsKitError(
      () => new util.ScopeHelper('a' as never, at(1)),
      401,
      'Parameter error. The type of a must be object',
    );
    throwsKitError(
      () => new util.ScopeHelper(at(1), 'a' as never),
      401,
      'Parameter error. The type of a must be object',
    );
    throwsKitError(
      () => range.contains('a' as never),
      401,
      'Parameter error. The type of a must be object or ScopeHelper',
    );
    throwsKitError(() => range.clamp('a' as never), 401, 'Parameter error. The type of a must be object');
    throwsKitError(
      () => range.expand('a' as never),
      401,
      'Parameter error. The type of a must be ScopeHelper or ScopeType',
    );
    throwsKitError(() => range.intersect(at(1), 'a' as never), 401, 'Parameter error. The type of a must be ScopeType');
    assert.throws(() => range.clamp(null as never), { message: 'value must not be null' });
  });
});
