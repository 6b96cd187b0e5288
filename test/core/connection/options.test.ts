// Settings of a connection: the defaults, and what is refused before any I/O, with its name, value and range.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { completeConnection, connectionOptions, withLimits } from '../../../src/core/connection/complete-settings.ts';
import type { ConnectionSettings } from '../../../src/core/connection/settings.ts';

test('withLimits: other bounds for one connection, whose messages may come in one frame', () => {
  const options = connectionOptions('server', { limits: { maxMessageSize: 4 } });
  assert.equal(withLimits(options, undefined), options);
  const { limits } = withLimits(options, { maxMessageSize: 200_000_000, maxFragments: undefined });
  assert.deepEqual(limits, { ...options.limits, maxMessageSize: 200_000_000, maxFrameSize: 200_000_000 });
  assert.equal(withLimits(options, { maxMessageSize: 10, maxFrameSize: 5 }).limits.maxFrameSize, 5);
});

describe('connectionOptions', () => {
  test('defaults', () => {
    assert.deepEqual(connectionOptions('server', {}), {
      role: 'server',
      limits: {
        maxMessageSize: 104_857_600,
        maxStreamSize: Infinity,
        maxFrameSize: 104_857_600,
        maxFragments: 131_072,
        maxEmptyFragments: 1024,
        maxInflateRatio: 200,
        maxControlFramesPerSecond: 20_000,
        maxMessagesPerSecond: Infinity,
        maxQueuedPongs: 256,
        maxQueuedBytes: 67_108_864,
      },
      ownFrameSize: undefined,
      heartbeat: undefined,
      closeTimeout: 5000,
      idleTimeout: 0,
      maxLifetime: 0,
      messageTimeout: 60_000,
      highWaterMark: 1_048_576,
      slowConsumer: 'close',
      lending: undefined,
      compression: undefined,
      autoPong: true,
      textMessages: 'strings',
      fragmentSizes: false,
      streaming: undefined,
    });
  });

  test('absent and undefined are the same', () => {
    const settings = { limits: { maxFragments: undefined }, heartbeat: undefined, closeTimeout: undefined };
    assert.deepEqual(
      connectionOptions('client', settings as unknown as ConnectionSettings),
      connectionOptions('client', {}),
    );
  });

  test('0 and Infinity are sizes', () => {
    const { limits, highWaterMark } = connectionOptions('client', {
      limits: { maxMessageSize: Infinity, maxQueuedPongs: 0 },
      highWaterMark: 0,
    });
    assert.deepEqual([limits.maxMessageSize, limits.maxQueuedPongs, highWaterMark], [Infinity, 0, 0]);
    assert.equal(limits.maxFragments, 131_072);
  });

  test('maxFrameSize follows a larger maxMessageSize unless it is given', () => {
    const frameSize = (limits: ConnectionSettings['limits']) =>
      connectionOptions('client', { limits }).limits.maxFrameSize;
    assert.equal(frameSize({ maxMessageSize: 2 ** 30 }), 2 ** 30);
    assert.equal(frameSize({ maxMessageSize: Infinity }), Infinity);
    assert.equal(frameSize({ maxMessageSize: 10 }), 104_857_600);
    assert.equal(frameSize({ maxMessageSize: Infinity, maxFrameSize: 5 }), 5);
  });

  test("slowConsumer 'drop-oldest': our own direction is compressed without context takeover (RFC 7692 §7.1.1)", () => {
    for (const role of ['client', 'server'] as const) {
      const settings = { compression: { level: 1 }, slowConsumer: 'drop-oldest' } as const;
      const { compression } = connectionOptions(role, settings);
      assert.equal(compression?.clientNoContextTakeover, role === 'client');
      assert.equal(compression?.serverNoContextTakeover, role === 'server');
      assert.equal(compression?.level, 1);
      assert.equal(connectionOptions(role, { slowConsumer: 'drop-oldest' }).compression, undefined);
    }
  });

  const heartbeats: [setting: ConnectionSettings['heartbeat'], expected: unknown][] = [
    [undefined, { interval: 1, timeout: 2 }],
    [false, undefined],
    [{}, { interval: 30_000, timeout: 30_000 }],
    [{ interval: 5 }, { interval: 5, timeout: 30_000 }],
    [{ timeout: 0 }, { interval: 30_000, timeout: 0 }],
    [{ interval: 0, timeout: 5 }, undefined],
  ];
  for (const [heartbeat, expected] of heartbeats) {
    test(`heartbeat ${JSON.stringify(heartbeat)}`, () => {
      assert.deepEqual(connectionOptions('server', { heartbeat }, { interval: 1, timeout: 2 }).heartbeat, expected);
    });
  }

  const size = 'an integer of at least 0, or Infinity';
  const delay = 'milliseconds from 0 to 2147483647';
  const refused: [settings: unknown, message: string][] = [
    [{ limits: { maxMessageSize: -1 } }, `limits.maxMessageSize is -1; expected ${size}`],
    [{ limits: { maxFragments: 1.5 } }, `limits.maxFragments is 1.5; expected ${size}`],
    [{ limits: { maxQueuedPongs: '5' } }, `limits.maxQueuedPongs is "5"; expected ${size}`],
    [{ limits: { maxQueuedBytes: Number.NaN } }, `limits.maxQueuedBytes is NaN; expected ${size}`],
    [{ limits: { maxMessageSize: null } }, `limits.maxMessageSize is null; expected ${size}`],
    [{ limits: { maxPayload: 5 } }, 'limits.maxPayload (5) is not an option: use limits.maxMessageSize (bytes)'],
    [
      { limits: { colour: 5 } },
      'limits.colour (5) is not an option: the options are maxMessageSize, maxStreamSize, maxFrameSize, maxFragments, maxEmptyFragments, maxInflateRatio, maxControlFramesPerSecond, maxMessagesPerSecond, maxQueuedPongs, maxQueuedBytes',
    ],
    [{ limits: { maxFrameSize: -1 } }, `limits.maxFrameSize is -1; expected ${size}`],
    [{ limits: { maxEmptyFragments: 0.5 } }, `limits.maxEmptyFragments is 0.5; expected ${size}`],
    [{ limits: { maxInflateRatio: '200' } }, `limits.maxInflateRatio is "200"; expected ${size}`],
    [{ limits: { maxControlFramesPerSecond: -1 } }, `limits.maxControlFramesPerSecond is -1; expected ${size}`],
    [{ limits: { maxMessagesPerSecond: Number.NaN } }, `limits.maxMessagesPerSecond is NaN; expected ${size}`],
    [{ idleTimeout: -1 }, `idleTimeout is -1; expected ${delay}`],
    [{ messageTimeout: -1 }, `messageTimeout is -1; expected ${delay}`],
    [{ maxLifetime: 2 ** 31 }, `maxLifetime is 2147483648; expected ${delay}`],
    [{ slowConsumer: 'drop' }, 'slowConsumer is "drop"; expected one of close, drop-newest, drop-oldest, pause'],
    [{ highWaterMark: -5 }, `highWaterMark is -5; expected ${size}`],
    [{ closeTimeout: -1 }, `closeTimeout is -1; expected ${delay}`],
    [{ closeTimeout: Infinity }, `closeTimeout is Infinity; expected ${delay}`],
    [{ closeTimeout: 2 ** 31 }, `closeTimeout is 2147483648; expected ${delay}`],
    [{ heartbeat: { interval: '30s' } }, `heartbeat.interval is "30s"; expected ${delay}`],
    [{ heartbeat: { timeout: Number.NaN } }, `heartbeat.timeout is NaN; expected ${delay}`],
  ];
  for (const [settings, message] of refused) {
    test(message, () => {
      assert.throws(() => connectionOptions('client', settings as ConnectionSettings), {
        code: 'ERR_WS_OPTION',
        family: 'usage',
        message,
      });
    });
  }
});

test('how binary messages are lent: not at all, or with memory that is overwritten unless the host says otherwise', () => {
  const lending = (settings: ConnectionSettings, overwrites?: () => boolean) =>
    completeConnection('server', settings, undefined, overwrites).lending;
  assert.equal(lending({}), undefined);
  assert.equal(lending({ binaryMessages: 'owned', overwriteLent: true }), undefined);
  assert.deepEqual(lending({ binaryMessages: 'lent' }), { overwrites: true });
  assert.deepEqual(
    lending({ binaryMessages: 'lent' }, () => false),
    { overwrites: false },
  );
  assert.deepEqual(
    lending({ binaryMessages: 'lent', overwriteLent: true }, () => false),
    { overwrites: true },
  );
  assert.deepEqual(lending({ binaryMessages: 'lent', overwriteLent: false }), { overwrites: false });
});
