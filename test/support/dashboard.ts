// examples/grafana-dashboard.json, as far as tests look at it.

import { readFileSync } from 'node:fs';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: object;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}

interface Dashboard {
  readonly id: unknown;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export const dashboard = JSON.parse(
  readFileSync(new URL('../../examples/grafana-dashboard.json', import.meta.url), 'utf8'),
) as Dashboard;

export const { panels } = dashboard;

/** All queries, with the panel of each. */
export const queries: readonly { readonly title: string; readonly expression: string; readonly legend: string }[] =
  panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expression: expr, legend: legendFormat })),
  );
