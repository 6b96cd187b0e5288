// Rejections that nobody handles, in hosts that tell them by an event: pages, workers of browsers, Deno.

/** What is used of `PromiseRejectionEvent`. */
interface RejectionEvent {
  readonly reason: unknown;
  readonly defaultPrevented: boolean;
  preventDefault(): void;
  stopImmediatePropagation(): void;
}

/** What is used of the global object. */
export interface EventHost {
  addEventListener?(
    type: 'unhandledrejection',
    listener: (event: RejectionEvent) => void,
    options: { capture: boolean },
  ): void;
}

/**
 * Takes rejections that are ours off the host's hands: no error of the page for them. Listeners of the application get
 * them all the same, those of a test runner do not.
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
