// The types of `emitter` against the shapes of the SDK's declaration (API 22): what must be the same, and what must not
// compile. Nothing here is run; the compiler reads it with all tests.

import type { Callback } from '../../../src/kit/index.ts';
import { emitter } from '../../../src/kits/emitter/index.ts';
import type { emitter as ofKit } from '../../../src/register/kits/basic-services-kit.ts';
import type ofOhos from '../../../src/register/kits/ohos-events-emitter.ts';
import { same } from '../../type-tests/same.ts';

same<typeof ofKit, typeof emitter>(true);
same<typeof ofOhos, typeof emitter>(true);

interface EventData {
  // biome-ignore lint/suspicious/noExplicitAny: declared like this by the SDK
  data?: { [key: string]: any };
}
interface GenericEventData<T> {
  data?: T;
}
same<emitter.EventData, EventData>(true);
same<emitter.GenericEventData<string>, GenericEventData<string>>(true);
same<emitter.EventPriority, 0 | 1 | 2 | 3>(true);
same<emitter.EventPriority.IDLE, 3>(true);
same<emitter.InnerEvent, { eventId: number; priority?: emitter.EventPriority }>(true);
same<emitter.Options, { priority?: emitter.EventPriority }>(true);
same<typeof emitter.getListenerCount, (eventId: number | string) => number>(true);
same<ConstructorParameters<typeof emitter.Emitter>, []>(true);
same<InstanceType<typeof emitter.Emitter>, emitter.Emitter>(true);

interface Subscribe {
  (event: emitter.InnerEvent, callback: Callback<emitter.EventData>): void;
  (eventId: string, callback: Callback<emitter.EventData>): void;
  <T>(eventId: string, callback: Callback<emitter.GenericEventData<T>>): void;
}
same<typeof emitter.on, Subscribe>(true);
same<typeof emitter.once, Subscribe>(true);

interface Unsubscribe {
  (eventId: number): void;
  (eventId: string): void;
  (eventId: number, callback: Callback<emitter.EventData>): void;
  (eventId: string, callback: Callback<emitter.EventData>): void;
  <T>(eventId: string, callback: Callback<emitter.GenericEventData<T>>): void;
}
same<typeof emitter.off, Unsubscribe>(true);

interface Emit {
  (event: emitter.InnerEvent, data?: emitter.EventData): void;
  (eventId: string, data?: emitter.EventData): void;
  <T>(eventId: string, data?: emitter.GenericEventData<T>): void;
  (eventId: string, options: emitter.Options, data?: emitter.EventData): void;
  <T>(eventId: string, options: emitter.Options, data?: emitter.GenericEventData<T>): void;
}
same<typeof emitter.emit, Emit>(true);

interface OwnSubscribe {
  (eventId: string, callback: Callback<emitter.EventData>): void;
  <T>(eventId: string, callback: Callback<emitter.GenericEventData<T>>): void;
}
same<emitter.Emitter['on'], OwnSubscribe>(true);
same<emitter.Emitter['once'], OwnSubscribe>(true);
interface OwnUnsubscribe extends OwnSubscribe {
  (eventId: string): void;
}
same<typeof emitter.Emitter.prototype.off, OwnUnsubscribe>(true);
interface OwnEmit {
  (eventId: string, data?: emitter.EventData): void;
  <T>(eventId: string, data?: emitter.GenericEventData<T>): void;
  (eventId: string, options: emitter.Options, data?: emitter.EventData): void;
  <T>(eventId: string, options: emitter.Options, data?: emitter.GenericEventData<T>): void;
}
same<emitter.Emitter['emit'], OwnEmit>(true);
same<emitter.Emitter['getListenerCount'], (eventId: string) => number>(true);
same<keyof emitter.Emitter, 'on' | 'once' | 'off' | 'emit' | 'getListenerCount'>(true);

const own: emitter.Emitter = new emitter.Emitter();
own.on<number>('a', (event: emitter.GenericEventData<number>) => event.data);
own.emit('a', { priority: emitter.EventPriority.HIGH }, { data: { x: 1 } });
const priority: emitter.EventPriority = emitter.EventPriority.LOW;
emitter.emit({ eventId: 1, priority });
// @ts-expect-error: an event by number is an object
emitter.on(1, () => {});
// @ts-expect-error: a callback is required
emitter.once('a');
// @ts-expect-error: no such priority
emitter.emit('a', { priority: 4 });
// @ts-expect-error: IDs of the class are texts
own.on({ eventId: 1 }, () => {});
