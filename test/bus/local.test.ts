// The driver for servers of one process.

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
