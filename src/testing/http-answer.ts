// Plain HTTP answers of scripted peers: what a test may give, and the bytes that it makes.

import { Buffer } from 'node:buffer';
import { types } from 'node:util';
import type { Rows, Schema } from '../core/option-check.ts';
import { check, integer } from '../core/option-kinds.ts';
import { type Head, type HeadFields, headText, statusLine } from './head.ts';
import { headFields, milliseconds } from './option-rows.ts';

/** A response to a plain HTTP request. */
export interface HttpAnswer {
  /** HTTP status. Default 200. */
  status?: number;
  /** Header fields. They replace those that are sent by default; `undefined` omits one. */
  headers?: HeadFields;
  /**
   * The body: a string, bytes, or any other value, which is sent as JSON with the content type `application/json`. Default:
   * empty.
   */
  body?: unknown;
  /** Milliseconds, in the network's time, before it is sent. Default 0. */
  delay?: number;
}

/** An answer that a script sends when its turn comes. */
export type HttpAnswerNow = Omit<HttpAnswer, 'delay'>;

const rows = {
  status: integer(100, 999),
  headers: headFields,
  body: check<unknown>('a string, bytes, or a value that JSON has', (value) => bodyBytes(value) !== undefined),
} satisfies Rows<HttpAnswerNow>;

const example = "{ status: 200, body: 'hello' }";
const elsewhere = { header: 'use headers', statusCode: 'use status', data: 'use body', json: 'use body' };

/** The check of what a handler of `serveHTTP` returns. */
export const servedAnswerSchema: Schema<HttpAnswer> = {
  of: 'serveHTTP',
  example,
  rows: { ...rows, delay: milliseconds } satisfies Rows<HttpAnswer>,
  elsewhere,
};

/** The check of the options of `answerHTTP`. */
export const answerNowSchema: Schema<HttpAnswerNow> = {
  of: 'answerHTTP',
  example,
  rows,
  elsewhere: { ...elsewhere, delay: 'move the time of the network before the call' },
};

/** An answer with all that it needs. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: HeadFields;
  readonly body: Buffer;
}

/** Fills in what a checked answer leaves out. */
export function wholeAnswer({ status = 200, headers = {}, body = '' }: HttpAnswerNow): WholeAnswer {
  const isTyped = typeof body === 'string' || types.isUint8Array(body) || types.isAnyArrayBuffer(body);
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const fields = isTyped || hasType ? headers : { 'Content-Type': 'application/json', ...headers };
  return { status, headers: fields, body: bodyBytes(body) ?? NOTHING };
}

const NOTHING = Buffer.alloc(0);

/** @returns `undefined` for a value that JSON does not have */
function bodyBytes(body: unknown): Buffer | undefined {
  if (typeof body === 'string') return Buffer.from(body);
  if (types.isUint8Array(body)) return Buffer.from(body);
  if (types.isAnyArrayBuffer(body)) return Buffer.from(new Uint8Array(body));
  const text: string | undefined = JSON.stringify(body);
  return text === undefined ? undefined : Buffer.from(text);
}

/** Returns the bytes of a response. To HEAD, and with a status that has no body, there is none. */
export function answerBytes({ status, headers, body }: WholeAnswer, request: Head): Buffer {
  const isBodiless = status < 200 || status === 204 || status === 304;
  const defaults: HeadFields = {
    Connection: endsAfter(request) ? 'close' : undefined,
    'Content-Length': isBodiless ? undefined : String(body.length),
  };
  const head = Buffer.from(headText(statusLine(status), defaults, headers), 'latin1');
  return isBodiless || request.method === 'HEAD' ? head : Buffer.concat([head, body]);
}

/** Whether the client wants the connection to end after the response (RFC 9112 §9.3). */
export function endsAfter(request: Head): boolean {
  const options = (request.header('connection') ?? '').toLowerCase().split(/\s*,\s*/u);
  return options.includes('close') || (request.startLine.endsWith('HTTP/1.0') && !options.includes('keep-alive'));
}
