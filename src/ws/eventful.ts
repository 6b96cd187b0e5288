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

/**
 * What an `on…` attribute is read as. A parameter of any type makes a WebSocket one of @types/ws as well: packages that are
 * typed by that take ours.
 */
type AttributeListener = ((event: unknown) => void) | null;

export abstract class EventfulSocket extends WebSocketEmitter implements EventSource {
  get [WAS_CLEAN](): boolean {
    return false;
  }

  get onopen(): AttributeListener {
    return attributeListener(this, 'open') as AttributeListener;
  }

  set onopen(listener: Attribute<this, 'open'>) {
    setAttributeListener(this, 'open', listener);
  }

  get onmessage(): AttributeListener {
    return attributeListener(this, 'message') as AttributeListener;
  }

  set onmessage(listener: Attribute<this, 'message'>) {
    setAttributeListener(this, 'message', listener);
  }

  get onclose(): AttributeListener {
    return attributeListener(this, 'close') as AttributeListener;
  }

  set onclose(listener: Attribute<this, 'close'>) {
    setAttributeListener(this, 'close', listener);
  }

  get onerror(): AttributeListener {
    return attributeListener(this, 'error') as AttributeListener;
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
