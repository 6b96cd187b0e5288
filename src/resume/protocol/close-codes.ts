// The close codes of wsr1: a narrow block of the private range (RFC 6455 §7.4.2), so that applications keep 4000 to 4699.
// They are hints: what was said by a control message before the close counts more.

export const ResumeCloseCode = {
  /** The peer broke a rule of wsr1. The session is not used again. */
  PROTOCOL: 4700,
  /** No `S` in time after the connection opened. */
  NO_START: 4701,
  /** The counts of the two ends differ. The session ends. */
  COUNTS: 4702,
  /** Another connection has taken the session over. This client must not connect again. */
  REPLACED: 4703,
  /** The session cannot be resumed, and the client asked for no new one. */
  NOT_RESUMABLE: 4704,
  /** More was waiting for the client than the server keeps. The session has ended. */
  OVERFLOW: 4705,
  /** The user may not have this session (any more). */
  NOT_ALLOWED: 4706,
  /** Too many sessions or attempts: try again after the time in the reason, `after=<milliseconds>`. */
  BUSY: 4707,
  /** The peer was silent for too long. The session stays. */
  SILENT: 4708,
  /** No version of the protocol that both ends know. */
  VERSION: 4709,
} as const;

/** The codes after which a client does not connect again by itself. */
export function isFinal(code: number): boolean {
  return (
    code === ResumeCloseCode.PROTOCOL ||
    code === ResumeCloseCode.REPLACED ||
    code === ResumeCloseCode.NOT_RESUMABLE ||
    code === ResumeCloseCode.NOT_ALLOWED ||
    code === ResumeCloseCode.VERSION
  );
}

/** The hint of a close reason that begins with `after=<milliseconds>`; `undefined` without one. */
export function afterHint(reason: string): number | undefined {
  const digits = /^after=(\d+)/.exec(reason)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
