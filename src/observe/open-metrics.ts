// Metrics as text for scrapers: OpenMetrics 1.0, and the older text format of Prometheus (0.0.4), which has no units, no end
// and other names for counters.

import type { ClientMetrics, ServerMetrics } from '../core/meter.ts';
import { metricFamilies } from './metric-families.ts';
import type {
  MetricFamily,
  MetricLabels,
  NumberFamily,
  NumberSample,
  TimesFamily,
  TimesSample,
} from './metric-family.ts';
import type { CompleteNaming } from './metric-options.ts';

export type MetricsFormat = 'openmetrics' | 'prometheus';

/** The media type of each format. */
export const contentTypes: Readonly<Record<MetricsFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** Writes metrics. Families that the source does not have are left out. */
export function metricsText(
  metrics: ServerMetrics | ClientMetrics,
  format: MetricsFormat,
  naming: CompleteNaming,
): string {
  const isOpen = format === 'openmetrics';
  let text = '';
  for (const family of metricFamilies) {
    const samples = family.read(metrics, naming);
    if (samples === undefined) continue;
    const name = naming.prefix + family.name;
    const shown = family.type === 'counter' && !isOpen ? `${name}_total` : name;
    text += `# TYPE ${shown} ${family.type}\n`;
    if (isOpen && family.unit !== undefined) text += `# UNIT ${shown} ${family.unit}\n`;
    // The older format does not know \" there.
    text += `# HELP ${shown} ${isOpen ? escaped(family.help) : family.help.replace(/[\\\n]/g, escapedCharacter)}\n`;
    text += isOfTimes(family)
      ? (samples as readonly TimesSample[]).map((sample) => timesLines(name, sample, family, naming.labels)).join('')
      : (samples as readonly NumberSample[]).map((sample) => numberLine(name, sample, family, naming.labels)).join('');
  }
  return isOpen ? `${text}# EOF\n` : text;
}

function isOfTimes(family: MetricFamily): family is TimesFamily {
  return family.type === 'histogram' || family.type === 'summary';
}

function numberLine(name: string, { labels, value }: NumberSample, { type }: NumberFamily, own: MetricLabels): string {
  return line(type === 'counter' ? `${name}_total` : name, { ...own, ...labels }, value);
}

function timesLines(
  name: string,
  { labels, count, sum, buckets, quantiles }: TimesSample,
  { type }: TimesFamily,
  own: MetricLabels,
): string {
  const all = { ...own, ...labels };
  const parts =
    type === 'histogram'
      ? buckets.map(([le, number]) => line(`${name}_bucket`, { ...all, le: bound(le) }, number))
      : quantiles.map(([part, value]) => line(name, { ...all, quantile: bound(part) }, value));
  return `${parts.join('')}${line(`${name}_sum`, all, sum)}${line(`${name}_count`, all, count)}`;
}

function line(name: string, labels: MetricLabels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${shownNumber(value)}\n`;
}

function shownNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

/** A bound in the one form that OpenMetrics recommends: the text of a label must not differ between two scrapes. */
function bound(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : shownNumber(value);
}

function escaped(text: string): string {
  return text.replace(/[\\\n"]/g, escapedCharacter);
}

function escapedCharacter(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`;
}
