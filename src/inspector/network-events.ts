// Recorded connections as events of the Chrome DevTools Protocol, domain Network. DevTools is told them as of a page whose
// WebSockets these are; directions are the server's: "received" came from a client, "sent" went to one.

import { Buffer } from 'node:buffer';
import { Opcode } from '../core/constants.ts';
import type { Entry, Fields, Note, RecordedConnection, RecordedFrame } from './recorded.ts';

/** An event of the protocol. */
export interface ProtocolEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The events of a handshake. */
export function openingEvents({ id, handshake }: RecordedConnection, wallTime: number): ProtocolEvent[] {
  const { url, time, requestFields, status, statusText, responseFields } = handshake;
  const headers = fieldsAsObject(requestFields);
  const about = { requestId: id, timestamp: time };
  return [
    { method: 'Network.webSocketCreated', params: { requestId: id, url, initiator: { type: 'other' } } },
    {
      method: 'Network.webSocketWillSendHandshakeRequest',
      params: { ...about, wallTime, request: { headers } },
    },
    {
      method: 'Network.webSocketHandshakeResponseReceived',
      params: {
        ...about,
        response: {
          status,
          statusText,
          headers: fieldsAsObject(responseFields),
          headersText: headText(`HTTP/1.1 ${status} ${statusText}`, responseFields),
          requestHeaders: headers,
          // Without it, DevTools warns that the fields are not those that were sent.
          requestHeadersText: headText(`GET ${url} HTTP/1.1`, requestFields),
        },
      },
    },
  ];
}

/** The events of a frame or a note. */
export function entryEvents({ id }: RecordedConnection, entry: Entry): ProtocolEvent[] {
  if (entry.kind === 'note') return [noteEvent(id, entry)];
  const event = frameEvent(id, entry);
  const { payload, size, time } = entry;
  if (payload.length === size) return [event];
  const text = `the frame above has ${count(size, 'byte')}; the first ${payload.length} are shown`;
  return [event, noteEvent(id, { kind: 'note', time, text })];
}

export function noteEvent(requestId: string, { time, text }: Note): ProtocolEvent {
  return { method: 'Network.webSocketFrameError', params: { requestId, timestamp: time, errorMessage: text } };
}

export function endEvent({ id, ended }: RecordedConnection): ProtocolEvent {
  return { method: 'Network.webSocketClosed', params: { requestId: id, timestamp: ended } };
}

/** A line in the console of DevTools. */
export function consoleEvent(text: string): ProtocolEvent {
  const args = [{ type: 'string', value: text }];
  return {
    method: 'Runtime.consoleAPICalled',
    params: { type: 'warning', args, executionContextId: 1, timestamp: Date.now() },
  };
}

/** `1 frame`, `12 frames`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function frameEvent(requestId: string, { direction, opcode, payload, size, time }: RecordedFrame): ProtocolEvent {
  const payloadData = opcode === Opcode.text ? textOf(payload, payload.length < size) : base64(payload);
  return {
    method: direction === 'sent' ? 'Network.webSocketFrameSent' : 'Network.webSocketFrameReceived',
    // RFC 6455 §5.1: clients mask, servers do not.
    params: { requestId, timestamp: time, response: { opcode, mask: direction === 'received', payloadData } },
  };
}

/** @param isCut  whether the last character may be incomplete, which is then left out */
function textOf(payload: Uint8Array, isCut: boolean): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload, { stream: isCut });
}

function base64({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64');
}

/** Lines as of HTTP. */
function headText(first: string, fields: Fields): string {
  const lines = [first];
  for (let index = 0; index + 1 < fields.length; index += 2) lines.push(`${fields[index]}: ${fields[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Fields of the same name are lines of one value, as DevTools splits them. */
function fieldsAsObject(fields: Fields): Record<string, string> {
  const object = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [name = '', value = ''] = fields.slice(index, index + 2);
    const before = object.get(name);
    object.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return Object.fromEntries(object);
}
