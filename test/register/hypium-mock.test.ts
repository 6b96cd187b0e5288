// Mocks of `@ohos/hypium`: `MockKit`, `when`, `ArgumentMatchers`, `verify`; and what `@ohos/hamock` has of them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentMatcher } from '../../src/register/hypium/argument-matchers.ts';
import * as hamock from '../../src/register/hypium/hamock.ts';
import { ArgumentMatchers, MockKit, when } from '../../src/register/hypium/names.ts';
import { imports, runTests } from './hypium-tests.ts';

class Client {
  #sent: unknown[] = [];
  private token = 'secret';
  static create(kind?: string): string {
    return `created ${kind}`;
  }
  send(...values: unknown[]): string {
    this.#sent.push(...values);
    return `sent ${values.join()} of ${this.#sent.length}`;
  }
  async ask(question: string): Promise<string> {
    return `${question}?`;
  }
  sign(text: string): string {
    return this.digest(text) + this.token;
  }
  private digest(text: string): string {
    return `digest of ${text} `;
  }
}

/** A client with `send` mocked. */
function mockedSend() {
  const kit = new MockKit();
  const client = new Client();
  return { kit, client, mocked: kit.mockFunc(client, client.send) };
}

test('an ArgumentMatcher tells which arguments it accepts', () => {
  const matcher = ArgumentMatchers.containSubstring('at');
  assert.ok(matcher instanceof ArgumentMatcher);
  assert.deepEqual([matcher.accepts('cat'), matcher.accepts('dog'), matcher.accepts(5)], [true, false, false]);
  assert.equal(matcher.toString(), "<containSubstring 'at'>");
});

describe('when', () => {
  test('afterReturn gives a value, for these arguments only; others get the original', () => {
    const { client, mocked } = mockedSend();
    when(mocked)('a').afterReturn(1);
    assert.equal(client.send('a'), 1);
    assert.equal(client.send('b'), 'sent b of 1');
    assert.equal(client.send('a', 'b'), 'sent a,b of 3');
  });

  test('afterReturn gives undefined, when it is told so', () => {
    const { client, mocked } = mockedSend();
    when(mocked)('a').afterReturn(undefined);
    assert.equal(client.send('a'), undefined);
  });

  test('afterReturn gives a promise', async () => {
    const [kit, client] = [new MockKit(), new Client()];
    when(kit.mockFunc(client, client.ask))('who').afterReturn(Promise.resolve('me'));
    assert.equal(await client.ask('who'), 'me');
    assert.equal(await client.ask('what'), 'what?');
  });

  test('afterReturnNothing gives undefined', () => {
    const { client, mocked } = mockedSend();
    when(mocked)('a').afterReturnNothing();
    assert.equal(client.send('a'), undefined);
  });

  test('afterAction calls a function with this and the arguments', () => {
    const { client, mocked } = mockedSend();
    when(mocked)('a', 2).afterAction(function (this: unknown, ...values: unknown[]) {
      return [this === client, ...values];
    });
    assert.deepEqual(client.send('a', 2), [true, 'a', 2]);
  });

  test('afterThrow throws the text itself', () => {
    const { client, mocked } = mockedSend();
    when(mocked)('a').afterThrow('refused');
    assert.throws(
      () => client.send('a'),
      (thrown) => thrown === 'refused',
    );
  });

  test('the first setting that fits counts', () => {
    const { client, mocked } = mockedSend();
    when(mocked)('a').afterReturn(1);
    when(mocked)(ArgumentMatchers.anyString).afterReturn(2);
    when(mocked)('a').afterReturn(3);
    assert.deepEqual([client.send('a'), client.send('b')], [1, 2]);
  });

  test('a call without arguments gets what was set last, and a setting without arguments is replaced', () => {
    const { client, mocked } = mockedSend();
    when(mocked)(ArgumentMatchers.any).afterReturn('any');
    assert.equal(client.send(), 'any');
    when(mocked)().afterReturn(1);
    when(mocked)().afterReturn(2);
    assert.equal(client.send(), 2);
    assert.equal(client.send(undefined), 2);
  });

  test('equal are arrays, objects, dates and regular expressions by their contents, binary data by identity', () => {
    const { client, mocked } = mockedSend();
    const bytes = new Uint8Array([1]);
    when(mocked)([1, { a: new Date(5) }, /x/g], bytes).afterReturn('equal');
    assert.equal(client.send([1, { a: new Date(5) }, /x/g], bytes), 'equal');
    for (const values of [
      [[1, { a: new Date(6) }, /x/g], bytes],
      [[1, { a: new Date(5), b: 1 }, /x/g], bytes],
      [[1, { b: new Date(5) }, /x/g], bytes],
      [[1, { a: new Date(5) }], bytes],
      [[1, { a: new Date(5) }, /x/g], new Uint8Array([1])],
    ]) {
      assert.match(client.send(...values), /^sent/, JSON.stringify(values));
    }
  });

  test('circles are compared to their end', () => {
    const { client, mocked } = mockedSend();
    const circle = (): { self?: unknown } => {
      const object: { self?: unknown } = {};
      object.self = object;
      return object;
    };
    when(mocked)(circle()).afterReturn(1);
    assert.equal(client.send(circle()), 'sent [object Object] of 1');
  });
});

