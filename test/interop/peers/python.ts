// Python's `websockets` as a peer, in both roles: one process for a suite, steered as python_peer.py describes.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  type ConnectSettings,
  Inbox,
  type Message,
  type PeerClose,
  type PeerConnection,
  type PeerServer,
  type PeerTls,
} from './peer.ts';

interface Event {
  readonly event: 'listening' | 'open' | 'message' | 'pong' | 'closed' | 'failed';
  readonly id: number;
  readonly port: number;
  readonly subprotocol: string;
  readonly text: boolean | string;
  readonly size?: number;
  readonly payload: string;
  readonly code: number;
  readonly reason: string;
}

/** A connection of the Python process. */
class PythonConnection implements PeerConnection {
  subprotocol = '';
  readonly closed: Promise<PeerClose>;
  readonly messages = new Inbox<Message>();
  readonly pongs = new Inbox<string>();
  readonly opened = new Inbox<undefined>();
  readonly #id: number;
  readonly #process: PythonPeer;
  #resolveClosed: (close: PeerClose) => void = () => {};

  constructor(id: number, process: PythonPeer) {
    this.#id = id;
    this.#process = process;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  send(message: Message): void {
    this.sendFragments([message] as string[] | Uint8Array[]);
  }

  sendFragments(pieces: readonly string[] | readonly Uint8Array[]): void {
    const bytes = pieces.map((piece) => Buffer.from(piece as string));
    const text = typeof pieces[0] === 'string';
    this.#process.command({ do: 'send', id: this.#id, text, sizes: bytes.map(({ length }) => length) }, bytes);
  }

  async ping(payload: string): Promise<string> {
    this.#process.command({ do: 'ping', id: this.#id, payload });
    return await this.pongs.next();
  }

  next(): Promise<Message> {
    return this.messages.next();
  }

  close(code: number, reason: string): void {
    this.#process.command({ do: 'close', id: this.#id, code, reason });
  }

  ended(close: PeerClose): void {
    this.failed(new Error(`python websockets: closed with ${close.code} ${close.reason}`));
    this.#resolveClosed(close);
  }

  failed(error: Error): void {
    for (const inbox of [this.messages, this.pongs, this.opened]) inbox.end(error);
  }
}

/** A Python process that listens on one port and connects as often as asked. */
export class PythonPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #connections = new Map<number, PythonConnection>();
  readonly #accepted = new Inbox<PeerConnection>();
  readonly #ports = new Inbox<number>();
  readonly #chunks: Buffer[] = [];
  #buffered = 0;
  /** The event whose payload is being received. */
  #event: Event | undefined;
  #lastId = 0;

  /** @param python  path of a Python that has the module */
  constructor(python: string) {
    const script = fileURLToPath(new URL('python_peer.py', import.meta.url));
    this.#child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#received(chunk));
    this.#child.on('close', (code) => this.#ended(new Error(`python_peer.py ended with exit code ${code}`)));
  }

  async listen(tls?: PeerTls): Promise<PeerServer> {
    this.command({ do: 'listen', cert: tls?.certPath ?? null, key: tls?.keyPath ?? null });
    const port = await this.#ports.next();
    return { port, next: () => this.#accepted.next(), stop: () => this.stop() };
  }

  async connect({ url, subprotocols, tls }: ConnectSettings): Promise<PeerConnection> {
    const id = ++this.#lastId;
    const connection = new PythonConnection(id, this);
    this.#connections.set(id, connection);
    this.command({ do: 'connect', id, url, subprotocols, ca: tls?.caPath ?? null });
    await connection.opened.next();
    return connection;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }

  command(command: object, pieces: readonly Uint8Array[] = []): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    for (const piece of pieces) this.#child.stdin.write(piece);
  }

  #received(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    // While a large payload arrives there is nothing to look for.
    while (this.#buffered >= (this.#event?.size ?? 1)) {
      const bytes = Buffer.concat(this.#chunks.splice(0));
      const size = this.#event?.size ?? bytes.indexOf(0x0a) + 1;
      this.#chunks.push(bytes.subarray(size));
      this.#buffered = bytes.length - size;
      if (this.#event) {
        this.#happened(this.#event, bytes.subarray(0, size));
        this.#event = undefined;
      } else if (size > 0) {
        const event = JSON.parse(bytes.toString('utf8', 0, size)) as Event;
        if (event.size === undefined) this.#happened(event, bytes.subarray(0, 0));
        else this.#event = event;
      } else return;
    }
  }

  #happened(event: Event, payload: Buffer): void {
    if (event.event === 'listening') {
      this.#ports.push(event.port);
      return;
    }
    let connection = this.#connections.get(event.id);
    if (!connection) {
      if (event.event === 'failed') {
        this.#ended(new Error(`python_peer.py: ${event.text}`));
        return;
      }
      connection = new PythonConnection(event.id, this);
      this.#connections.set(event.id, connection);
    }
    if (event.event === 'open') {
      connection.subprotocol = event.subprotocol;
      connection.opened.push(undefined);
      if (event.id < 0) this.#accepted.push(connection);
    } else if (event.event === 'message') connection.messages.push(event.text ? payload.toString() : payload);
    else if (event.event === 'pong') connection.pongs.push(event.payload);
    else if (event.event === 'closed') connection.ended({ code: event.code, reason: event.reason });
    else connection.failed(new Error(`python websockets: ${event.text}`));
  }

  #ended(error: Error): void {
    this.#accepted.end(error);
    this.#ports.end(error);
    for (const connection of this.#connections.values()) connection.failed(error);
  }
}
