import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLog } from '../../src/hilog/format.ts';

const circular: Record<string, unknown> = {};
circular.self = circular;

describe('kit specification §6.3: hilog format [kit §6.3 examples]', () => {
  const rows: [name: string, format: string, args: unknown[], text: string][] = [
    // The examples of the specification.
    ['public string and number', '%{public}s:%{public}d', ['a', 5], 'a:5'],
    ['without a flag a parameter is private [kit §6.3 private by default]', '%s', ['secret'], '<private>'],
    ['%d prints no string', '%{public}d', ['x'], ''],
    ['%s prints no number', 'n=%{public}s', [5], 'n='],
    ['without parameters the format is text [kit §6.3 no parameters]', '100%', [], '100%'],
    [
      'what follows the last parameter is text [kit §6.3 parameters run out]',
      '%{public}s %{public}s',
      ['a'],
      'a %{public}s',
    ],
    // Each rule.
    ['{private} is private [kit §6.3 public, private]', 'x %{private}s y', ['a'], 'x <private> y'],
    ['%i is %d', '%{public}i', [7], '7'],
    ['fractions are kept [kit §6.3 d, i]', '%{public}d', [1.25], '1.25'],
    ['bigint', '%{public}d', [12345678901234567890n], '12345678901234567890'],
    ['%d prints no numeric string [kit §6.3 mismatch]', '[%{public}d]', ['7'], '[]'],
    [
      '%s prints undefined, null, booleans [kit §6.3 s]',
      '%{public}s %{public}s %{public}s',
      [undefined, null, true],
      'undefined null true',
    ],
    ['%s prints no object', '[%{public}s]', [{ a: 1 }], '[]'],
    ['%s prints no symbol', '[%{public}s]', [Symbol('a')], '[]'],
    ['%o prints JSON [kit §6.3 o, O]', '%{public}o', [{ a: [1, 'b'] }], '{"a":[1,"b"]}'],
    ['%O too', '%{public}O', [{ a: 1 }], '{"a":1}'],
    ['%o prints null and undefined', '%{public}o %{public}o', [null, undefined], 'null undefined'],
    ['%o prints functions', '%{public}o', [String], 'function String() { [native code] }'],
    ['%o of what has no JSON', '%{public}o', [circular], '[object Object]'],
    ['%o prints no string', '[%{public}o]', ['a'], '[]'],
    ['a private parameter of a wrong type prints nothing either', '[%d]', ['x'], '[]'],
    ['%% is one percent sign and takes no parameter [kit §6.3 percent]', '100%% %{public}s', ['a'], '100% a'],
    ['%% after the last parameter is text', '%{public}s 100%%', ['a'], 'a 100%%'],
    ['surplus parameters are ignored [kit §6.3 parameters run out]', '%{public}s', ['a', 'b'], 'a'],
    ['a single array holds the parameters [kit §6.2 single array]', '%{public}s-%{public}d', [['a', 1]], 'a-1'],
    ['an empty array holds none', '100%%', [[]], '100%%'],
    ['an array among others is a parameter [kit §6.2 single array]', '%{public}o %{public}s', [[1], 'a'], '[1] a'],
    ['hexadecimal [kit §6.3 x, f]', '%{public}x %{public}X', [255, 255n], 'ff FF'],
    ['floating point [kit §6.3 x, f]', '%{public}f', [1.5], '1.500000'],
    ['another letter is text and takes no parameter [kit §6.3 x, f]', '%q %{public}s', ['a'], '%q a'],
    ['a percent sign at the end is text', '%{public}s%', ['a', 'b'], 'a%'],
    ['a misspelt flag is text', '%{pubic}s %{public}s', ['a'], '%{pubic}s a'],
  ];
  for (const [name, format, args, text] of rows) {
    test(`${name}: ${JSON.stringify(format)} → ${JSON.stringify(text)}`, () => {
      assert.equal(formatLog(format, args, false), text);
    });
  }

  test('private parameters can be shown [kit §6.3 private text]', () => {
    assert.equal(formatLog('%s %{private}d', ['secret', 5], true), 'secret 5');
  });
});
