// What a node keeps for a session that another node has claimed, and what is read of the answer: it comes from a broker.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Envelope, EnvelopeWriter, type Head, Kind } from '../../src/bus/envelope.ts';
import { Handovers, readHandedOver } from '../../src/bus/handovers.ts';
import { useNetwork } from '../../src/testing/index.ts';

const writers = { p: new EnvelopeWriter('p-00000000'), q: new EnvelopeWriter('q-00000000') };

function envelopeOf(by: keyof typeof writers, topic: string, data: string, except = ''): Envelope {
  const head: Head = { kind: topic === '' ? Kind.broadcast : Kind.publish, topic, except };
  const { size, payload } = writers[by].sizeOf(head, data);
  return Envelope.read(writers[by].message(head, data, size, payload).envelope) as Envelope;
}

function handovers(subscribed = new Set<string>()): { all: Handovers; left: string[] } {
  const left: string[] = [];
  const all = new Handovers({
    maxPayload: 2 ** 20,
    isSubscribed: (topic) => subscribed.has(topic),
    left: (topic) => left.push(topic),
  });
  return { all, left };
}

function textsOf(body: Uint8Array | undefined): string[] {
  assert.ok(body);
  const handed = readHandedOver(body) ?? assert.fail('it does not have its form');
  return handed.messages.map(({ payload }) => Buffer.from(payload).toString());
}

describe('a session that has left', () => {
  test('has the messages since its claim, and the numbers of the last ones that it had got before', () => {
    const { all } = handovers();
    assert.equal(all.isEmpty, true);
    const following = all.follow('s1', 'a/7', ['news']);
    const before = [envelopeOf('p', 'news', '1'), envelopeOf('q', 'news', '2'), envelopeOf('p', 'other', '3')];
    for (const envelope of before) all.note(envelope, envelope.topic);
    assert.equal(all.take('s1'), undefined, 'nobody has claimed it');
    following.moved(['news', 'late']);
    const after: Envelope[] = [];
    for (const [topic, data] of [
      ['news', '4'],
      ['late', '5'],
      ['other', '6'],
      ['', '7'],
    ] as const)
      after.push(envelopeOf('p', topic, data));
    after.push(envelopeOf('q', 'news', '8'), envelopeOf('q', 'news', 'not for it', 'a/7'));
    for (const envelope of after) all.note(envelope, envelope.topic);
    const body = all.take('s1') ?? assert.fail();
    assert.deepEqual(textsOf(body), ['4', '5', '7', '8']);
    const { covers, isCut, messages } = readHandedOver(body) ?? assert.fail();
    assert.equal(isCut, false);
    assert.deepEqual([...before, ...after].map(covers), [true, true, false, true, true, false, true, true, true]);
    assert.equal(covers(envelopeOf('p', 'news', 'later')), false);
    assert.deepEqual([messages[0]?.origin?.node, messages[0]?.origin?.topic], ['p-00000000', 'news']);
    assert.equal(all.take('s1'), undefined, 'it is handed over once');
    assert.equal(all.isEmpty, true);
  });

  test('holds its topics at the broker as long as somebody may ask for it', async () => {
    await using network = useNetwork();
    const { all, left } = handovers(new Set(['busy']));
    all.follow('s1', 'a/1', ['news', 'busy']).moved(['news', 'busy']);
    all.follow('s2', 'a/2', ['news']).moved(['news']);
    assert.deepEqual([all.holds('news'), all.holds('other')], [true, false]);
    let isSettled = false;
    void all.settled().then(() => {
      isSettled = true;
    });
    all.take('s1');
    assert.deepEqual(
      [left, all.holds('news')],
      [[], true],
      'the other session needs it; a connection has the other topic',
    );
    await network.advance(4_999);
    assert.equal(isSettled, false);
    await network.advance(1);
    assert.deepEqual([left, all.isEmpty, isSettled], [['news'], true, true]);
  });

  test('keeps 256 KiB at most, and says that there was more', () => {
    const { all } = handovers();
    all.follow('s1', 'a/1', ['news']).moved(['news']);
    for (let count = 0; count < 300; count++) all.note(envelopeOf('p', 'news', `${count} `.padEnd(1_000)), 'news');
    const { messages, isCut } = readHandedOver(all.take('s1') ?? assert.fail()) ?? assert.fail();
    assert.equal(isCut, true);
    assert.ok(messages.length > 240 && messages.length < 263, `${messages.length}`);
  });

  test('that goes on here is not followed any more', () => {
    const { all, left } = handovers();
    const following = all.follow('s1', 'a/1', ['news']);
    following.end();
    following.moved(['news']);
    following.end();
    assert.deepEqual([all.isEmpty, left], [true, ['news']]);
  });
});

describe('an answer', () => {
  const { all } = handovers();
  all.follow('s1', 'a/1', ['news']).moved(['news']);
  for (const text of ['é', 'two']) all.note(envelopeOf('p', 'news', text), 'news');
  const whole = all.take('s1') ?? assert.fail();

  test('cut anywhere, or with any byte of a length changed, is none or a shorter one', () => {
    for (let size = 0; size < whole.length; size++) {
      const handed = readHandedOver(whole.subarray(0, size));
      assert.ok((handed?.messages.length ?? 0) < 2, `of ${size} bytes`);
    }
    for (let at = 0; at < 4; at++) {
      const wrong = Uint8Array.from(whole);
      wrong[at] = 0x7f;
      assert.equal(readHandedOver(wrong), undefined);
    }
  });

  for (const head of [
    '',
    '{',
    'null',
    '{}',
    '{"last":{}}',
    '{"last":[1]}',
    '{"last":[["a"]]}',
    '{"last":[[1,2]]}',
    '{"last":[["a",0.5]]}',
  ]) {
    test(`with the head ${head || 'of no bytes'} is none`, () => {
      const bytes = Buffer.alloc(4 + head.length);
      bytes.writeUInt32BE(head.length);
      bytes.write(head, 4);
      assert.equal(readHandedOver(bytes), undefined);
    });
  }

  test('with a frame that no server sends is none', () => {
    const text = whole.lastIndexOf(0x81); // FIN, text: the frame of the last message
    for (const first of [0x01, 0xc1, 0x88, 0x89]) {
      const wrong = Uint8Array.from(whole);
      wrong[text] = first;
      assert.equal(readHandedOver(wrong), undefined, `0x${first.toString(16)}`);
    }
    const notText = Uint8Array.from(whole);
    notText[text + 2] = 0xff;
    assert.equal(readHandedOver(notText), undefined);
  });
});
