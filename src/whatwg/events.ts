// The classes of the events: the platform's where it has them, so that `instanceof` holds in both directions, and ours
// elsewhere. Node 20 and 22 have no CloseEvent.

// biome-ignore-all lint/suspicious/noExplicitAny: the data of a message event, as in other declarations

import { requireArguments, scalarString } from './conversions.ts';
import { formInterface } from './interface-object.ts';
import type {
  CloseEventInit,
  CloseEvent as CloseEventShape,
  MessageEventInit,
  MessageEvent as MessageEventShape,
} from './types.ts';

/** The class of events of type `close`. */
export interface CloseEventConstructor {
  /** @param type  the name of the event: `close` */
  new (type: string, init?: CloseEventInit): CloseEventShape;
  readonly prototype: CloseEventShape;
}

/** The class of events of type `message`. */
export interface MessageEventConstructor {
  /** @param type  the name of the event: `message` */
  new <Data = any>(type: string, init?: MessageEventInit<Data>): MessageEventShape<Data>;
  readonly prototype: MessageEventShape;
}

const platform = globalThis as {
  readonly CloseEvent?: CloseEventConstructor;
};

/** What listeners of `close` get. */
export type CloseEvent = CloseEventShape;

/** The class of events of type `close`: the platform's where it has one. */
export const CloseEvent: CloseEventConstructor = platform.CloseEvent ?? ownCloseEvent();

/** What listeners of `message` get. */
export type MessageEvent<Data = any> = MessageEventShape<Data>;

/** The class of events of type `message`: the platform's. */
export const MessageEvent: MessageEventConstructor = globalThis.MessageEvent as unknown as MessageEventConstructor;

function ownCloseEvent(): CloseEventConstructor {
  class OwnCloseEvent extends Event {
    readonly #code: number;
    readonly #reason: string;
    readonly #wasClean: boolean;

    constructor(...given: [type: string, init?: CloseEventInit]) {
      requireArguments('new CloseEvent', given, 1);
      const init = dictionary(given[1], 'new CloseEvent');
      super(given[0], init);
      this.#code = init.code === undefined ? 0 : wrappedShort(init.code);
      this.#reason = init.reason === undefined ? '' : scalarString(init.reason);
      this.#wasClean = Boolean(init.wasClean);
    }

    get wasClean(): boolean {
      return this.#wasClean;
    }

    get code(): number {
      return this.#code;
    }

    get reason(): string {
      return this.#reason;
    }
  }
  formInterface(OwnCloseEvent, { name: 'CloseEvent', length: 1 });
  return OwnCloseEvent;
}

/** @throws TypeError for a value that is not a dictionary */
function dictionary<Init extends object>(given: Init | null | undefined, call: string): Init {
  if (given === undefined || given === null) return {} as Init;
  if (typeof given === 'object' || typeof given === 'function') return given;
  throw new TypeError(`the second argument of ${call} is ${String(given)}; expected an object`);
}

/** As WebIDL converts `unsigned short`: modulo 65,536. */
function wrappedShort(value: unknown): number {
  const number = Math.trunc(+(value as number));
  return Number.isFinite(number) ? ((number % 65536) + 65536) % 65536 : 0;
}

/** An event of type `error`: a plain Event, as the standard says, that also tells a program the cause. */
export function failureEvent(message: string, error: unknown): Event {
  const event = new Event('error');
  Object.defineProperty(event, 'message', { value: message, configurable: true, writable: true });
  Object.defineProperty(event, 'error', { value: error, configurable: true, writable: true });
  return event;
}
