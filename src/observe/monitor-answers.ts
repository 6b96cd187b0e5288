// What a monitor gets over HTTP: the metrics as text, and whether the server takes connections.

import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { acceptedFormat } from './accepted-format.ts';
import type { MetricsSource } from './metric-family.ts';
import type { CompleteNaming } from './metric-options.ts';
import { contentTypes, metricsText } from './open-metrics.ts';

/** Answers with metrics, in the format that the request accepts. GET and HEAD; otherwise 405. */
export function answerMetrics(
  source: MetricsSource,
  naming: CompleteNaming,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (refusesMethod(request, response)) return;
  const format = acceptedFormat(request.headers.accept);
  const fields = { 'Content-Type': contentTypes[format], Vary: 'Accept' };
  answer(request, response, 200, fields, metricsText(source.metrics(), format, naming));
}

/**
 * Answers 200, or 503 if the server takes no connections, with a small JSON text. GET and HEAD; otherwise 405.
 *
 * @param bus  its state. Absent: there is none
 */
export function answerHealth(
  isDraining: boolean,
  bus: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (refusesMethod(request, response)) return;
  const status = isDraining ? 'draining' : 'ok';
  const body = `${JSON.stringify(bus === undefined ? { status } : { status, bus })}\n`;
  answer(request, response, isDraining ? 503 : 200, { 'Content-Type': 'application/json' }, body);
}

/** Answers 503: there are no metrics now. @param why  one line */
export function answerUnavailable(why: string, request: IncomingMessage, response: ServerResponse): void {
  if (refusesMethod(request, response)) return;
  answer(request, response, 503, { 'Content-Type': 'text/plain; charset=utf-8' }, `${why}\n`);
}

function refusesMethod(request: IncomingMessage, response: ServerResponse): boolean {
  const { method = '' } = request;
  if (method === 'GET' || method === 'HEAD') return false;
  const fields = { Allow: 'GET, HEAD', 'Content-Type': 'text/plain; charset=utf-8' };
  answer(request, response, 405, fields, 'use GET or HEAD\n');
  return true;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  fields: Readonly<Record<string, string>>,
  body: string,
): void {
  const head = { ...fields, 'Cache-Control': 'no-store', 'Content-Length': Buffer.byteLength(body) };
  // A body of the request is not read: the connection is of no further use. Not with HTTP/2, which has no such field.
  const hasBody = 'transfer-encoding' in request.headers || (request.headers['content-length'] ?? '0') !== '0';
  response.writeHead(status, hasBody && request.httpVersionMajor === 1 ? { ...head, Connection: 'close' } : head);
  response.end(request.method === 'HEAD' ? undefined : body);
}
