// `@ohos/hamock`: the mocks of hypium under the names of that package. It needs no test runner.

import { MockKit as HypiumMockKit } from './mock-kit.ts';

export type { AnyFunction } from './any-function.ts';
export { type ArgumentMatcher, ArgumentMatchers } from './argument-matchers.ts';
export type { VerificationMode } from './verification-mode.ts';
export { type Stubbing, when } from './when.ts';

/** As hypium's, except that a mocked function returns `undefined` where `when` said nothing about the arguments. */
export class MockKit extends HypiumMockKit {
  protected override readonly callsOriginal = false;
}

/**
 * A decorator for a method of an ArkUI component.
 *
 * Off the device: not supported, since there are no components.
 *
 * @throws Error always
 */
export function MockSetup(
  _target: object,
  _propertyName: string | symbol,
  _descriptor: TypedPropertyDescriptor<() => void>,
): void {
  throw new Error(
    '@MockSetup is for components of ArkUI, which harmony-websocket does not run; mock the functions in the test itself',
  );
}
