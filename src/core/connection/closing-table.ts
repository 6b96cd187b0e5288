// How a connection gets from one stage of its life to the next (RFC 6455 §4.1, §7.1), as data. `Closing` follows this
// table and no other rule. docs/architecture.md shows it as a picture, and a test compares the two and drives a real
// connection through every cell.

/** A stage of a connection's life. */
export type Stage =
  | 'open'
  /** The host closes: our Close frame is first. What the peer sends before its own is still delivered. */
  | 'goingAway'
  /** The application closes: our Close frame is first. Nothing more of the peer is delivered. */
  | 'closing'
  /** Our Close frame was first, and the peer has answered it. TCP has to end. */
  | 'answered'
  /** The peer's Close frame was first, and we have answered it. TCP has to end. */
  | 'peerClosed'
  /** We failed the connection (RFC 6455 §7.1.7), or lost it. */
  | 'failed'
  /** TCP is gone. */
  | 'closed';

/** What can happen to a connection, as far as its stage is concerned. */
export type ClosingEvent =
  /** The application calls `close()`. */
  | 'close'
  /** The host closes: a server drains, or a deadline for an idle or old connection has passed. */
  | 'goAway'
  /** The application calls `terminate()`. */
  | 'terminate'
  /** A Close frame of the peer arrives, with a code that it may have. */
  | 'peerClose'
  /** A rule or a limit was broken, or something was thrown: the peer can still be told. */
  | 'fail'
  /** The peer cannot be told: it is silent, or not even a Close frame can be made. */
  | 'lose'
  /** The peer ends its direction of TCP. */
  | 'tcpEnd'
  /** The closing handshake, or the end of TCP after it, takes longer than `closeTimeout`: we cut TCP. */
  | 'timeout'
  /** TCP is gone, whichever side ended it. */
  | 'tcpGone';

/** The next stage, for each event that leads to another one. All other events leave the stage as it is. */
export const closingTable: Readonly<Record<Stage, Readonly<Partial<Record<ClosingEvent, Stage>>>>> = {
  open: {
    close: 'closing',
    goAway: 'goingAway',
    terminate: 'failed',
    peerClose: 'peerClosed',
    fail: 'failed',
    lose: 'failed',
    tcpEnd: 'failed',
    tcpGone: 'closed',
  },
  goingAway: {
    close: 'closing',
    terminate: 'closing',
    peerClose: 'answered',
    fail: 'failed',
    lose: 'failed',
    tcpGone: 'closed',
  },
  closing: { peerClose: 'answered', fail: 'failed', lose: 'failed', tcpGone: 'closed' },
  answered: { fail: 'failed', tcpGone: 'closed' },
  peerClosed: { fail: 'failed', tcpGone: 'closed' },
  failed: { tcpGone: 'closed' },
  closed: {},
};
