// The option `logger`: what is refused, and what a logger may do.

import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { GuardedLogger, type Logger, loggerCheck } from '../../src/observe/logger.ts';
import { isError } from '../support/expect.ts';

const silent = (): Logger => ({ debug() {}, info() {}, warn() {}, error() {} });

describe('a logger', () => {
  const read = (value: unknown) => loggerCheck.read(value, 'logger', {});
  const refusal = (value: unknown): unknown => {
    try {
      return read(value);
    } catch (error) {
      return error;
    }
  };

  test('is kept as the object that it is', () => {
    const own = silent();
    assert.equal(read(own), own);
    assert.equal(read(console), console);
  });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    test(`without ${level} is refused, and the method is named`, () => {
      const error = refusal({ ...silent(), [level]: undefined });
      isError(error, 'ERR_WS_OPTION', `logger.${level} is undefined`, 'debug, info, warn and error', 'pino');
      isError(refusal({ ...silent(), [level]: 'x' }), 'ERR_WS_OPTION', `logger.${level} is "x"`);
    });
  }
  for (const value of [null, true, 'debug', 5]) {
    test(`${value} is refused`, () => {
      isError(refusal(value), 'ERR_WS_OPTION', 'logger is ', 'such as console');
    });
  }
});

describe('what a logger does', () => {
  test('it is called with itself as this, and with the methods that it has at that time', () => {
    const lines: string[] = [];
    const logger = {
      ...silent(),
      prefix: 'own',
      info(this: { prefix: string }, line: string) {
        lines.push(`${this.prefix} ${line}`);
      },
    };
    const guarded = new GuardedLogger(logger as unknown as Logger);
    guarded.write('info', 'one');
    logger.info = (line) => void lines.push(`new ${line}`);
    guarded.write('info', 'two');
    assert.deepEqual(lines, ['own one', 'new two']);
  });

  test('a logger that throws or rejects harms nothing, and is told once', async () => {
    const warned = mock.method(process, 'emitWarning', () => {});
    const throwing = new GuardedLogger({
      ...silent(),
      info() {
        throw new Error('disk full');
      },
      warn: () => Promise.reject(new Error('disk full')),
    });
    for (let index = 0; index < 5; index++) {
      throwing.write('info', 'x');
      throwing.write('warn', 'x');
    }
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(warned.mock.callCount(), 1);
    assert.match(String(warned.mock.calls[0]?.arguments[0]), /a logger has failed \(Error: disk full\)/);
    mock.restoreAll();
  });

  test('a logger that throws something odd', () => {
    const warned = mock.method(process, 'emitWarning', () => {});
    const odd = Object.create(null) as object;
    new GuardedLogger({
      ...silent(),
      info() {
        throw odd;
      },
    }).write('info', 'x');
    assert.match(String(warned.mock.calls[0]?.arguments[0]), /something that is not an error/);
    mock.restoreAll();
  });

  test('isLevelEnabled spares lines that nobody wants', () => {
    const guarded = new GuardedLogger({ ...silent(), isLevelEnabled: (level: string) => level !== 'debug' } as Logger);
    assert.deepEqual([guarded.wants('debug'), guarded.wants('info')], [false, true]);
    assert.ok(new GuardedLogger(console).wants('debug'));
    const broken = { ...silent(), isLevelEnabled: () => assert.fail() } as Logger;
    assert.ok(new GuardedLogger(broken).wants('debug'));
  });
});
