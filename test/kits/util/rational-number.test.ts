// `util.RationalNumber`: a fraction in lowest terms.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

const { RationalNumber } = util;
const parse = RationalNumber.parseRationalNumber;

describe('util.RationalNumber', () => {
  const texts: [numerator: number, denominator: number, text: string, value: number][] = [
    [1, 2, '1/2', 0.5],
    [4, 6, '2/3', 2 / 3],
    [-3, 6, '-1/2', -0.5],
    [3, -6, '-1/2', -0.5],
    [-3, -6, '1/2', 0.5],
    [0, 5, '0/1', 0],
    [7, 0, 'Infinity', Number.POSITIVE_INFINITY],
    [-7, 0, '-Infinity', Number.NEGATIVE_INFINITY],
    [0, 0, 'NaN', Number.NaN],
  ];
  for (const [numerator, denominator, text, value] of texts) {
    test(`${numerator}/${denominator} is ${text}`, () => {
      for (const made of [parse(numerator, denominator), new RationalNumber(numerator, denominator)]) {
        assert.equal(made.toString(), text);
        assert.equal(made.valueOf(), value);
      }
    });
  }

  test('its parts', () => {
    const made = parse(4, 6);
    assert.deepEqual([made.getNumerator(), made.getDenominator()], [2, 3]);
    assert.deepEqual([made.isFinite(), made.isNaN(), made.isZero()], [true, false, false]);
    assert.deepEqual([parse(1, 0).isFinite(), new RationalNumber().isNaN(), parse(0, 3).isZero()], [false, true, true]);
  });

  test('of text', () => {
    assert.equal(RationalNumber.createRationalFromString('3/4').toString(), '3/4');
    assert.equal(RationalNumber.createRationalFromString('-6:4').toString(), '-3/2');
    for (const [text, message] of [
      [5, 'Parameter error. The type of 5 must be string'],
      ['34', 'Parameter error. The type of 34 must be effective string'],
      ['3/4:5', 'Parameter error. The type of 3/4:5 must be effective string'],
      ['a/4', 'Parameter error. The type of a/4 must be character string'],
      ['/4', 'Parameter error. The type of /4 must be character string'],
    ] as const) {
      throwsKitError(() => RationalNumber.createRationalFromString(text as string), 401, message);
    }
  });

  test('compare', () => {
    assert.equal(parse(1, 2).compare(parse(2, 4)), 0);
    assert.equal(parse(1, 2).compare(parse(2, 3)), -1);
    assert.equal(parse(1, 2).compareTo(parse(1, 3)), 1);
    assert.equal(parse(0, 0).compare(parse(1, 0)), 1);
    assert.equal(parse(1, 0).compare(parse(0, 0)), -1);
    assert.equal(parse(0, 0).compare(parse(0, 0)), 0);
    throwsKitError(() => parse(1, 2).compare(5 as never), 401, 'Parameter error. The type of 5 must be RationalNumber');
  });

  test('equals', () => {
    assert.equal(parse(1, 2).equals(parse(2, 4)), true);
    assert.equal(parse(1, 2).equals(parse(2, 5)), false);
    assert.equal(parse(1, 2).equals('1/2'), false);
  });

  test('getCommonFactor', () => {
    assert.equal(RationalNumber.getCommonFactor(4, 6), 2);
    assert.equal(RationalNumber.getCommonDivisor(12, 18), 6);
    throwsKitError(() => RationalNumber.getCommonFactor(0, 6), 401, 'Parameter error. The Parameter cannot be zero');
    throwsKitError(() => RationalNumber.getCommonFactor('4' as never, 6), 401);
    throwsKitError(() => RationalNumber.getCommonFactor(4, '6' as never), 401);
  });

  test('a line is printed for numbers that are not integers', (context) => {
    const printed = context.mock.method(console, 'error', () => {});
    parse(1.5, 2);
    RationalNumber.createRationalFromString('1.5/2');
    assert.deepEqual(
      printed.mock.calls.map((call) => String(call.arguments[0]).split(':')[0]),
      ['parseRationalNumber', 'createRationalFromString', 'parseRationalNumber'],
    );
    throwsKitError(() => parse('1' as never, 2), 401, 'Parameter error. The type of 1 must be number');
    throwsKitError(() => parse(1, '2' as never), 401, 'Parameter error. The type of 2 must be number');
  });
});
