// A session as the application sees it: what outlives the single connections of a client that comes back (docs/resume.md).

/** A session: `connection.session` of a client that agreed to resume. */
export interface Session {
  /** 32 hexadecimal digits. Not secret: use it in logs. */
  readonly id: string;
  /** Whether a connection carries it at present. While none does, messages wait for the client to come back. */
  readonly isAttached: boolean;
  /** How often a connection was claimed for it: 1 for a new one, one more for each resume. */
  readonly generation: number;
  /** Messages of the application, in parts where they are large, since the session began. */
  readonly sent: number;
  /** Those of them that the client has said to have handled. */
  readonly acknowledged: number;
  /** Messages of the client, in parts where they are large, since the session began. */
  readonly received: number;
  /** Those of them that this end has handled. */
  readonly handled: number;
  /**
   * Number of the message whose handler was called last: read it before the handler first waits. With a store in the mode
   * `ahead`, messages whose handlers ran in the turn in which the process was killed come again, with the same numbers: `id` and
   * this together are the key of a message. 0: none has come.
   */
  readonly messageNumber: number;
  /** Bytes that are kept for the client: sent and not acknowledged, or waiting. */
  readonly heldBytes: number;
  /**
   * A value of the application's that a store keeps with the session, for the process that takes it over: what `JSON`
   * can write, of at most 16 KiB in that form. It is read at each detach and drain. Default `undefined`.
   */
  data: unknown;
}
