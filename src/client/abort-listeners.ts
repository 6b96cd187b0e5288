// Many connections on one AbortSignal of the application's, say one for a whole program that ends. The signal gets one
// listener for all of them: Node warns of a leak where one has more than ten.

interface Listeners {
  readonly tasks: Set<() => void>;
  /** What the signal calls. */
  readonly run: () => void;
}

const all = new WeakMap<AbortSignal, Listeners>();

/** Calls `task` when `signal` is aborted, until `offAbort`; the same one once. It does not throw. */
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
