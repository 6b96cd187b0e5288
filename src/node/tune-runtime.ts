// V8 settings for programs that receive large messages, for those who want them. They are the process's: everything in it
// gets them, so an application sets them, and this package never does.

import process from 'node:process';
import { lateV8 } from './late-modules.ts';

/** Counts bytes outside the heap together with the heap's own growth, instead of against a separate limit. */
const FLAG = '--external-memory-accounted-in-global-limit';
/** The V8 of Node 24. An older one writes a complaint to the standard error stream for a flag that it does not know. */
const KNOWN_SINCE = [13, 6] as const;

/** What `tuneRuntime` did. */
export interface RuntimeTuning {
  /** V8 flags that are set now, the same for each call; none where they would be without effect. */
  readonly flags: readonly string[];
  /** Why there is none. */
  readonly reason: string | undefined;
}

/**
 * Sets V8 up for large binary messages. Call it in the first line of the program, before the heap has grown.
 * Only Node.js 24 and later have a setting that helps; with others, the call does nothing and tells so. The setting holds
 * for the whole process: it collects less often, and may keep more memory. `docs/production.md` has the figures.
 *
 * @returns the flags that are set; calls after the first change nothing
 */
export function tuneRuntime(): RuntimeTuning {
  const { v8: version = '', bun, deno } = process.versions;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isKnown = major > KNOWN_SINCE[0] || (major === KNOWN_SINCE[0] && minor >= KNOWN_SINCE[1]);
  if (bun !== undefined || deno !== undefined) return untuned('V8 flags cannot be set in this runtime');
  if (!isKnown) return untuned(`V8 ${version} has no setting that helps; Node.js 24 and later have one`);
  lateV8().setFlagsFromString(FLAG);
  return { flags: [FLAG], reason: undefined };
}

function untuned(reason: string): RuntimeTuning {
  return { flags: [], reason };
}
