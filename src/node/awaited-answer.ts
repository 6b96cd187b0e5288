// Answers of the application that an attempt to connect waits for.

import { Vigil } from './vigil.ts';

/**
 * Waits for an answer of the application, and keeps the process alive meanwhile: perhaps nothing else does.
 *
 * @param signal  ends the wait
 * @throws (rejects) what the application's promise rejects with; the `reason` of the signal
 */
export async function awaitedAnswer<Answer>(
  answer: Answer | PromiseLike<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const vigil = new Vigil(true);
  try {
    return await Promise.race([answer, aborted(signal)]);
  } finally {
    vigil.end();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