describe('ArgumentMatchers', () => {
  const { any, anyBoolean, anyFunction, anyNumber, anyObj, anyString } = ArgumentMatchers;
  const { notBoolean, notFunction, notNumber, notObj, notString } = ArgumentMatchers;
  const values = { text: 'text', zero: 0, no: false, object: {}, array: [1, 2, 3], nothing: null, call: () => {} };
  const rows: Array<[name: string, matcher: unknown, fitting: Array<keyof typeof values>]> = [
    ['any', any, ['text', 'object', 'array', 'call']],
    ['anyString', anyString, ['text']],
    ['anyNumber', anyNumber, ['zero']],
    ['anyBoolean', anyBoolean, ['no']],
    ['anyObj', anyObj, ['object', 'array', 'nothing']],
    ['anyFunction', anyFunction, ['call']],
    ['notString', notString, ['zero', 'no', 'object', 'array', 'nothing', 'call']],
    ['notNumber', notNumber, ['text', 'no', 'object', 'array', 'nothing', 'call']],
    ['notBoolean', notBoolean, ['text', 'zero', 'object', 'array', 'nothing', 'call']],
    ['notObj', notObj, ['text', 'zero', 'no', 'call']],
    ['notFunction', notFunction, ['text', 'zero', 'no', 'object', 'array', 'nothing']],
    ['matchRegexs', ArgumentMatchers.matchRegexs(/^te/g), ['text']],
    ['matchRegexs of another text', ArgumentMatchers.matchRegexs(/^xt/), []],
    ['a regular expression', /t$/y, []],
    ['notMatchRegexs', ArgumentMatchers.notMatchRegexs(/^xt/), ['text']],
    ['containSubstring', ArgumentMatchers.containSubstring('ex'), ['text']],
    ['notContainSubstring', ArgumentMatchers.notContainSubstring('ex'), []],
    ['containValue', ArgumentMatchers.containValue(2), ['array']],
    ['notContainValue', ArgumentMatchers.notContainValue(2), []],
    ['containSubArray', ArgumentMatchers.containSubArray([3, 1]), ['array']],
    ['notContainSubArray', ArgumentMatchers.notContainSubArray([3, 4]), ['array']],
  ];
  for (const [name, matcher, fitting] of rows) {
    test(`${name}: ${fitting.join(', ') || 'none of these'}`, () => {
      const { client, mocked } = mockedSend();
      when(mocked)(matcher).afterReturn('fits');
      // Twice: a regular expression with the flag g keeps its place.
      for (const _ of [1, 2]) {
        const found = Object.entries(values).filter(([, value]) => client.send(value) === 'fits');
        assert.deepEqual(
          found.map(([key]) => key),
          fitting,
        );
      }
    });
  }

  test('a wrong value for a matcher is one sentence', () => {
    const misuse: Array<[call: () => unknown, message: string]> = [
      [
        () => ArgumentMatchers.matchRegexs('a' as never),
        "not a regex: ArgumentMatchers.matchRegexs got 'a'; give it a RegExp",
      ],
      [
        () => ArgumentMatchers.containSubstring(1 as never),
        'not a string: ArgumentMatchers.containSubstring got 1; give it the text to look for',
      ],
      [
        () => ArgumentMatchers.notContainSubArray(1 as never),
        'not an array: ArgumentMatchers.notContainSubArray got 1; give it an array of elements',
      ],
    ];
    for (const [call, message] of misuse) assert.throws(call, { message });
  });
});

