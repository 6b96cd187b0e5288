// `Receiver` of `ws` reads frames from a stream. Here the engine does, below its connections.

/** Not constructed: a WebSocket reads by itself. */
export class WebSocketReceiver {
  constructor() {
    throw new TypeError("a Receiver is not constructed here: use the 'message' event of a WebSocket");
  }
}
