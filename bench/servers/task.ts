// What a child is to do, as the harness gives it on its command line.

import type { MessageKind } from '../load/frames.ts';

export interface ServerTask {
  /** `publish`: a message on `/publish` goes to all other connections. */
  readonly kind: 'echo' | 'publish';
  /** What will come; only the bare socket has to know. */
  readonly message: MessageKind;
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Whether the load will answer pings: it does not where messages are counted by their bytes. */
  readonly isPinged: boolean;
  /** Bytes that may wait for a peer that does not read; the oldest are then dropped, where the server can. */
  readonly budget?: number | undefined;
  /** Milliseconds between two pings to each connection; absent: as by default where `isPinged`. */
  readonly heartbeat?: number | undefined;
  /** Further options for our own server. */
  readonly engine?: object | undefined;
}

export interface ClientTask {
  readonly kind: 'client';
  readonly message: MessageKind;
  readonly port: number;
  /** 0: they are opened when the harness asks, and then do nothing. */
  readonly connections: number;
  readonly inFlight: number;
}
