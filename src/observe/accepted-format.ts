// Which of the two text formats a scraper gets, by its Accept field (RFC 9110 §12.5.1).

import type { MetricsFormat } from './open-metrics.ts';

/**
 * OpenMetrics for scrapers that name it and do not prefer plain text. All others (browsers, curl, older scrapers) get plain
 * text, which they can read.
 *
 * @param accept  the field's value; absent: none
 */
export function acceptedFormat(accept: string | undefined): MetricsFormat {
  if (accept === undefined) return 'prometheus';
  let open = 0;
  let plain = 0;
  let plainPrecision = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = qualityOf(parameters);
    const version = parameter(parameters, 'version');
    if (type === 'application/openmetrics-text' && (version === undefined || isKnown(version))) {
      open = Math.max(open, quality);
    }
    const precision = ['*/*', 'text/*', 'text/plain'].indexOf(type) + 1;
    if (precision > plainPrecision || (precision > 0 && precision === plainPrecision && quality > plain)) {
      plain = quality;
      plainPrecision = precision;
    }
  }
  return open > 0 && open >= plain ? 'openmetrics' : 'prometheus';
}

/** Version 0.0.1, which Prometheus also asks for, was the draft of 1.0.0 and reads the same. */
function isKnown(version: string): boolean {
  return version === '1.0.0' || version === '0.0.1';
}

function parameter(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((one) => one.startsWith(`${name}=`));
  return found?.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
}

/** 0 to 1. One that is malformed counts as absent. */
function qualityOf(parameters: readonly string[]): number {
  const value = parameter(parameters, 'q');
  return value !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 1;
}
