// The members of `@ohos/hypium` and `@ohos/hamock`, after the declarations of the packages. Where those have `any`, the types
// here have `unknown`; where they have `String` and `Number`, those of the language.

import * as hamock from '../../../src/register/hypium/hamock.ts';
import {
  ArgumentMatchers,
  type Assert,
  expect,
  type Hypium,
  it,
  MockKit,
  SkipError,
  type SysTestKit,
  type VerificationMode,
  when,
  xdescribe,
  xit,
} from '../../../src/register/hypium/index.ts';
import { same } from '../../type-tests/same.ts';

// biome-ignore lint/complexity/noBannedTypes: declared like this by hypium
type AnyFunction = Function;

same<MockKit['mockFunc'], (obj: object, func: AnyFunction) => AnyFunction>(true);
same<MockKit['mockPrivateFunc'], (originalObject: object, method: string) => AnyFunction>(true);
same<MockKit['mockProperty'], (obj: object, propertyName: string, value: unknown) => void>(true);
same<MockKit['mockObject'], (obj: object) => object>(true);
same<MockKit['verify'], (methodName: string, argsArray?: readonly unknown[]) => VerificationMode>(true);
same<MockKit['ignoreMock'], (obj: object, func: AnyFunction | string) => void>(true);
same<MockKit['clear'], (obj: object) => void>(true);
same<MockKit['clearAll'], () => void>(true);
same<MockKit['isMocked'], (obj: object, name: string) => boolean>(true);
same<VerificationMode['times'], (count: number) => void>(true);
same<VerificationMode['atLeast'], (count: number) => void>(true);
same<VerificationMode['atMost'], (count: number) => void>(true);
same<VerificationMode['once'], () => void>(true);
same<VerificationMode['never'], () => void>(true);
same<typeof SysTestKit.getDescribeName, () => string>(true);
same<typeof SysTestKit.getItName, () => string>(true);
same<typeof SysTestKit.getItAttribute, () => number>(true);
same<typeof SysTestKit.actionStart, (tag: string) => void>(true);
same<typeof SysTestKit.actionEnd, (tag: string) => void>(true);
same<typeof SysTestKit.existKeyword, (keyword: string, timeout?: number) => Promise<boolean>>(true);
same<typeof Hypium.setData, (data: object) => void>(true);
same<typeof Hypium.set, (key: string, value: unknown) => void>(true);
same<typeof Hypium.registerAssert, (customAssertion: AnyFunction) => void>(true);
same<typeof Hypium.unregisterAssert, (customAssertion: string | AnyFunction) => void>(true);
same<Assert['assertMatchObj'], (expected: object) => void>(true);
same<typeof hamock.when, typeof when>(true);

class Client {
  send(text: string): string {
    return text;
  }
}
const client = new Client();
const mocker: MockKit = new MockKit();
const mocked: AnyFunction = mocker.mockFunc(client, client.send);
when(mocked)('a', ArgumentMatchers.anyNumber, ArgumentMatchers.matchRegexs(/a/)).afterReturn(1);
when(mocked)().afterReturnNothing();
when(mocked)(ArgumentMatchers.any).afterAction(() => 5);
when(mocked)(ArgumentMatchers.containValue(1)).afterThrow('text');
mocker.verify('send', ['a', ArgumentMatchers.anyString]).atLeast(1);
const other: hamock.MockKit = new hamock.MockKit();
hamock.when(other.mockFunc(client, client.send))('a').afterReturn(1);
it('name', 0, (_done: AnyFunction, _data: { name: string }) => {}, 1000, 'tag');
xit.reason('why')('name', 0, () => {});
xdescribe.reason('why')('name', () => {});
const skip: Error = new SkipError('why');
expect(skip).assertMatchObj({ message: ArgumentMatchers.anyString });
interface Custom extends Assert {
  assertEven(): void;
}
(expect(2) as Custom).assertEven();
// @ts-expect-error: an object is mocked, not its name
mocker.mockFunc('client', client.send);
// @ts-expect-error: a function has no afterReturn before it is given arguments
when(mocked).afterReturn(1);
// @ts-expect-error: a value
when(mocked)('a').afterReturn();
// @ts-expect-error: a RegExp
ArgumentMatchers.matchRegexs('a');
// @ts-expect-error: a number
mocker.verify('send', []).times('1');
// @ts-expect-error: an object
expect(1).assertMatchObj(5);
