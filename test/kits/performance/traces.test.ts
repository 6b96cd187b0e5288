// `hiTraceMeter` and `hiTraceChain`: what a test gets of the calls, and the ID of a thread.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configure, type TraceEntry } from '../../../src/kit/configure.ts';
import byDefaultChain, { hiTraceChain } from '../../../src/kits/hi-trace-chain/index.ts';
import byDefault, { hiTraceMeter } from '../../../src/kits/hi-trace-meter/index.ts';

const restores: Array<() => void> = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
  hiTraceChain.clearId();
});

describe('hiTraceMeter', () => {
  const { DEBUG, INFO, COMMERCIAL } = hiTraceMeter.HiTraceOutputLevel;

  test('is the default export, too; its enum', () => {
    assert.equal(byDefault, hiTraceMeter);
    assert.deepEqual(hiTraceMeter.HiTraceOutputLevel, { DEBUG: 0, INFO: 1, CRITICAL: 2, COMMERCIAL: 3, MAX: 3 });
  });

  test('without the setting, calls do nothing', () => {
    assert.equal(hiTraceMeter.isTraceEnabled(), false);
    hiTraceMeter.startTrace('connect', 1);
    hiTraceMeter.finishTrace('connect', 1);
  });

  test('with it, each call arrives', () => {
    const entries: TraceEntry[] = [];
    restores.push(configure({ device: { trace: (entry) => entries.push(entry) } }));
    assert.equal(hiTraceMeter.isTraceEnabled(), true);
    hiTraceMeter.startTrace('connect', 1);
    hiTraceMeter.finishTrace('connect', 1);
    hiTraceMeter.traceByValue('queue', 3);
    hiTraceMeter.traceByValue(INFO, 'queue', 4);
    hiTraceMeter.startSyncTrace(DEBUG, 'parse', 'size=5');
    hiTraceMeter.startSyncTrace(DEBUG, 'parse');
    hiTraceMeter.finishSyncTrace(DEBUG);
    hiTraceMeter.startAsyncTrace(COMMERCIAL, 'send', 2, 'chat', 'key=value');
    hiTraceMeter.startAsyncTrace(COMMERCIAL, 'send', 3, 'chat');
    hiTraceMeter.finishAsyncTrace(COMMERCIAL, 'send', 2);
    assert.deepEqual(entries, [
      { kind: 'start', name: 'connect', taskId: 1 },
      { kind: 'finish', name: 'connect', taskId: 1 },
      { kind: 'count', name: 'queue', count: 3 },
      { kind: 'count', name: 'queue', count: 4, level: 1 },
      { kind: 'start', level: 0, name: 'parse', customArgs: 'size=5' },
      { kind: 'start', level: 0, name: 'parse' },
      { kind: 'finish', level: 0 },
      { kind: 'start', level: 3, name: 'send', taskId: 2, customCategory: 'chat', customArgs: 'key=value' },
      { kind: 'start', level: 3, name: 'send', taskId: 3, customCategory: 'chat' },
      { kind: 'finish', level: 3, name: 'send', taskId: 2 },
    ]);
  });

  test('listeners are told when it is switched on and off; there are ten at most', () => {
    const told: unknown[] = [];
    const indexes = Array.from({ length: 11 }, (_, n) =>
      hiTraceMeter.registerTraceListener((on) => told.push([n, on])),
    );
    assert.deepEqual(indexes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1]);
    for (const index of indexes.slice(1, 10)) assert.equal(hiTraceMeter.unregisterTraceListener(index), 0);
    const undo = configure({ device: { trace: () => {} } });
    const undoSecond = configure({ device: { trace: () => {} } });
    undoSecond();
    undo();
    assert.deepEqual(told, [
      [0, true],
      [0, false],
    ]);
    assert.equal(hiTraceMeter.unregisterTraceListener(0), 0);
    assert.equal(hiTraceMeter.unregisterTraceListener(0), -1);
    assert.equal(hiTraceMeter.unregisterTraceListener(10), -2);
    assert.equal(hiTraceMeter.unregisterTraceListener('0' as unknown as number), -2);
    assert.equal(hiTraceMeter.registerTraceListener(5 as unknown as () => void), -2);
  });
});

