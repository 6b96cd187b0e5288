// What a server tells those who watch it, over HTTP or as text: its metrics and its health.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { webSocketError } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import type { MetricsSource } from '../observe/metric-family.ts';
import {
  completeNaming,
  type MetricNaming,
  type MetricsTextOptions,
  metricNamingSchema,
  metricsTextSchema,
} from '../observe/metric-options.ts';
import { answerHealth, answerMetrics } from '../observe/monitor-answers.ts';
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
    if (path === metricsPath) answerMetrics(server, complete, request, response);
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
  answerMetrics(server, completeNaming(readOptions(metricNamingSchema, naming)), request, response);
}

/** See `Server.handleHealth`. */
export function handleHealth(server: ProbedServer, request: IncomingMessage, response: ServerResponse): void {
  checkHttpArguments('handleHealth', request, response);
  answerHealth(server.isDraining, server.busState, request, response);
}
