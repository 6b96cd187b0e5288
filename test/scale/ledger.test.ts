import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Gaps } from './gaps.ts';
import { type Judgement, Ledger } from './ledger.ts';

const START = 1_000_000;
/** Long after a subscription, and long before the end of a connection. */
const LATER = START + 10_000;

/** A subscriber on node-2, and messages 0 to 4 of a publisher on `node`, a millisecond apart. */
function books(node = 'node-1'): { ledger: Ledger; gaps: Gaps } {
  const ledger = new Ledger();
  ledger.subscribe('reader', 'news', 'node-2', START);
  for (let number = 0; number < 5; number++) {
    ledger.accept('news', { publisher: 'writer', number, node, at: LATER + number });
  }
  return { ledger, gaps: new Gaps() };
}

function deliver(ledger: Ledger, ...numbers: number[]): void {
  for (const number of numbers) ledger.deliver('reader', 'news', 'writer', number, 1);
}

function differing(judgement: Judgement): Partial<Judgement> {
  const { accepted, expected, across, examples, ...rest } = judgement;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0));
}

describe('the ledger of a run with several nodes', () => {
  test('everything delivered once and in order is what it wants', () => {
    const { ledger, gaps } = books();
    deliver(ledger, 0, 1, 2, 3, 4);
    assert.deepEqual(differing(ledger.judge(gaps)), { delivered: 5 });
  });

  test('a loss that no node reported is found, and named', () => {
    const { ledger, gaps } = books();
    deliver(ledger, 0, 1, 3, 4);
    const judgement = ledger.judge(gaps);
    assert.deepEqual(differing(judgement), { delivered: 4, lostUntold: 1 });
    assert.match(judgement.examples.join(), /reader on node-2 did not get 2 of writer on node-1/u);
  });

  test('a loss within a gap of either node was told', () => {
    for (const node of ['node-1', 'node-2']) {
      const { ledger, gaps } = books();
      deliver(ledger, 0, 4);
      gaps.add({ node, from: LATER - 200, to: LATER + 2, why: 'lost' });
      assert.deepEqual(differing(ledger.judge(gaps)), { delivered: 2, lostInGaps: 3 });
    }
  });

  test('a gap at another time, or of another node, excuses nothing', () => {
    for (const gap of [
      { node: 'node-2', from: START, to: LATER - 500, why: 'lost' },
      { node: 'node-3', from: START, to: LATER + 500, why: 'lost' },
    ]) {
      const { ledger, gaps } = books();
      gaps.add(gap);
      assert.deepEqual(differing(ledger.judge(gaps)), { lostUntold: 5 });
    }
  });

  test('between two clients of one node, no gap excuses a loss', () => {
    const { ledger, gaps } = books('node-2');
    gaps.add({ node: 'node-2', from: START, to: LATER + 500, why: 'lost' });
    assert.deepEqual(differing(ledger.judge(gaps)), { lostUntold: 5, lostLocally: 5 });
  });

  test('messages that come twice, or out of order, are found', () => {
    const { ledger, gaps } = books();
    deliver(ledger, 0, 1, 1, 3, 2, 4);
    assert.deepEqual(differing(ledger.judge(gaps)), { delivered: 5, doubled: 1, outOfOrder: 1 });
  });

  test('a delivery of a refused message is found', () => {
    const { ledger, gaps } = books();
    ledger.refuse('writer', 7);
    deliver(ledger, 0, 1, 2, 3, 4, 7);
    assert.deepEqual(differing(ledger.judge(gaps)), { refused: 1, delivered: 5, deliveredAfterRefusal: 1 });
  });

  test('just after a subscription, and just before the end of a connection, a miss is counted apart', () => {
    const { ledger, gaps } = books();
    ledger.subscribe('newcomer', 'news', 'node-2', LATER - 300);
    ledger.unsubscribe('newcomer', 'news', LATER + 60_000);
    ledger.subscribe('leaver', 'news', 'node-2', START);
    ledger.unsubscribe('leaver', 'news', LATER + 500);
    deliver(ledger, 0, 1, 2, 3, 4);
    assert.deepEqual(differing(ledger.judge(gaps)), { delivered: 5, missedAtEdges: 10, slowestSubscription: 304 });
  });

  test('nobody is expected to get messages from before the subscription, or after its end', () => {
    const { ledger, gaps } = books();
    ledger.subscribe('late', 'news', 'node-2', LATER + 5);
    ledger.subscribe('gone', 'news', 'node-2', START);
    ledger.unsubscribe('gone', 'news', LATER);
    deliver(ledger, 0, 1, 2, 3, 4);
    const judgement = ledger.judge(gaps);
    assert.equal(judgement.expected, 5);
    assert.deepEqual(differing(judgement), { delivered: 5 });
  });
});
