// Unhandled rejections in hosts that report them by an event: pages, workers of browsers, Deno.

/** The part of `PromiseRejectionEvent` that is used here. */
interface RejectionEvent {
  readonly reason: unknown;
  readonly defaultPrevented: boolean;
  preventDefault(): void;
  stopImmediatePropagation(): void;
}

/** The part of the global object that is used here. */
export interface EventHost {
  addEventListener?(
    type: 'unhandledrejection',
    listener: (event: RejectionEvent) => void,
    options: { capture: boolean },
  ): void;
}

/**
 * Handles the rejections that are ours, so that the host does not report them. Listeners of the application still get
 * them; those of a test runner do not.
 *
 * @returns whether the host has such events
 */
export function guardEvents(host: EventHost, isTaken: (reason: unknown) => boolean, isTested: boolean): boolean {
  if (typeof host.addEventListener !== 'function') return false;
  host.addEventListener(
    'unhandledrejection',
    (event) => {
      if (event.defaultPrevented || !isTaken(event.reason)) return;
      event.preventDefault();
      if (isTested) event.stopImmediatePropagation();
    },
    { capture: true },
  );
  return true;
}