describe('MockKit', () => {
  test('mockFunc gives the same function for one that is mocked already', () => {
    const { kit, client, mocked } = mockedSend();
    assert.equal(kit.mockFunc(client, client.send), mocked);
    assert.equal(kit.mockFunc(client, Client.prototype.send), mocked);
    assert.equal(client.send, mocked);
    assert.equal(mocked.name, 'send');
  });

  test('mockFunc mocks one object, not the others of its class', () => {
    const { mocked } = mockedSend();
    when(mocked)('a').afterReturn(1);
    assert.equal(new Client().send('a'), 'sent a of 1');
  });

  test('mockFunc mocks static functions', () => {
    const kit = new MockKit();
    when(kit.mockFunc(Client, Client.create))(ArgumentMatchers.any).afterReturn('mocked');
    assert.equal(Client.create(), 'mocked');
    kit.clear(Client);
    assert.equal(Client.create('a'), 'created a');
  });

  test('mockPrivateFunc mocks by name', () => {
    const [kit, client] = [new MockKit(), new Client()];
    when(kit.mockPrivateFunc(client, 'digest'))('text').afterReturn('short ');
    assert.equal(client.sign('text'), 'short secret');
  });

  test('mockProperty sets a property until it is given back', () => {
    const [kit, client] = [new MockKit(), new Client()];
    kit.mockProperty(client, 'token', 'first');
    kit.mockProperty(client, 'token', 'second');
    assert.equal(client.sign('a'), 'digest of a second');
    kit.ignoreMock(client, 'token');
    assert.equal(client.sign('a'), 'digest of a secret');
  });

  test('mockProperty uses the setter of a property that has one', () => {
    let level = 1;
    const kit = new MockKit();
    const meter = {
      get level() {
        return level;
      },
      set level(value: number) {
        level = value;
      },
    };
    kit.mockProperty(meter, 'level', 5);
    assert.equal(level, 5);
    kit.clear(meter);
    assert.equal(level, 1);
  });

  test('mockObject makes an object with mocks of its functions', () => {
    const kit = new MockKit();
    const key = Symbol('key');
    const api = { open: (url: string) => `open ${url}`, [key]: () => 'symbol', url: 'ws://a' };
    const mocked = kit.mockObject(api) as typeof api;
    when(mocked.open)('a').afterReturn('mocked');
    assert.deepEqual([mocked.open('a'), mocked.open('b'), mocked[key]()], ['mocked', 'open b', 'symbol']);
    assert.equal(api.open('a'), 'open a');
    assert.equal('url' in mocked, false);
  });

  test('ignoreMock gives one function back, by itself or by its name', () => {
    const [kit, client] = [new MockKit(), new Client()];
    when(kit.mockFunc(client, client.send))('a').afterReturn(1);
    when(kit.mockFunc(client, client.sign))('a').afterReturn(2);
    kit.ignoreMock(client, client.send);
    assert.deepEqual([client.send('a'), client.sign('a')], ['sent a of 1', 2]);
    kit.ignoreMock(client, 'sign');
    assert.equal(client.sign('a'), 'digest of a secret');
    assert.deepEqual(Object.keys(client), ['token']);
  });

  test('clear gives an object everything back; the calls still count', () => {
    const { kit, client, mocked } = mockedSend();
    const other = new Client();
    when(mocked)('a').afterReturn(1);
    when(kit.mockFunc(other, other.send))('a').afterReturn(2);
    kit.mockProperty(client, 'token', 'mocked');
    client.send('a');
    kit.clear(client);
    assert.deepEqual([client.send('a'), client.sign('b'), other.send('a')], ['sent a of 1', 'digest of b secret', 2]);
    kit.verify('send', ['a']).times(2);
    // And mocked again, without what was set before.
    kit.mockFunc(client, client.send);
    assert.equal(client.send('a'), 'sent a of 2');
  });

  test('clearAll forgets what was set and the calls; the functions stay mocked', () => {
    const { kit, client, mocked } = mockedSend();
    when(mocked)('a').afterReturn(1);
    client.send('a');
    kit.clearAll();
    assert.equal(client.send, mocked);
    assert.equal(client.send('a'), 'sent a of 1');
    kit.verify('send', ['a']).never();
    when(kit.mockFunc(client, client.send))('a').afterReturn(2);
    assert.equal(client.send('a'), 2);
    kit.verify('send', ['a']).once();
  });

  test('isMocked: a function once when() has set something, a property at once', () => {
    const { kit, client, mocked } = mockedSend();
    assert.equal(kit.isMocked(client, 'send'), false);
    when(mocked)().afterReturn(1);
    kit.mockProperty(client, 'token', 'a');
    assert.deepEqual(
      ['send', 'token', 'sign', ''].map((name) => kit.isMocked(client, name)),
      [true, true, false, false],
    );
    kit.clear(client);
    assert.deepEqual(
      ['send', 'token'].map((name) => kit.isMocked(client, name)),
      [false, false],
    );
  });

  test('misuse is one sentence', () => {
    const { kit, client } = mockedSend();
    const misuse: Array<[call: () => unknown, message: RegExp]> = [
      [
        () => when(client.sign),
        /^not a mock function: when\(\) got \[Function: sign\]; give it what mockFunc or mockPrivateFunc of a MockKit returned$/,
      ],
      [() => when(5 as never), /^not a function: when\(\) got 5; give it what/],
      [
        () => (when(client.send)('a').afterReturn as () => void)(),
        /^afterReturn got no value; give it one, or use afterReturnNothing\(\)$/,
      ],
      [
        () => (when(client.send)('a').afterThrow as () => void)(),
        /^afterThrow got no text; give it the text that is thrown$/,
      ],
      [
        () => when(client.send)('a').afterAction(5 as never),
        /^afterAction needs a function, not 5; for a value use afterReturn$/,
      ],
      [
        () => kit.mockFunc(null as never, client.send),
        /^Not a object or static class: mockFunc got null; give it an object, or a class$/,
      ],
      [
        () => kit.mockFunc(client, 'send' as never),
        /^Not a function: mockFunc got 'send'; give it a function of the object, as obj\.send$/,
      ],
      [
        () => kit.mockFunc(client, () => {}),
        /^mockFunc did not find \[Function \(anonymous\)\] in Client \{.*\}; give it a function that the object has, as obj\.send$/,
      ],
      [() => kit.mockFunc(Object.freeze({ f() {} }), undefined as never), /^Not a function/],
      [
        () => kit.mockPrivateFunc(client, 'nothing'),
        /^No such method:nothing; mockPrivateFunc needs the name of a function of Client \{/,
      ],
      [
        () => kit.mockProperty(client, 'nothing', 1),
        /^No such property:nothing; mockProperty needs the name of a property of Client \{/,
      ],
      [
        () => kit.mockProperty(Object.freeze({ a: 1 }), 'a', 2),
        /^cannot mock a: the object \{ a: 1 \} cannot be changed$/,
      ],
      [
        () => kit.mockObject('text' as never),
        /^Not a object or static class: mockObject got 'text'; give it an object, or a class$/,
      ],
      [
        () => kit.ignoreMock(client, 5 as never),
        /^Not a function: ignoreMock got 5; give it the mocked function, or a name$/,
      ],
      [
        () => kit.clear(undefined as never),
        /^Please enter an object to be cleaned: clear needs the object whose functions were mocked$/,
      ],
      [
        () => kit.verify('', []),
        /^not a function name: verify got ''; give it the name, as in verify\('send', \['a'\]\)$/,
      ],
      [
        () => kit.verify('send', 'a' as never),
        /^verify needs an array of arguments, not 'a', as in verify\('send', \['a'\]\)$/,
      ],
    ];
    for (const [call, message] of misuse) assert.throws(call, { name: 'Error', message });
    const frozen = Object.freeze({ open() {} });
    assert.throws(() => kit.mockFunc(frozen, frozen.open), {
      message: /^cannot mock open: the object .* cannot be changed$/,
    });
  });
});

describe('verify', () => {
  const called = () => {
    const { kit, client } = mockedSend();
    kit.mockFunc(client, client.sign);
    for (const values of [['a', 'b'], ['a'], ['c'], [], ['a'], []]) client.send(...values);
    client.sign('a');
    return kit;
  };

  test('counts calls by name and all arguments', () => {
    const kit = called();
    kit.verify('send', ['a']).times(2);
    kit.verify('send', []).times(2);
    kit.verify('send').times(2);
    kit.verify('send', ['a', 'b']).once();
    kit.verify('sign', ['a']).once();
    kit.verify('send', ['x']).never();
    kit.verify('send', [ArgumentMatchers.anyString]).times(3);
    kit.verify('send', [ArgumentMatchers.containSubstring('c')]).once();
    kit.verify('send', ['a']).atLeast(2);
    kit.verify('send', ['a']).atMost(2);
  });

  test('what does not hold tells the call and the number', () => {
    const kit = called();
    const rows: Array<[check: () => void, message: string]> = [
      [() => kit.verify('send', ['a']).times(1), "expected 1 call of send('a'); there were 2"],
      [() => kit.verify('send', ['a']).never(), "expected no call of send('a'); there were 2"],
      [() => kit.verify('send', ['a']).once(), "expected one call of send('a'); there were 2"],
      [() => kit.verify('send', ['a']).atLeast(3), "expected at least 3 calls of send('a'); there were 2"],
      [
        () => kit.verify('send', [ArgumentMatchers.anyString]).atMost(1),
        'expected at most 1 call of send(<any string>); there were 3',
      ],
      [
        () => kit.verify('send', [ArgumentMatchers.matchRegexs(/c/)]).never(),
        'expected no call of send(<matchRegexs /c/>); there were 1',
      ],
    ];
    for (const [check, message] of rows) assert.throws(check, { name: 'AssertException', message });
  });
});

describe('@ohos/hamock', () => {
  test('has the same mocks; what when() said nothing about returns undefined', () => {
    const [kit, client] = [new hamock.MockKit(), new Client()];
    const mocked = kit.mockFunc(client, client.send);
    hamock.when(mocked)(hamock.ArgumentMatchers.anyNumber).afterReturn(1);
    assert.deepEqual([client.send(5), client.send('a')], [1, undefined]);
    kit.verify('send', ['a']).once();
    kit.clear(client);
    assert.equal(client.send('a'), 'sent a of 1');
  });

  test('MockSetup says that there are no components', () => {
    assert.throws(() => hamock.MockSetup({}, 'setup', {}), {
      message:
        '@MockSetup is for components of ArkUI, which harmony-websocket does not run; mock the functions in the test itself',
    });
  });
});

describe('in a test file', () => {
  test('of ArkTS, with either module', async (context) => {
    const { code, stdout, results } = await runTests(
      context,
      {
        'Client.ets': `export class Client { private name: string = 'a'; send(text: string): string { return text + this.name; } }`,
        'a.test.ets': `${imports}
          import { Client } from './Client';
          import { MockKit as HaMock } from '@ohos/hamock';
          export default function a() {
            describe('mocks', () => {
              it('replaces', 0, () => {
                let mocker: MockKit = new MockKit();
                let client: Client = new Client();
                let mockfunc: Function = mocker.mockFunc(client, client.send);
                when(mockfunc)('test').afterReturn('1');
                expect(client.send('test')).assertEqual('1');
                expect(client.send('b')).assertEqual('ba');
                mocker.verify('send', ['test']).once();
                mocker.clear(client);
                expect(client.send('test')).assertEqual('testa');
              });
              it('counts', 0, () => { new MockKit().verify('send', []).once(); });
              it('of_hamock', 0, () => {
                let client: Client = new Client();
                new HaMock().mockFunc(client, client.send);
                expect(client.send('b')).assertUndefined();
              });
            });
          }`,
      },
      ['a.test.ets'],
    );
    assert.equal(code, 1);
    assert.deepEqual(results.slice(0, 3), ['ok 1 - replaces', 'not ok 2 - counts', 'ok 3 - of_hamock'], stdout);
    assert.match(stdout, /error: 'expected one call of send\(\); there were 0'/u);
  });
});
