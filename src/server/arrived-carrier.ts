// A handshake that came on a connection without a stream. If it is accepted in the same turn of the event loop, its
// connection begins on the handle. Whatever needs more makes Node's socket and request at that moment: a refusal, a decision
// that takes time, or a handler that looks at them. The upgrade goes on with these; it does not begin again.
//
// ```
//  arrived ── accept ──▶ taken: its request has no connection any more
//     │ its stream or request is needed
//     ▼
//  streamed: everything is as for a request that came on a stream
// ```

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { PeerAddress } from '../node/address.ts';
import type { ParsedHead } from '../node/internals/head-parser.ts';
import type { RequestFields } from '../node/internals/request-fields.ts';
import type { TcpHandle } from '../node/internals/socket-handle.ts';
import { HandleTransport } from '../node/transport/handle-transport.ts';
import type { HandshakeAnswer, UpgradedStream } from './handshake-answer.ts';
import { acceptanceHead } from './http1-response.ts';
import type { UpgradeCarrier } from './upgrade-carrier.ts';

/** Makes Node's socket and request. @returns `undefined` where Node has not given a request: its client is lost */
export type MakeStream = () => UpgradeCarrier | undefined;

/** A connection without a stream, while that can be made. */
interface Arrived {
  readonly handle: TcpHandle;
  /** Bytes after the head. */
  readonly rest: Uint8Array;
  readonly makeStream: MakeStream;
}

export class ArrivedCarrier implements UpgradeCarrier, HandshakeAnswer {
  readonly head: ParsedHead;
  readonly peer: PeerAddress;
  readonly client: PeerAddress;
  readonly encrypted = false;
  readonly hasLeft = false;
  readonly #fields: RequestFields;
  #arrived: Arrived | undefined;
  #stream: UpgradeCarrier | undefined;
  #headers: IncomingHttpHeaders | undefined;
  #message: IncomingMessage | undefined;
  #made: ((socket: Duplex) => void) | undefined;

  constructor(head: ParsedHead, peer: PeerAddress, fields: RequestFields, arrived: Arrived) {
    this.head = head;
    this.peer = peer;
    this.client = peer;
    this.#fields = fields;
    this.#arrived = arrived;
  }

  get answer(): HandshakeAnswer {
    return this.#stream?.answer ?? this;
  }

  get headers(): IncomingHttpHeaders {
    this.#headers ??= this.#stream?.headers ?? this.#fields.headersOf(this.head.rawHeaders);
    return this.#headers;
  }

  get message(): IncomingMessage {
    this.#message ??= this.#streamed()?.message ?? this.#fields.requestOf(this.head, this.peer);
    return this.#message;
  }

  get socket(): Duplex {
    return this.#streamed()?.socket ?? new Duplex().destroy();
  }

  hold(made: (socket: Duplex) => void): boolean {
    if (this.#arrived === undefined) return false;
    this.#arrived.handle.readStop();
    this.#made = made;
    return true;
  }

  accept(fields: readonly string[]): UpgradedStream {
    const { handle, rest } = this.#arrived as Arrived;
    this.#arrived = undefined;
    const transport = HandleTransport.ofAccepted(handle);
    transport.writeHead(acceptanceHead(fields));
    return { transport, start: (events) => transport.start(events, rest) };
  }

  refuse(status: number, fields: readonly string[], body: string): void {
    this.#streamed()?.answer.refuse(status, fields, body);
  }

  #streamed(): UpgradeCarrier | undefined {
    const { makeStream } = this.#arrived ?? {};
    this.#arrived = undefined;
    if (makeStream === undefined) return this.#stream;
    const stream = makeStream();
    this.#stream = stream;
    if (stream !== undefined) this.#made?.(stream.socket);
    return stream;
  }
}
