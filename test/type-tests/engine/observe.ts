// Metrics, health, drains and the bridges as their types have them: what may be written, and what does not compile.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { metrics, trace } from '@opentelemetry/api';
import { Registry, register } from 'prom-client';
import {
  accept,
  clientMetrics,
  connect,
  createServer,
  type DrainResult,
  type MetricNaming,
  type ServerMetrics,
} from '../../../src/engine/index.ts';
import { connectionSpans, registerMetrics as ofOpenTelemetry } from '../../../src/observe/opentelemetry.ts';
import { registerMetrics as ofPromClient } from '../../../src/observe/prom-client.ts';
import { same } from '../same.ts';

const server = createServer({ observer: connectionSpans() });
const withContext = createServer({ upgrade: () => accept({ context: { name: 'Ada' } }), observer: connectionSpans() });

same<ReturnType<typeof server.metricsText>, string>(true);
same<typeof server.isDraining, boolean>(true);
server.metricsText({ format: 'prometheus', prefix: 'chat_', labels: { server: 'one' }, closeCodes: [4001] });
// @ts-expect-error no such format
server.metricsText({ format: 'json' });
// @ts-expect-error labels are strings
server.metricsText({ labels: { server: 1 } });
// @ts-expect-error it cannot be set
server.isDraining = true;

/** Not called. */
export async function uses(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await server.listen({ metrics: '/metrics', health: '/healthz' });
  await server.listen({ metrics: { path: '/metrics', prefix: 'chat_' } });
  // @ts-expect-error an object needs a path
  await server.listen({ metrics: { prefix: 'chat_' } });
  // @ts-expect-error a path
  await server.listen({ health: true });
  const naming: MetricNaming = { prefix: 'chat_' };
  server.handleMetrics(request, response, naming);
  server.handleHealth(request, response);

  const result = await server.drain({ code: 1012, spread: 30_000, order: 'newest', deadline: 5_000 });
  same<typeof result, DrainResult>(true);
  same<typeof result.codes, Readonly<Record<number, number>>>(true);
  await server.drain({ reason: 'update' });
  await withContext.drain({ reason: (connection) => `after=1500 ${connection.context.name}` });
  await withContext.drain({ reason: async () => undefined });
  // @ts-expect-error a text for each connection
  await withContext.drain({ reason: () => 5 });
  // @ts-expect-error no such order
  await server.drain({ order: 'first' });

  const stop = ofPromClient(server, { registry: new Registry(), labels: { server: 'one' } });
  same<typeof stop, () => void>(true);
  ofPromClient(withContext, { registry: register });
  ofPromClient({ metrics: clientMetrics });
  const openMetrics = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  ofPromClient(server, { registry: openMetrics });
  // @ts-expect-error no registry
  ofPromClient(server, { registry: new Map() });
  // @ts-expect-error no source
  ofPromClient({ metrics: () => 5 });

  ofOpenTelemetry(server, { meter: metrics.getMeter('mine'), attributes: { 'server.name': 'chat', shard: 3 } });
  // @ts-expect-error a meter, not its provider
  ofOpenTelemetry(server, { meter: metrics });
  withContext.observe(connectionSpans({ tracer: trace.getTracer('mine'), messages: true }));
  await connect('ws://localhost/', { observer: connectionSpans() });

  const numbers: ServerMetrics = server.metrics();
  // @ts-expect-error it is a copy, to be read
  numbers.queued.bytes = 5;
}
