// Spans for OpenTelemetry: one for each connection, from the beginning of its handshake to its end, and on request one for
// each message. Attributes are those of the semantic conventions where these have them. What may be secret is left out: queries
// of URLs, header fields, reasons of Close frames, data.

import { Buffer } from 'node:buffer';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { HandshakeOutcome, ObservedRequest, Observer } from '../core/observer.ts';
import { withoutTokens } from './shown-fields.ts';

/** The package, as far as spans need it. */
export type OpenTelemetry = typeof import('@opentelemetry/api');

export interface SpanSettings {
  readonly tracer: Tracer;
  readonly attributes: Attributes;
  /** Whether each message gets a span. */
  readonly messages: boolean;
}

/** What spans ask of a connection, of a server or a client. */
export interface TracedConnection {
  /** See `Connection.id`. */
  readonly id: string;
  /** See `Connection.subprotocol`. */
  readonly subprotocol: string;
  /** See `Connection.metrics`. */
  metrics(): {
    readonly received: { readonly messages: number; readonly bytes: number };
    readonly sent: { readonly messages: number; readonly bytes: number };
  };
}

/** A connection and its span. */
interface Traced {
  readonly span: Span;
  /** In which its messages are children of it. */
  readonly context: Context;
}

/** An observer that makes spans. One may serve any number of servers and clients. */
export function spansObserver(
  api: OpenTelemetry,
  { tracer, attributes, messages }: SpanSettings,
): Observer<TracedConnection> {
  const handshakes = new WeakMap<ObservedRequest, Traced>();
  const connections = new WeakMap<TracedConnection, Traced>();
  const start = (request: ObservedRequest): Traced => {
    const isServer = request.role === 'server';
    const active = api.context.active();
    const parent = isServer ? api.propagation.extract(active, fieldsOf(request.rawHeaders)) : active;
    const kind = isServer ? api.SpanKind.SERVER : api.SpanKind.CLIENT;
    const span = tracer.startSpan(
      'websocket',
      { kind, attributes: { ...attributes, ...requestAttributes(request) } },
      parent,
    );
    return { span, context: api.trace.setSpan(parent, span) };
  };
  const fail = (span: Span, type: string, message?: string): void => {
    span.setAttribute('error.type', type);
    span.setStatus({ code: api.SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
  };
  const observer: Observer<TracedConnection> = {
    handshake(request, outcome) {
      if (request === undefined) return; // nothing is known of it
      if (outcome.kind === 'started') {
        handshakes.set(request, start(request));
        return;
      }
      const traced = handshakes.get(request);
      if (traced === undefined) return;
      handshakes.delete(request);
      if (outcome.kind === 'accepted') accepted(outcome.connection, traced);
      else refused(outcome.error, traced.span);
    },
    close(connection, { code, wasClean, error }) {
      const traced = connections.get(connection);
      if (traced === undefined) return;
      connections.delete(connection);
      const { span } = traced;
      const { received, sent } = connection.metrics();
      span.setAttributes({
        'websocket.close.code': code,
        'websocket.close.clean': wasClean,
        'websocket.received.messages': received.messages,
        'websocket.received.bytes': received.bytes,
        'websocket.sent.messages': sent.messages,
        'websocket.sent.bytes': sent.bytes,
      });
      if (error !== undefined) fail(span, error.code, error.message);
      span.end();
    },
  };
  const accepted = (connection: TracedConnection, traced: Traced): void => {
    connections.set(connection, traced);
    traced.span.setAttributes({
      'http.response.status_code': 101,
      'websocket.connection.id': connection.id,
      ...(connection.subprotocol === '' ? {} : { 'websocket.subprotocol': withoutTokens(connection.subprotocol) }),
    });
    traced.span.addEvent('open');
  };
  const refused = (
    { code, status }: Extract<HandshakeOutcome<TracedConnection>, { kind: 'refused' | 'failed' }>['error'],
    span: Span,
  ): void => {
    if (status !== undefined) span.setAttribute('http.response.status_code', status);
    // Without the text of the error: it quotes the reason of refuse(), what `upgrade` threw, or what the server said.
    fail(span, code);
    span.end();
  };
  if (messages) {
    observer.message = (connection, direction, data, isBinary) => {
      const traced = connections.get(connection);
      if (traced === undefined) return;
      const isReceived = direction === 'received';
      const span = tracer.startSpan(
        isReceived ? 'websocket receive' : 'websocket send',
        {
          kind: isReceived ? api.SpanKind.CONSUMER : api.SpanKind.PRODUCER,
          attributes: {
            ...attributes,
            'network.io.direction': isReceived ? 'receive' : 'transmit',
            'websocket.connection.id': connection.id,
            'websocket.message.type': isBinary ? 'binary' : 'text',
            'websocket.message.size': typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength,
          },
        },
        traced.context,
      );
      span.end();
    };
  }
  return observer;
}

/** Header fields by their names in lower case. Of a repeated field the first counts, as for `traceparent` it must. */
function fieldsOf(rawHeaders: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    fields[(rawHeaders[index] as string).toLowerCase()] ??= rawHeaders[index + 1] as string;
  }
  return fields;
}

function requestAttributes({ role, url, rawHeaders, remoteAddress, remotePort }: ObservedRequest): Attributes {
  const own: Attributes = { 'network.protocol.name': 'websocket' };
  if (role === 'client') {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (target === undefined) return own;
    return {
      ...own,
      'url.full': `${target.origin === 'null' ? `${target.protocol}//${target.host}` : target.origin}${target.pathname}`,
      'url.scheme': target.protocol.slice(0, -1),
      'server.address': target.hostname,
      ...(target.port === '' ? {} : { 'server.port': Number(target.port) }),
    };
  }
  const { host, 'user-agent': userAgent } = fieldsOf(rawHeaders);
  return {
    ...own,
    'http.request.method': 'GET',
    'url.path': url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/\?.*$/s, '') || '/',
    ...(remoteAddress === '' ? {} : { 'client.address': remoteAddress }),
    ...(remotePort === 0 ? {} : { 'client.port': remotePort }),
    ...(host === undefined ? {} : { 'server.address': host.replace(/:\d+$/, '') }),
    ...(userAgent === undefined ? {} : { 'user_agent.original': userAgent }),
  };
}
