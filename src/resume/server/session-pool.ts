// What the sessions of all paths of one server share: the settings, the store, the bounds on all of them, and what is counted.

import { nodeHost } from '../../node/environment.ts';
import type { SessionStore } from '../protocol/store.ts';
import { MemoryStore } from '../stores/memory-store.ts';
import { AttemptRates } from './attempt-rates.ts';
import { type CompleteResumeSettings, completeResume, type ResumeSettings } from './options.ts';
import { SessionBounds } from './session-bounds.ts';
import { SessionCounts } from './session-counts.ts';

export class SessionPool<Context> {
  readonly settings: CompleteResumeSettings;
  readonly store: SessionStore;
  readonly bounds: SessionBounds<Context>;
  readonly counts = new SessionCounts();
  /** Of each session. */
  readonly resumes: AttemptRates;
  /** Of each address. */
  readonly failures: AttemptRates;

  /** @param settings  checked */
  constructor(settings: ResumeSettings) {
    const complete = completeResume(settings);
    const { clock } = nodeHost;
    this.settings = complete;
    this.store = complete.store ?? new MemoryStore(clock);
    this.bounds = new SessionBounds(complete);
    this.resumes = new AttemptRates(clock, complete.maxResumesPerMinute);
    this.failures = new AttemptRates(clock, complete.maxFailuresPerMinute);
  }
}
