// The bus of servers in one process.

import type { Schema } from '../../core/option-check.ts';
import { readOptions, refuseArguments } from '../../core/option-check.ts';
import { text } from '../../core/option-kinds.ts';
import { busOf } from '../create-bus.ts';
import { busElsewhere, busRows } from '../option-rows.ts';
import type { BusOptions } from '../options.ts';
import type { Bus } from '../seam.ts';
import { LocalDriver } from './local-driver.ts';
import { LocalExchange } from './local-exchange.ts';

/** Options of `localBus`. */
export interface LocalBusOptions extends BusOptions {
  /** Servers of this process with the same name reach each other. Default `'default'`. */
  name?: string | undefined;
}

const { name: _, ...elsewhere } = busElsewhere;

export const localSchema: Schema<LocalBusOptions> = {
  of: 'localBus',
  example: "{ name: 'chat' }",
  rows: { ...busRows, name: text('a name') },
  elsewhere,
};

/** By name. One is kept as long as it has a driver. */
const exchanges = new Map<string, LocalExchange>();

/**
 * A bus of servers in this process: for tests, and to try out what several nodes do. It needs no broker.
 *
 * @param options  the name, or an object with it and the options of every bus
 * @throws WebSocketError ERR_WS_OPTION
 */
export function localBus(options?: string | LocalBusOptions): Bus;
export function localBus(options?: string | LocalBusOptions, ...rest: unknown[]): Bus {
  refuseArguments('localBus', rest, 'all options are in the first one: { name, node }');
  const given = typeof options === 'string' ? { name: options } : options;
  const { name = 'default', ...common } = readOptions(localSchema, given);
  return busOf(driverIn(name), common);
}

function driverIn(name: string): LocalDriver {
  const find = (): LocalExchange => {
    const known = exchanges.get(name);
    if (known !== undefined) return known;
    const exchange = new LocalExchange(() => exchanges.delete(name));
    exchanges.set(name, exchange);
    return exchange;
  };
  return new LocalDriver(find, `local:${name}`);
}
