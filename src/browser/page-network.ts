// The network that companions are on, in a page: of it they only use the clock.

interface Timer {
  set(milliseconds: number): void;
  clear(): void;
}

/** The network of the page. */
export function network() {
  return { clock: { timer } };
}

function timer({ expired }: { expired(): void }): Timer {
  let running: ReturnType<typeof setTimeout> | undefined;
  return {
    set(milliseconds) {
      clearTimeout(running);
      running = setTimeout(expired, milliseconds);
    },
    clear: () => clearTimeout(running),
  };
}
