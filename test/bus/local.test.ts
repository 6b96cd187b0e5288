// The driver for servers of one process.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalDriver } from '../../src/bus/local/local-driver.ts';
import { LocalExchange } from '../../src/bus/local/local-exchange.ts';
import { describeDriver } from './contract.ts';

describeDriver('local', async () => {
  const exchange = new LocalExchange();
  const made: LocalDriver[] = [];
  const each = (act: (driver: LocalDriver) => void): void => {
    for (const driver of made) if (exchange.has(driver)) act(driver);
  };
  return {
    driver: () => {
      const driver = new LocalDriver(() => exchange);
      made.push(driver);
      return driver;
    },
    broker: {
      stop: async () => exchange.stop(),
      start: async () => exchange.start(),
      freeze: () => exchange.freeze(),
      thaw: () => exchange.thaw(),
    },
    network: {
      cut: () => each((driver) => exchange.cut(driver)),
      mend: () => each((driver) => exchange.mend(driver)),
    },
    close: async () => {},
  };
}, ['credentials']);

// As every driver, by the suite above; named in docs/threats.md.
test('keeps at most 64 MiB while nothing is delivered', async () => {
  const exchange = new LocalExchange();
  const driver = new LocalDriver(() => exchange);
  await new Promise<void>((resolve) =>
    driver.open({ ready: resolve, lost() {}, refused() {}, trouble() {}, message() {} }),
  );
  exchange.freeze();
  const payload = new Uint8Array(2 ** 20);
  let taken = 0;
  while (driver.publish('channel', payload)) taken++;
  assert.equal(taken, 64);
  await driver.close();
});
