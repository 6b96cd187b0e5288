// The log of `serve`: one line for each thing that happens on a connection, in columns that stay put.

import type { CloseEvent, WebSocketError } from 'harmony-websocket/engine';
import { hideCredentialsIn } from '#credentials';
import { describeClose } from './close-codes.ts';
import { formatSize, type Output, previewBytes, previewText, STAMP_COLUMNS, sizeOf, visible } from './output.ts';
import { inFlags, serveFlags } from './wording.ts';

/** Seen from the server: `in` came from the peer. */
export type Direction = 'in' | 'out';

const arrows = { in: '←', out: '→' } as const;

/** Columns before the preview of a message: stamp, connection number, arrow, kind, size. */
const PREFIX_COLUMNS = STAMP_COLUMNS + 6 + 2 + 8 + 10;

/** What the handshake brought. */
interface Opened {
  readonly url: string;
  readonly subprotocol: string;
  readonly extensions: string;
}

export class TrafficLog {
  readonly #output: Output;
  readonly #quiet: boolean;

  /** @param quiet  leave out everything but what went wrong */
  constructor(output: Output, quiet: boolean) {
    this.#output = output;
    this.#quiet = quiet;
  }

  opened(connection: number, address: string, { url, subprotocol, extensions }: Opened): void {
    if (this.#quiet) return;
    const spoken = subprotocol === '' ? '' : `  subprotocol ${visible(subprotocol)}`;
    const agreed = extensions === '' ? '' : `  ${visible(extensions)}`;
    this.#line(
      connection,
      `${this.#output.style('green', 'open')}     ${address}  ${visible(hideCredentialsIn(url))}${spoken}${agreed}`,
    );
  }

  message(connection: number, direction: Direction, data: string | Uint8Array): void {
    if (this.#quiet) return;
    const room = this.#output.columns - PREFIX_COLUMNS;
    const kind = typeof data === 'string' ? 'text' : 'binary';
    const preview = typeof data === 'string' ? previewText(data, room) : previewBytes(data, room);
    this.#frame(connection, direction, kind, sizeOf(data), preview);
  }

  ping(connection: number, payload: Uint8Array): void {
    if (this.#quiet) return;
    const preview = previewBytes(payload, this.#output.columns - PREFIX_COLUMNS);
    this.#frame(connection, 'in', 'ping', payload.length, preview);
  }

  /** A Close frame that we start with; that of the peer shows in {@link closed}. */
  closing(connection: number, code: number, reason: string): void {
    if (this.#quiet) return;
    this.#line(connection, `${this.#arrow('out')} close   ${describeClose(code, reason)}`);
  }

  failed(connection: number, error: WebSocketError): void {
    const sent = error.closeCode === undefined ? '' : ` (closed with ${error.closeCode})`;
    this.#line(connection, `${this.#output.style('red', 'error')}    ${describe(error.message)}${sent}`);
  }

  closed(connection: number, event: CloseEvent): void {
    if (this.#quiet) return;
    const style = event.wasClean ? 'yellow' : 'red';
    this.#line(connection, `${this.#output.style(style, 'closed')}   ${describeClose(event.code, event.reason)}`);
  }

  refused(address: string, path: string, problem: string): void {
    const style = this.#output.style('red', 'refused');
    this.#output.stamped(
      `${'-'.padEnd(6)}${style}  ${address}  ${visible(hideCredentialsIn(path))}  ${describe(problem)}`,
    );
  }

  #frame(connection: number, direction: Direction, kind: string, size: number, preview: string): void {
    const columns = `${kind.padEnd(6)}  ${formatSize(size).padStart(8)}`;
    this.#line(connection, `${this.#arrow(direction)} ${columns}  ${preview}`);
  }

  #arrow(direction: Direction): string {
    return this.#output.style(direction === 'in' ? 'cyan' : 'dim', arrows[direction]);
  }

  #line(connection: number, text: string): void {
    this.#output.stamped(`${this.#output.style('bold', `#${connection}`.padEnd(5))} ${text}`);
  }
}

/** Text of an error, in words of the command line, and without what a client should not have put into its URL. */
function describe(problem: string): string {
  return visible(hideCredentialsIn(inFlags(problem, serveFlags)));
}
