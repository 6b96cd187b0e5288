// Joins a server and a recorder: what the server's observer is told becomes what is recorded.

import { Buffer } from 'node:buffer';
import { Opcode } from '../core/constants.ts';
import type { HandshakeOutcome, ObservedClose, ObservedFrame, ObservedRequest, Observer } from '../core/observer.ts';
import { closeCodeName } from '../observe/close-code-names.ts';
import type { Server } from '../server/server.ts';
import type { ServerConnection } from '../server/server-connection.ts';
import type { Fields, RecordedHandshake } from './recorded.ts';
import type { Recorder } from './recorder.ts';
import { shownHandshake } from './shown-handshake.ts';

/**
 * Records what happens on the connections of a server, beginning with those that are open.
 *
 * @returns ends it
 */
export function watch<Context>(server: Server<Context>, recorder: Recorder, showSecrets: boolean): () => void {
  const watcher = new Watcher<Context>(recorder, showSecrets);
  for (const connection of server.connections) watcher.found(connection);
  return server.observe(watcher);
}

/** What is known of a handshake whose connection opens in the same moment. */
interface Accepted {
  readonly requestFields: Fields;
  readonly responseFields: Fields;
}

class Watcher<Context> implements Observer<ServerConnection<Context>> {
  readonly #recorder: Recorder;
  readonly #showSecrets: boolean;
  #refusals = 0;

  constructor(recorder: Recorder, showSecrets: boolean) {
    this.#recorder = recorder;
    this.#showSecrets = showSecrets;
  }

  /** A connection that was there before. */
  found(connection: ServerConnection<Context>): void {
    this.#opened(connection, undefined);
  }

  handshake(request: ObservedRequest | undefined, outcome: HandshakeOutcome<ServerConnection<Context>>): void {
    if (request === undefined || outcome.kind === 'started') return;
    if (outcome.kind === 'accepted') {
      this.#opened(outcome.connection, { requestFields: request.rawHeaders, responseFields: outcome.rawHeaders });
    } else {
      const { error } = outcome;
      const id = `refused-${++this.#refusals}`;
      this.#recorder.refused(id, () => this.#refused(id, request, error.status ?? 0), error.message);
    }
  }

  frame(connection: ServerConnection<Context>, frame: ObservedFrame): void {
    const { opcode, fin, direction } = frame;
    const isData = opcode < Opcode.close;
    // The payloads of compressed messages are told by `message`, except for those that are sent in fragments.
    if (isData && connection.extensions !== '' && (direction === 'received' || (fin && opcode !== 0))) return;
    this.#record(connection, frame);
  }

  message(
    connection: ServerConnection<Context>,
    direction: 'received' | 'sent',
    data: string | Uint8Array,
    isBinary: boolean,
  ): void {
    if (connection.extensions === '') return; // its frames are told
    const opcode = isBinary ? Opcode.binary : Opcode.text;
    const payload = typeof data === 'string' ? Buffer.from(data) : data;
    this.#record(connection, { direction, opcode, size: payload.length, payload });
  }

  slowConsumer(connection: ServerConnection<Context>, action: string): void {
    this.#recorder.note(connection, `the peer reads too slowly: ${action}`);
  }

  error(connection: ServerConnection<Context>, error: Error): void {
    this.#recorder.note(connection, error.message);
  }

  close(connection: ServerConnection<Context>, event: ObservedClose): void {
    this.#recorder.closed(connection, `closed: ${closeText(event)}`);
  }

  #record(
    connection: ServerConnection<Context>,
    frame: Pick<ObservedFrame, 'direction' | 'opcode' | 'size' | 'payload'>,
  ): void {
    this.#recorder.frame(connection, connection.id, () => this.#shown(connection, undefined), frame);
  }

  #opened(connection: ServerConnection<Context>, accepted: Accepted | undefined): void {
    this.#recorder.opened(connection, connection.id, () => this.#shown(connection, accepted));
  }

  #shown(connection: ServerConnection<Context>, accepted: Accepted | undefined): RecordedHandshake {
    const { id, url, encrypted, remoteAddress, remotePort, openedAt, subprotocol, extensions } = connection;
    const known = [
      ...(subprotocol === '' ? [] : ['Sec-WebSocket-Protocol', subprotocol]),
      ...(extensions === '' ? [] : ['Sec-WebSocket-Extensions', extensions]),
    ];
    const client = {
      id,
      url,
      isEncrypted: encrypted,
      remoteAddress,
      remotePort,
      requestFields: accepted?.requestFields,
      status: 101,
      statusText: 'Switching Protocols',
      responseFields: accepted?.responseFields ?? known,
    };
    return shownHandshake(client, openedAt / 1000 - this.#recorder.epoch, this.#showSecrets);
  }

  #refused(id: string, request: ObservedRequest, status: number): RecordedHandshake {
    const { url, remoteAddress, remotePort, rawHeaders } = request;
    const client = {
      id,
      url,
      isEncrypted: false,
      remoteAddress,
      remotePort,
      requestFields: rawHeaders,
      status,
      statusText: '',
      responseFields: [],
    };
    return shownHandshake(client, this.#recorder.now(), this.#showSecrets);
  }
}

function closeText({ code, reason, wasClean, error }: ObservedClose): string {
  const name = closeCodeName(code);
  const words = [name === undefined ? String(code) : `${code} (${name})`];
  if (reason !== '') words.push(reason);
  return wasClean || error === undefined ? words.join(' ') : `${words.join(' ')}: ${error.message}`;
}
