// The policies for a peer that reads more slowly than it is sent to.

/**
 * What becomes of a message for a peer that does not read as fast as it is sent to, once more than `maxQueuedBytes`
 * wait:
 *
 * - `'close'`: what waits is dropped, and the connection fails with 1013.
 * - `'drop-newest'`: the message is not sent; `send` answers `false`, and its `sent` is told
 *   ERR_WS_SLOW_CONSUMER_DROPPED. For traffic whose gaps are noticed and filled.
 * - `'drop-oldest'`: whole messages that wait are dropped, the oldest first, until the bound is kept; their `sent` are
 *   told the same. For traffic whose newest state is what counts. Where compression is agreed on, what we send is
 *   compressed without context takeover, since the peer's window must not miss a message.
 * - `'pause'`: from `highWaterMark` on the peer is not read from until all has been taken, so that one whose messages are
 *   answered is held back by TCP; beyond `maxQueuedBytes` as `'close'`. At one end of a connection only: two ends that
 *   each wait for the other to read wait until the heartbeat ends it.
 *
 * Fragments of a message that has begun are never dropped: where nothing else is left to drop, the connection fails
 * with 1013 as well.
 */
export type SlowConsumerPolicy = 'close' | 'drop-newest' | 'drop-oldest' | 'pause';
