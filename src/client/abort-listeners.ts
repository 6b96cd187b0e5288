// Many connections may share one AbortSignal, for example one for the end of the program. The signal gets one listener
// for all of them: Node warns of a leak where a signal has more than ten.

interface Listeners {
  readonly tasks: Set<() => void>;
  /** What the signal calls. */
  readonly run: () => void;
}

const all = new WeakMap<AbortSignal, Listeners>();

/**
 * Calls `task` when `signal` is aborted, unless `offAbort` comes first. `task` must not throw; adding it twice is the
 * same as once.
 */
export function onAbort(signal: AbortSignal, task: () => void): void {
  let listeners = all.get(signal);
  if (listeners === undefined) {
    const tasks = new Set<() => void>();
    listeners = {
      tasks,
      run() {
        all.delete(signal);
        for (const each of tasks) each();
      },
    };
    all.set(signal, listeners);
    signal.addEventListener('abort', listeners.run, { once: true });
  }
  listeners.tasks.add(task);
}

export function offAbort(signal: AbortSignal, task: () => void): void {
  const listeners = all.get(signal);
  if (listeners === undefined) return;
  listeners.tasks.delete(task);
  if (listeners.tasks.size > 0) return;
  all.delete(signal);
  signal.removeEventListener('abort', listeners.run);
}
