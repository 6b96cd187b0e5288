// The class CloseEvent (WebSockets standard), for platforms without one.

import { requireArguments, scalarString } from './conversions.ts';
import { inspectAs } from './inspection.ts';
import { formInterface } from './interface-object.ts';

interface CloseEventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;
}

/** Makes the class. */
export function ownCloseEvent(): unknown {
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
  inspectAs(OwnCloseEvent.prototype, 'CloseEvent', ({ type, code, reason, wasClean }: OwnCloseEvent) => ({
    type,
    code,
    reason,
    wasClean,
  }));
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
