// What a server tells those who watch it, over HTTP or as text: its metrics and its health.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { webSocketError } from '../core/errors.ts';
import type { ServerMetrics } from '../core/meter.ts';
import { readOptions } from '../core/option-check.ts';
import { clusterWorker } from '../node/cluster-worker.ts';
import type { MetricsSource } from '../observe/metric-family.ts';
import {
  type CompleteNaming,
  completeNaming,
  type MetricNaming,
  type MetricsTextOptions,
  metricNamingSchema,
  metricsTextSchema,
} from '../observe/metric-options.ts';
import { answerHealth, answerMetrics, answerUnavailable } from '../observe/monitor-answers.ts';
import { metricsText } from '../observe/open-metrics.ts';
import { checkHttpArguments } from './argument-checks.ts';
import type { ListenOptions } from './options.ts';
import { pathOf } from './target-path.ts';

/** The server that is watched. */
export interface ProbedServer extends MetricsSource {
  readonly isDraining: boolean;
  /** The state of its bus. Absent: it has none. */
  readonly busState: string | undefined;
}

/** Answers a request, if it is for this. @returns whether it was */
export type Probe = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Whether a listener goes on answering while the server drains. */
export function answersProbes({ metrics, health }: ListenOptions): boolean {
  return metrics !== undefined || health !== undefined;
}

/**
 * The probes of a listener.
 *
 * @param options  checked
 * @returns `undefined` if it has none
 * @throws WebSocketError ERR_WS_OPTION where two of them have one path
 */
export function probesOf(options: ListenOptions, server: ProbedServer): Probe | undefined {
  if (!answersProbes(options)) return undefined;
  const { metrics, health } = options;
  const naming: MetricNaming = typeof metrics === 'object' ? metrics : {};
  const metricsPath = typeof metrics === 'object' ? metrics.path : metrics;
  if (metricsPath !== undefined && metricsPath === health) {
    throw webSocketError('ERR_WS_OPTION', 'health', health, "another path than that of metrics, such as '/healthz'");
  }
  const complete = completeNaming(naming);
  return (request, response) => {
    const path = pathOf(request.url ?? '');
    if (path === metricsPath) answerWithMetrics(server, complete, request, response);
    else if (path === health) answerHealth(server.isDraining, server.busState, request, response);
    else return false;
    return true;
  };
}

/** See `Server.metricsText`. */
export function textOf(server: MetricsSource, options: MetricsTextOptions | undefined): string {
  const { format = 'openmetrics', ...naming } = readOptions(metricsTextSchema, options);
  return metricsText(server.metrics(), format, completeNaming(naming));
}

/** See `Server.handleMetrics`. */
export function handleMetrics(
  server: MetricsSource,
  request: IncomingMessage,
  response: ServerResponse,
  naming: MetricNaming | undefined,
): void {
  checkHttpArguments('handleMetrics', request, response);
  answerWithMetrics(server, completeNaming(readOptions(metricNamingSchema, naming)), request, response);
}

/** In a worker of a cluster with those of all workers: a monitor does not know which one it asks. */
function answerWithMetrics(
  server: MetricsSource,
  naming: CompleteNaming,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const worker = clusterWorker();
  if (worker === undefined) {
    answerMetrics(server, naming, request, response);
    return;
  }
  // Half a sum would look like counters that go back.
  void worker.metrics().then((sum) => {
    if (sum === undefined) answerUnavailable('the primary process of the cluster does not answer', request, response);
    else answerMetrics({ metrics: () => sum as ServerMetrics }, naming, request, response);
  });
}

/** See `Server.handleHealth`. */
export function handleHealth(server: ProbedServer, request: IncomingMessage, response: ServerResponse): void {
  checkHttpArguments('handleHealth', request, response);
  answerHealth(server.isDraining, server.busState, request, response);
}
