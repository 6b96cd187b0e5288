// What every peer must agree with us on, whichever of us is the server. A case drives both ends of one connection and
// compares content, not only lengths.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Connection } from '../../src/engine/index.ts';
import type { Inbox, Message, PeerConnection } from './peers/peer.ts';

/** Our end, with what its handlers were given. */
export interface OurEnd {
  readonly connection: Connection;
  readonly messages: Inbox<Message>;
  readonly pings: Inbox<string>;
  readonly pongs: Inbox<string>;
}

export interface Pair {
  readonly ours: OurEnd;
  readonly peer: PeerConnection;
}

export interface Opening {
  readonly subprotocols?: readonly string[];
  readonly tls?: boolean;
}

/** Opens a connection that ends with the test. */
export type OpenPair = (context: TestContext, opening?: Opening) => Promise<Pair>;

/** Why a peer's API cannot do something; absent when it can. */
export interface Gaps {
  readonly fragments?: string;
  readonly pings?: string;
}

const texts = ['hello', 'Grüße, 世界 👋', '\u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}'];
const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
/** Around the two places where the length of a frame changes its encoding (RFC 6455 §5.2). */
const edgeLengths = [1, 125, 126, 127, 65_535, 65_536];
const MiB = 1024 * 1024;

/** Registers the cases for one peer in one role. */
export function interopCases(open: OpenPair, gaps: Gaps = {}): void {
  const both = async (context: TestContext, messages: readonly Message[]): Promise<void> => {
    const { ours, peer } = await open(context);
    for (const message of messages) {
      ours.connection.send(message);
      same(await peer.next(), message);
      peer.send(message);
      same(await ours.messages.next(), message);
    }
  };

  test('RFC 6455 §5.6 text, both ways', (t) => both(t, texts));
  test('RFC 6455 §5.6 binary, both ways', (t) => both(t, [everyByte]));
  test('RFC 6455 §5.6 empty text and empty binary, both ways', (t) => both(t, ['', new Uint8Array(0), '', 'end']));
  test('RFC 6455 §5.2 lengths around the edges of their encodings, both ways', (t) =>
    both(t, edgeLengths.map(pattern)));
  test('1 MiB of text and of binary, both ways', (t) => both(t, ['Grüße 👋\n'.repeat(MiB / 14), pattern(MiB)]));
  test('16 MiB of binary, both ways', (t) => both(t, [pattern(16 * MiB)]));

  test('many small messages in order, both ways at once', async (t) => {
    const { ours, peer } = await open(t);
    const count = 1000;
    for (let index = 0; index < count; index++) {
      ours.connection.send(`ours ${index}`);
      peer.send(`peer ${index}`);
    }
    for (let index = 0; index < count; index++) {
      same(await peer.next(), `ours ${index}`);
      same(await ours.messages.next(), `peer ${index}`);
    }
  });

  test('RFC 6455 §5.4 our fragments, with a ping between them, are one message to the peer', async (t) => {
    const { ours, peer } = await open(t);
    ours.connection.sendFragment('Grü', { fin: false });
    ours.connection.ping('between');
    ours.connection.sendFragment('', { fin: false });
    ours.connection.sendFragment('ße 👋', { fin: true });
    ours.connection.sendFragment(pattern(70_000), { fin: false });
    ours.connection.sendFragment(new Uint8Array([1, 2, 3]), { fin: true });
    same(await peer.next(), 'Grüße 👋');
    same(await ours.pongs.next(), 'between');
    same(await peer.next(), Buffer.concat([pattern(70_000), new Uint8Array([1, 2, 3])]));
  });

  test('RFC 6455 §5.4 fragments of the peer are one message to us', { skip: gaps.fragments }, async (t) => {
    const { ours, peer } = await open(t);
    peer.sendFragments?.(['Grü', '', 'ße 👋']);
    peer.sendFragments?.([pattern(70_000), new Uint8Array(0), everyByte]);
    same(await ours.messages.next(), 'Grüße 👋');
    same(await ours.messages.next(), Buffer.concat([pattern(70_000), everyByte]));
  });

  test('RFC 6455 §5.5.2 our ping is answered with its payload', async (t) => {
    const { ours } = await open(t);
    ours.connection.ping('marco');
    same(await ours.pongs.next(), 'marco');
    ours.connection.ping();
    same(await ours.pongs.next(), '');
  });

  test('RFC 6455 §5.5.2 a ping of the peer is answered with its payload', { skip: gaps.pings }, async (t) => {
    const { ours, peer } = await open(t);
    same(await peer.ping?.('polo'), 'polo');
    same(await ours.pings.next(), 'polo');
  });

  test('RFC 6455 §7.1.2 we close with a code and a reason', async (t) => {
    const { ours, peer } = await open(t);
    const event = await ours.connection.close(4001, 'auf Wiedersehen, à bientôt');
    assert.deepEqual(await peer.closed, { code: 4001, reason: 'auf Wiedersehen, à bientôt' });
    assert.deepEqual([event.code, event.wasClean, event.error], [4001, true, undefined]);
  });

  test('RFC 6455 §7.1.2 the peer closes with a code and a reason', async (t) => {
    const { ours, peer } = await open(t);
    peer.close(4002, 'grüß Gott');
    const { code, reason, wasClean, error } = await ours.connection.closed;
    assert.deepEqual(
      { code, reason, wasClean, error },
      { code: 4002, reason: 'grüß Gott', wasClean: true, error: undefined },
    );
    assert.equal((await peer.closed).code, 4002);
  });

  test('RFC 6455 §5.5.1 what was sent before the close arrives before it', async (t) => {
    const { ours, peer } = await open(t);
    for (let index = 0; index < 100; index++) ours.connection.send(`message ${index}`);
    ours.connection.send(pattern(MiB));
    const closed = ours.connection.close(1000);
    for (let index = 0; index < 100; index++) same(await peer.next(), `message ${index}`);
    same(await peer.next(), pattern(MiB));
    assert.equal((await peer.closed).code, 1000);
    assert.equal((await closed).wasClean, true);
  });

  test('RFC 6455 §4.2.2 the subprotocol that both speak is selected', async (t) => {
    const { ours, peer } = await open(t, { subprotocols: ['superchat', 'chat'] });
    assert.deepEqual([ours.connection.subprotocol, peer.subprotocol], ['chat', 'chat']);
  });

  test('RFC 6455 §4.2.2 none is selected when none was offered', async (t) => {
    const { ours, peer } = await open(t);
    assert.deepEqual([ours.connection.subprotocol, peer.subprotocol], ['', '']);
  });

  test('TLS: text and 1 MiB of binary both ways, and a clean close', async (t) => {
    const { ours, peer } = await open(t, { tls: true });
    for (const message of ['Grüße 👋', pattern(MiB)]) {
      ours.connection.send(message);
      same(await peer.next(), message);
      peer.send(message);
      same(await ours.messages.next(), message);
    }
    assert.equal((await ours.connection.close(1000, 'done')).wasClean, true);
    assert.deepEqual(await peer.closed, { code: 1000, reason: 'done' });
  });
}

/** Bytes without a short period, so that a piece that is lost or moved shows. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 31) ^ (index >>> 8) ^ (index >>> 16);
  return bytes;
}

/** Equal in kind and content; large ones by hash, since their difference would not be read. */
export function same(actual: unknown, expected: Message): void {
  assert.equal(typeof actual, typeof expected, 'text or binary');
  const [a, b] = [Buffer.from(actual as string), Buffer.from(expected as string)];
  assert.equal(a.length, b.length, 'length in bytes');
  if (a.length > 1000) assert.equal(sha256(a), sha256(b), 'SHA-256 of the content');
  else assert.deepEqual(actual instanceof Uint8Array ? a : actual, expected instanceof Uint8Array ? b : expected);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
