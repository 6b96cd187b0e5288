// Spans for OpenTelemetry, made by the real SDK: one for each connection, on request one for each message.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { connect, createServer, refuse, type Server, type ServerOptions } from '../../src/engine/index.ts';
import { type ConnectionSpansOptions, connectionSpans } from '../../src/observe/opentelemetry.ts';
import { type TestNetwork, useNetwork } from '../../src/testing/index.ts';
import { isError } from '../support/expect.ts';

interface Traced {
  readonly tracer: Tracer;
  /** Those that have ended, in this order. */
  readonly spans: () => ReadableSpan[];
}

function traced(): Traced {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer('test'), spans: () => exporter.getFinishedSpans() };
}

/** A server and its observer of spans. */
async function serve(
  network: TestNetwork,
  spans: ConnectionSpansOptions,
  options: ServerOptions<undefined> = {},
): Promise<Server<undefined>> {
  const server = createServer({ observer: connectionSpans(spans), ...options });
  await server.listen({ port: 80 });
  await network.settle();
  return server;
}

describe('a connection', () => {
  test('of a server: from its handshake to its end, with what the conventions name, and nothing secret', async () => {
    await using network = useNetwork();
    const { tracer, spans } = traced();
    const server = await serve(
      network,
      { tracer, attributes: { zone: 'a' } },
      { subprotocols: ['chat'], message: (connection, data) => void connection.send(data) },
    );
    const client = await connect('ws://localhost/room?token=secret', {
      subprotocols: ['chat'],
      headers: { 'User-Agent': 'test/1', Authorization: 'Bearer secret' },
    });
    client.send('hello');
    await client[Symbol.asyncIterator]().next();
    assert.equal(spans().length, 0);
    const [connection] = server.connections;
    await client.close(1000, 'secret reason');
    await server.close();
    const [span, ...others] = spans();
    assert.ok(span);
    assert.deepEqual(others, []);
    assert.equal(span.name, 'websocket');
    assert.equal(span.kind, SpanKind.SERVER);
    assert.equal(span.status.code, SpanStatusCode.UNSET);
    assert.deepEqual(
      span.events.map(({ name }) => name),
      ['open'],
    );
    const {
      'client.port': port,
      'websocket.received.bytes': received,
      'websocket.sent.bytes': sent,
      ...rest
    } = span.attributes;
    assert.ok([port, received, sent].every((value) => typeof value === 'number' && value > 0));
    assert.deepEqual(rest, {
      zone: 'a',
      'client.address': '127.0.0.1',
      'http.request.method': 'GET',
      'http.response.status_code': 101,
      'network.protocol.name': 'websocket',
      'server.address': 'localhost',
      'url.path': '/room',
      'user_agent.original': 'test/1',
      'websocket.close.clean': true,
      'websocket.close.code': 1000,
      'websocket.connection.id': connection?.id,
      'websocket.received.messages': 1,
      'websocket.sent.messages': 1,
      'websocket.subprotocol': 'chat',
    });
    assert.doesNotMatch(JSON.stringify([span.attributes, span.events, span.status]), /secret/u);
  });

  test('of a client', async () => {
    await using network = useNetwork();
    const { tracer, spans } = traced();
    const server = createServer();
    await server.listen({ port: 8080 });
    const client = await connect('ws://user:secret@localhost:8080/room?token=secret', {
      observer: connectionSpans({ tracer }),
    });
    await client.close(4001);
    await server.close();
    const [span] = spans();
    assert.equal(span?.kind, SpanKind.CLIENT);
    assert.equal(span.attributes['url.full'], 'ws://localhost:8080/room');
    assert.equal(span.attributes['url.scheme'], 'ws');
    assert.equal(span.attributes['server.address'], 'localhost');
    assert.equal(span.attributes['server.port'], 8080);
    assert.equal(span.attributes['websocket.close.code'], 4001);
    assert.doesNotMatch(JSON.stringify(span.attributes), /secret/u);
    await network.settle();
  });

  test('that fails has the code of its error, and its text as status', async () => {
    await using network = useNetwork();
    const { tracer, spans } = traced();
    const server = await serve(network, { tracer });
    const peer = await network.client('ws://localhost/');
    peer.sendFrame({ opcode: 'text', payload: Buffer.from([0xff]) });
    await network.settle();
    await server.close();
    const [span] = spans();
    assert.equal(span?.attributes['error.type'], 'ERR_WS_INVALID_UTF8');
    assert.equal(span.status.code, SpanStatusCode.ERROR);
    assert.match(span.status.message ?? '', /UTF-8/u);
    assert.equal(span.attributes['websocket.close.clean'], false);
  });

  test('whose handshake is refused, of both ends', async () => {
    await using network = useNetwork();
    const { tracer, spans } = traced();
    const observer = connectionSpans({ tracer });
    const server = createServer({ observer, upgrade: () => refuse(403, 'secret') });
    await server.listen({ port: 80 });
    await assert.rejects(connect('ws://localhost/private', { observer }));
    await network.settle();
    assert.deepEqual(
      spans().map(({ kind, attributes, status }) => [
        kind,
        attributes['http.response.status_code'],
        attributes['error.type'],
        status.code,
      ]),
      [
        [SpanKind.SERVER, 403, 'ERR_WS_UPGRADE_REFUSED', SpanStatusCode.ERROR],
        [SpanKind.CLIENT, 403, 'ERR_WS_REFUSED', SpanStatusCode.ERROR],
      ],
    );
    // Neither of them tells why it was refused: that may be secret.
    assert.doesNotMatch(JSON.stringify(spans().map(({ attributes, status }) => [attributes, status])), /secret/u);
    await server.close();
  });

  test('that cannot be made: the client has a span', async () => {
    await using network = useNetwork();
    const { tracer, spans } = traced();
    await assert.rejects(connect('ws://localhost:9/', { observer: connectionSpans({ tracer }) }));
    assert.equal(spans()[0]?.attributes['error.type'], 'ERR_WS_CONNECT');
    await network.settle();
  });

  test('observed from the middle of its life has none', async () => {
    await using network = useNetwork();
    const { tracer, spans } = traced();
    const server = createServer();
    await server.listen({ port: 80 });
    const client = await connect('ws://localhost/');
    const stop = server.observe(connectionSpans({ tracer, messages: true }));
    client.send('x');
    await client.close();
    await network.settle();
    stop();
    assert.deepEqual(spans(), []);
    await server.close();
  });

  test("continues the client's trace", async () => {
    const extracts: TextMapPropagator = {
      inject() {},
      extract(context, carrier, getter) {
        const value = getter.get(carrier, 'traceparent');
        const [, traceId = '', spanId = ''] = String(value).split('-');
        return trace.setSpanContext(context, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
      },
      fields: () => ['traceparent'],
    };
    propagation.setGlobalPropagator(extracts);
    try {
      await using network = useNetwork();
      const { tracer, spans } = traced();
      const server = await serve(network, { tracer });
      const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
      const client = await connect('ws://localhost/', { headers: { TraceParent: `00-${traceId}-${spanId}-01` } });
      await client.close();
      await server.close();
      assert.equal(spans()[0]?.spanContext().traceId, traceId);
      assert.equal(spans()[0]?.parentSpanContext?.spanId, spanId);
    } finally {
      propagation.disable();
    }
  });
});

test('messages: a child of the connection for each, with its size and kind', async () => {
  await using network = useNetwork();
  const { tracer, spans } = traced();
  const server = await serve(
    network,
    { tracer, messages: true },
    { message: (connection, data) => void connection.send(data) },
  );
  const client = await connect('ws://localhost/');
  const answers = client[Symbol.asyncIterator]();
  client.send('é€');
  await answers.next();
  client.send(new Uint8Array(1_000));
  await answers.next();
  await client.close();
  await server.close();
  const connection = spans().at(-1);
  assert.equal(connection?.name, 'websocket');
  const messages = spans().slice(0, -1);
  assert.deepEqual(
    messages.map(({ name, kind, attributes }) => [
      name,
      kind,
      attributes['network.io.direction'],
      attributes['websocket.message.type'],
      attributes['websocket.message.size'],
    ]),
    [
      ['websocket receive', SpanKind.CONSUMER, 'receive', 'text', 5],
      ['websocket send', SpanKind.PRODUCER, 'transmit', 'text', 5],
      ['websocket receive', SpanKind.CONSUMER, 'receive', 'binary', 1_000],
      ['websocket send', SpanKind.PRODUCER, 'transmit', 'binary', 1_000],
    ],
  );
  for (const span of messages) {
    assert.equal(span.spanContext().traceId, connection.spanContext().traceId);
    assert.equal(span.parentSpanContext?.spanId, connection.spanContext().spanId);
  }
});

describe('bad input', () => {
  for (const [title, options, ...parts] of [
    ['a provider instead of a tracer', { tracer: {} }, 'tracer is ', 'a tracer of @opentelemetry/api'],
    ['a tracer provider', { tracerProvider: {} }, 'use tracer: tracerProvider.getTracer(name)'],
    ['messages: 5', { messages: 5 }, 'messages is 5', 'true or false'],
    ['attributes', { attributes: { a: [{}] } }, 'attributes.a'],
    ['a connection', 5, 'argument with the options of connectionSpans'],
  ] as [string, unknown, ...string[]][]) {
    test(title, () => {
      let error: unknown;
      try {
        connectionSpans(options as ConnectionSpansOptions);
      } catch (thrown) {
        error = thrown;
      }
      isError(error, 'ERR_WS_OPTION', ...parts);
    });
  }
});