describe('hiTraceChain', () => {
  const { HiTraceFlag } = hiTraceChain;

  beforeEach(() => hiTraceChain.clearId());

  test('is the default export, too; its enums', () => {
    assert.equal(byDefaultChain, hiTraceChain);
    assert.deepEqual(Object.values(HiTraceFlag), [0, 1, 2, 4, 8, 16, 32, 64]);
    assert.deepEqual(hiTraceChain.HiTraceTracePointType, { CS: 0, CR: 1, SS: 2, SR: 3, GENERAL: 4 });
    assert.deepEqual(hiTraceChain.HiTraceCommunicationMode, { DEFAULT: 0, THREAD: 1, PROCESS: 2, DEVICE: 3 });
  });

  test('begin gives the thread an ID, once; end takes it', () => {
    assert.equal(hiTraceChain.isValid(hiTraceChain.getId()), false);
    const id = hiTraceChain.begin('connect', HiTraceFlag.INCLUDE_ASYNC);
    assert.equal(hiTraceChain.isValid(id), true);
    assert.deepEqual(hiTraceChain.getId(), id);
    assert.equal(id.flags, 1);
    assert.equal(hiTraceChain.isValid(hiTraceChain.begin('another')), false);
    hiTraceChain.end({ chainId: id.chainId + 1n });
    assert.deepEqual(hiTraceChain.getId(), id, 'of another chain');
    hiTraceChain.end(id);
    assert.equal(hiTraceChain.isValid(hiTraceChain.getId()), false);
    assert.notEqual(hiTraceChain.begin('again').chainId, id.chainId);
  });

  test('setId sets a valid ID, clearId takes it', () => {
    hiTraceChain.setId({ chainId: 5n, spanId: 2 });
    assert.deepEqual(hiTraceChain.getId(), { chainId: 5n, spanId: 2, parentSpanId: 0, flags: 0 });
    hiTraceChain.setId({ chainId: 0n });
    assert.equal(hiTraceChain.getId().chainId, 5n);
    hiTraceChain.clearId();
    assert.equal(hiTraceChain.getId().chainId, 0n);
  });

  test('createSpan makes a part of the work, unless the flag forbids it', () => {
    assert.equal(hiTraceChain.isValid(hiTraceChain.createSpan()), false);
    const id = hiTraceChain.begin('connect');
    const span = hiTraceChain.createSpan();
    assert.deepEqual([span.chainId, span.parentSpanId], [id.chainId, id.spanId]);
    assert.notEqual(span.spanId, hiTraceChain.createSpan().spanId);
    hiTraceChain.setId({ chainId: 5n, flags: HiTraceFlag.DONOT_CREATE_SPAN });
    assert.equal(hiTraceChain.createSpan().spanId, 0);
  });

  test('flags are asked for and added', () => {
    const id: hiTraceChain.HiTraceId = { chainId: 1n };
    assert.equal(hiTraceChain.isFlagEnabled(id, HiTraceFlag.TP_INFO), false);
    hiTraceChain.enableFlag(id, HiTraceFlag.TP_INFO);
    hiTraceChain.enableFlag(id, HiTraceFlag.NO_BE_INFO);
    assert.equal(id.flags, 12);
    assert.equal(hiTraceChain.isFlagEnabled(id, HiTraceFlag.TP_INFO), true);
  });

  test('tracepoint prints a line of hilog for an ID with the flag', (context) => {
    const lines: string[] = [];
    context.mock.method(process.stdout, 'write', (text: string) => lines.push(text) > 0);
    const { HiTraceCommunicationMode: mode, HiTraceTracePointType: type } = hiTraceChain;
    hiTraceChain.tracepoint(mode.PROCESS, type.CS, { chainId: 255n }, 'not printed');
    hiTraceChain.tracepoint(mode.PROCESS, type.CS, { chainId: 255n, flags: HiTraceFlag.TP_INFO }, 'sent');
    context.mock.restoreAll();
    const printed = lines.filter((line) => line.includes('HiTraceC'));
    assert.equal(printed.length, 1, lines.join(''));
    assert.match(printed[0]!, /\[ff, 0, 0\] mode 2, type 0: sent/);
  });
});
