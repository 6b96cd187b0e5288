// What the cases need from a peer: one interface for both roles, so that every case runs in both directions, and a queue
// of what it received.

export type Message = string | Uint8Array;

/** How a peer saw its connection end. */
export interface PeerClose {
  readonly code: number;
  readonly reason: string;
}

/** The peer's end of a connection. What a peer's API cannot do is absent. */
export interface PeerConnection {
  readonly subprotocol: string;
  send(message: Message): void;
  /** Sends one message in this many frames, of one kind. */
  sendFragments?(pieces: readonly string[] | readonly Uint8Array[]): void;
  /** Sends a Ping and answers with the payload of the Pong that matches it. */
  ping?(payload: string): Promise<string>;
  /** The next message received, in order; rejects when the connection ends before. */
  next(): Promise<Message>;
  close(code: number, reason: string): void;
  readonly closed: Promise<PeerClose>;
}

/** PEM texts and where they are: some peers read files. */
export interface PeerTls {
  readonly ca: string;
  readonly caPath: string;
  readonly cert: string;
  readonly certPath: string;
  readonly key: string;
  readonly keyPath: string;
}

/** A peer that listens on a free port of 127.0.0.1 and speaks the subprotocol `chat`. */
export interface PeerServer {
  readonly port: number;
  /** The next connection that was accepted. */
  next(): Promise<PeerConnection>;
  stop(): Promise<void>;
}

export interface ConnectSettings {
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** PEM text, and a file with it, of the authority to trust. */
  readonly tls: PeerTls | undefined;
}

/** Values that arrive and are taken in order, by the first caller. */
export class Inbox<Value> {
  readonly #values: Value[] = [];
  readonly #waiting: { resolve(value: Value): void; reject(error: Error): void }[] = [];
  #end: Error | undefined;

  push(value: Value): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(value);
    else this.#values.push(value);
  }

  /** Ends it: callers that wait, or that ask after the last value, get `error`. */
  end(error: Error): void {
    this.#end ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#end);
  }

  next(): Promise<Value> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift() as Value);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
