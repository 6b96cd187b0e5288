// What a WebSocket is told when an open connection gets under it.

import type { Duplex } from 'node:stream';

/** What `adopt` is told beside the connection. */
export interface AdoptSettings {
  /** The socket that carries it, for `_socket`. Absent: none is known. */
  readonly socket?: Duplex | undefined;
  /** `false`: at most one of `message`, `ping` and `pong` in a turn of the event loop. Default `true`. */
  readonly allowSynchronousEvents?: boolean | undefined;
}
