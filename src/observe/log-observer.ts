// What connections do, as lines: of the debug log, with the beginnings of payloads and the heads of handshakes, and of a logger that
// an application gave, without them. `>` was sent and `<` received, as this process sees it.

import { hideCredentialsIn } from '../core/credentials.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { HandshakeOutcome, ObservedClose, ObservedFrame, ObservedRequest, Observer } from '../core/observer.ts';
import { closeCodeName } from './close-code-names.ts';
import { frameLine, printable, quoted } from './frame-line.ts';
import type { LogLevel } from './logger.ts';
import { withoutSecrets, withoutTokens } from './shown-fields.ts';

/** Where lines go. */
export interface LineSink {
  /** Whether lines of a level are wanted. Asked before a line is made. */
  wants(level: LogLevel): boolean;
  write(level: LogLevel, line: string): void;
}

/** The parts of a connection that lines are about. */
export interface LoggedConnection {
  readonly id: string;
  readonly url: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly subprotocol: string;
  readonly extensions: string;
}

const MARKS = { sent: '>', received: '<' } as const;
/** Characters of a line that a peer decides on, such as its URL. */
const MAX_TEXT = 300;

/** @param isDetailed  with the beginnings of payloads, and the header fields of handshakes */
export function logObserver(sink: LineSink, isDetailed: boolean): Observer<LoggedConnection> {
  const write = (level: LogLevel, line: () => string): void => {
    if (sink.wants(level)) sink.write(level, line());
  };
  return {
    handshake(request, outcome) {
      if (outcome.kind === 'refused' || outcome.kind === 'failed') {
        const { error } = outcome;
        const level = error.code === 'ERR_WS_UPGRADE_FAILED' ? 'error' : 'warn';
        write(level, () => `${subject(request)} ${outcome.kind}${statusOf(error)}: ${shown(error.message)}`);
      }
      if (isDetailed && request !== undefined)
        for (const line of headLines(request, outcome)) write('debug', () => line);
      else if (outcome.kind === 'started') write('debug', () => `${subject(request)} started`);
    },
    open(connection) {
      write('info', () => `#${connection.id} open ${about(connection)}`);
    },
    frame(connection, frame: ObservedFrame) {
      write('debug', () => `#${connection.id} ${MARKS[frame.direction]} ${frameLine(frame, isDetailed)}`);
    },
    drain(connection) {
      write('debug', () => `#${connection.id} drained: everything queued has left`);
    },
    slowConsumer(connection, action) {
      write('warn', () => `#${connection.id} slow peer: ${action}`);
    },
    error(connection, error) {
      const level = error.code === 'ERR_WS_INTERNAL' ? 'error' : 'warn';
      write(level, () => `#${connection.id} failed: ${shown(error.message)}`);
    },
    close(connection, event) {
      write('info', () => `#${connection.id} closed ${closed(event, isDetailed)}`);
    },
  };
}

function subject(request: ObservedRequest | undefined): string {
  if (request === undefined) return 'a client without a request:';
  const { role, url, remoteAddress, remotePort } = request;
  const where = shown(url);
  return role === 'client'
    ? `handshake with ${where}`
    : `handshake of ${address(remoteAddress, remotePort)} for ${where}`;
}

function headLines(request: ObservedRequest, outcome: HandshakeOutcome<LoggedConnection>): string[] {
  const { role, url, rawHeaders } = request;
  if (outcome.kind === 'started') {
    const mark = role === 'client' ? '>' : '<';
    return [`${mark} GET ${shown(url)}`, ...fieldLines(mark, rawHeaders)];
  }
  if (outcome.kind !== 'accepted') return [];
  const mark = `#${outcome.connection.id} ${role === 'client' ? '<' : '>'}`;
  return [`${mark} HTTP/1.1 101 Switching Protocols`, ...fieldLines(mark, outcome.rawHeaders)];
}

function fieldLines(mark: string, fields: readonly string[]): string[] {
  const safe = withoutSecrets(fields);
  return Array.from({ length: safe.length >> 1 }, (_, at) => {
    return `${mark} ${cut(printable(safe[2 * at] as string))}: ${cut(printable(safe[2 * at + 1] as string))}`;
  });
}

function about({ url, remoteAddress, remotePort, subprotocol, extensions }: LoggedConnection): string {
  const parts = [shown(url), address(remoteAddress, remotePort)];
  if (subprotocol !== '') parts.push(`subprotocol ${shown(withoutTokens(subprotocol))}`);
  if (extensions !== '') parts.push(shown(extensions));
  return parts.join(' ');
}

function closed({ code, reason, wasClean, error }: ObservedClose, showsReason: boolean): string {
  const name = closeCodeName(code);
  const words = name === undefined ? String(code) : `${code} (${name})`;
  const said = reason !== '' && showsReason ? ` ${quoted(reason)}` : '';
  return wasClean ? words + said : `${words}${said}: ${shown(error?.message ?? 'not clean')}`;
}

/** If the message does not tell it. */
function statusOf({ status, message }: WebSocketError): string {
  return status === undefined || message.includes(String(status)) ? '' : ` with ${status}`;
}

function address(host: string, port: number): string {
  if (host === '') return 'an unknown address';
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Text of a peer's or of an error: without secrets, in one line, and not too long. */
function shown(text: string): string {
  return cut(printable(hideCredentialsIn(text)));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
