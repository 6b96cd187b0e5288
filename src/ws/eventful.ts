// The web's members of a WebSocket: `on…` attributes and `addEventListener`, over the one EventEmitter that it is.

import { WebSocketEmitter } from './emitter.ts';
import {
  addEventListener,
  attributeListener,
  type EventListener,
  type EventMap,
  type EventName,
  type EventSource,
  removeEventListener,
  setAttributeListener,
  WAS_CLEAN,
} from './event-target.ts';

/** Options of `addEventListener`. */
export interface EventListenerOptions {
  /** Whether the listener is called once at most. */
  once?: boolean | undefined;
}

/**
 * The value of an `on…` attribute. It is typed as a method: an attribute of a class that extends WebSocket is one of
 * WebSocket too, as option `WebSocket` of a server needs it.
 */
type Attribute<Target, Name extends EventName> = { listener(event: EventMap<Target>[Name]): void }['listener'] | null;

export abstract class EventfulSocket extends WebSocketEmitter implements EventSource {
  abstract get [WAS_CLEAN](): boolean;

  get onopen(): Attribute<this, 'open'> {
    return attributeListener(this, 'open') as Attribute<this, 'open'>;
  }

  set onopen(listener: Attribute<this, 'open'>) {
    setAttributeListener(this, 'open', listener);
  }

  get onmessage(): Attribute<this, 'message'> {
    return attributeListener(this, 'message') as Attribute<this, 'message'>;
  }

  set onmessage(listener: Attribute<this, 'message'>) {
    setAttributeListener(this, 'message', listener);
  }

  get onclose(): Attribute<this, 'close'> {
    return attributeListener(this, 'close') as Attribute<this, 'close'>;
  }

  set onclose(listener: Attribute<this, 'close'>) {
    setAttributeListener(this, 'close', listener);
  }

  get onerror(): Attribute<this, 'error'> {
    return attributeListener(this, 'error') as Attribute<this, 'error'>;
  }

  set onerror(listener: Attribute<this, 'error'>) {
    setAttributeListener(this, 'error', listener);
  }

  /** Adds a listener that gets an event object. Adding it twice is the same as once. */
  addEventListener<Name extends EventName>(
    name: Name,
    listener: EventListener<this, Name>,
    options?: EventListenerOptions,
  ): void {
    addEventListener(this, name, listener, options);
  }

  /** Removes what `addEventListener` added. */
  removeEventListener<Name extends EventName>(name: Name, listener: EventListener<this, Name>): void {
    removeEventListener(this, name, listener);
  }
}
