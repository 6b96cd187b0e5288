// Ends the process of a file of tests when its suites have ended, and something keeps it running: a server, a socket, a timer.
// On a device a run ends with its last test; Node's runner would wait for ever, in silence.

// Read now, because tests may replace it by their own clock.
const { setTimeout, clearTimeout } = globalThis;

/** Milliseconds that sockets and timers have after the last test, to end by themselves. */
const GRACE = 1000;

let open = 0;
let timer: NodeJS.Timeout | undefined;

/** Told of each outermost suite. */
export function suiteBegins(): void {
  open++;
  clearTimeout(timer);
}

/** Told when an outermost suite has run, with its hooks. */
export function suiteEnds(): void {
  open--;
  // Only where Node's runner has started the process for a file of tests.
  if (open > 0 || process.env.NODE_TEST_CONTEXT === undefined) return;
  timer = setTimeout(end, GRACE);
  timer.unref();
}

function end(): void {
  const kept = [...new Set(process.getActiveResourcesInfo())].filter((name) => !/^(?:PipeWrap|TTYWrap)$/.test(name));
  console.error(
    `hypium: the tests have ended, but ${kept.join(', ') || 'something'} kept the process running; ` +
      'it is ended now: close in afterAll what the tests have opened',
  );
  process.exit();
}
