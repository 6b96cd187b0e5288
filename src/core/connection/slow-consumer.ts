// The policies for a peer that reads more slowly than you send.

/**
 * What happens when you send a message while more than `maxQueuedBytes` wait for the peer.
 *
 * - `'close'`: the queued messages are dropped, and the connection fails with 1013.
 * - `'drop-newest'`: the message is not sent. `send` returns `false`, and its `sent` callback gets
 *   ERR_WS_SLOW_CONSUMER_DROPPED. For data whose gaps the peer notices and fills.
 * - `'drop-oldest'`: whole messages that wait are dropped, the oldest first, until the bound is kept. Their `sent` callbacks
 *   get the same error. For data of which only the newest state counts. We then compress without context takeover, since
 *   the peer's window must not miss a message.
 * - `'pause'`: at `highWaterMark` we stop reading from the peer until it has taken everything, so that TCP holds back a
 *   peer that you answer. Beyond `maxQueuedBytes` it acts as `'close'`. Use it at one end of a connection only: two ends
 *   that wait for each other to read wait until the heartbeat cuts them.
 *
 * Fragments of a message that has begun are never dropped. If nothing else is left to drop, the connection fails with 1013.
 */
export type SlowConsumerPolicy = 'close' | 'drop-newest' | 'drop-oldest' | 'pause';
