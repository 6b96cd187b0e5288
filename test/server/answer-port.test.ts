// An upgrade answers through a port, so that other versions of HTTP can carry a handshake. These tests use a port that
// records its calls instead of HTTP/1.1: each upgrade has exactly one answer, and nothing else is written to its stream.

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import type { WebSocketError } from '../../src/core/errors.ts';
import { Meter } from '../../src/core/meter.ts';
import { Observers } from '../../src/core/observer.ts';
import { nodeHost } from '../../src/node/environment.ts';
import { Admission } from '../../src/server/admission.ts';
import type { HandshakeAnswer, UpgradedStream } from '../../src/server/handshake-answer.ts';
import { HandshakeNotes } from '../../src/server/handshake-notes.ts';
import { type ServerLimitSettings, serverLimits } from '../../src/server/limits.ts';
import type { UpgradeRequest } from '../../src/server/options.ts';
import type { Handshake } from '../../src/server/server-connection.ts';
import { TrustedProxies } from '../../src/server/trusted-proxies.ts';
import { upgrade } from '../../src/server/upgrade.ts';
import { accept, refuse } from '../../src/server/upgrade-decision.ts';
import type { PendingUpgrade, UpgradePolicy } from '../../src/server/upgrade-policy.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { turn } from '../support/handles.ts';
import { SAMPLE_ACCEPT, SAMPLE_KEY } from '../support/handshake.ts';
import { MemoryTransport } from '../support/memory-transport.ts';

type Answered =
  | { readonly kind: 'accept'; readonly fields: readonly string[] }
  | { readonly kind: 'refuse'; readonly status: number; readonly fields: readonly string[]; readonly body: string };

/** An answer in a version of HTTP without text. */
class RecordedAnswer implements HandshakeAnswer {
  readonly calls: Answered[] = [];
  /** The exception of its stream, if it has one. */
  failure: Error | undefined;

  accept(fields: readonly string[]): UpgradedStream {
    this.calls.push({ kind: 'accept', fields });
    if (this.failure !== undefined) throw this.failure;
    return { transport: new MemoryTransport(nodeHost.scheduler, true), start: () => {} };
  }

  refuse(status: number, fields: readonly string[], body: string): void {
    this.calls.push({ kind: 'refuse', status, fields, body });
  }
}

/** The stream of a request. Only the answer may write to it. */
class Stream extends Duplex {
  readonly written: string[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.written.push(String(chunk));
    callback();
  }
}

class Situation {
  readonly answer = new RecordedAnswer();
  readonly stream = new Stream();
  readonly handshakes: Handshake<unknown>[] = [];
  readonly refused: string[] = [];
  readonly failed: unknown[] = [];
  readonly pending = new Set<PendingUpgrade>();
  readonly admission: Admission;
  readonly policy: UpgradePolicy<unknown>;

  constructor(changes: Partial<UpgradePolicy<unknown>> = {}, limits: ServerLimitSettings = {}) {
    this.admission = new Admission(serverLimits(limits), nodeHost.clock);
    this.policy = {
      subprotocols: ['chat'],
      compression: undefined,
      decisionTimeout: 1_000,
      maxHeaderCount: 200,
      origins: undefined,
      proxies: new TrustedProxies(),
      pending: this.pending,
      mayRelease: false,
      hasSessions: false,
      mayStreamSessions: true,
      sessionAccepted: () => {},
      bodyEnd: '\n',
      decide: undefined,
      slotOf: () => this.admission.begin(),
      proxyHeaderOf: () => undefined,
      paramsOf: () => ({}),
      refusal: () => undefined,
      notes: new HandshakeNotes(new Meter(), new Observers()),
      accepted: (_stream, handshake) => this.handshakes.push(handshake),
      refused: (_request, { code }: WebSocketError) => this.refused.push(code),
      failed: (_request, exception) => this.failed.push(exception),
      ...changes,
    };
  }

  upgrade(headers: Record<string, string | undefined> = {}): this {
    const fields = {
      host: 'x',
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': SAMPLE_KEY,
      'sec-websocket-version': '13',
      ...headers,
    };
    const message = { method: 'GET', url: '/chat?room=1', httpVersion: '1.1', headers: fields };
    upgrade(message as unknown as IncomingMessage, this.stream, this.answer, this.policy);
    return this;
  }

  /** The one answer; `undefined` if there could be none. */
  answered(): Answered | undefined {
    assert.deepEqual(this.stream.written, []);
    assert.ok(this.answer.calls.length <= 1);
    assert.equal(this.pending.size, 0);
    const [answer] = this.answer.calls;
    return answer;
  }

  /** As {@link answered}, and nothing of the upgrade is left in the counts. */
  ended(): Answered | undefined {
    assert.deepEqual([this.admission.handshakes, this.admission.connections], [0, 0]);
    return this.answered();
  }
}

describe('accepted', () => {
  test('the fields of the handshake, then those of the application', () => {
    const decide = (request: UpgradeRequest) =>
      accept({ context: request.subprotocols.join(), headers: { 'Set-Cookie': ['a=1', 'b=2'] } });
    const situation = new Situation({ decide }).upgrade({ 'sec-websocket-protocol': 'x, chat' });
    assert.deepEqual(situation.answered(), {
      kind: 'accept',
      fields: [
        ...['Sec-WebSocket-Accept', SAMPLE_ACCEPT, 'Sec-WebSocket-Protocol', 'chat'],
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
      ],
    });
    const [{ url, subprotocol, context, slot } = assert.fail()] = situation.handshakes;
    assert.deepEqual({ url, subprotocol, context }, { url: '/chat?room=1', subprotocol: 'chat', context: 'x,chat' });
    assert.deepEqual([situation.admission.handshakes, situation.admission.connections], [0, 1]);
    slot?.leave();
    situation.ended();
  });
  test('without a decision of the application', () => {
    const situation = new Situation().upgrade();
    assert.deepEqual(situation.answered(), { kind: 'accept', fields: ['Sec-WebSocket-Accept', SAMPLE_ACCEPT] });
  });
  test('on a stream that cannot be written to: `refused` is called, and nothing stays', () => {
    const situation = new Situation();
    situation.answer.failure = new Error('no such stream');
    situation.upgrade();
    assert.equal(situation.ended()?.kind, 'accept');
    assert.deepEqual(situation.refused, ['ERR_WS_HANDSHAKE_LOST']);
    assert.equal(situation.stream.destroyed, true);
    assert.deepEqual(situation.handshakes, []);
  });
});

describe('refused', () => {
  test('an invalid request, with the fields that its status needs', () => {
    const situation = new Situation().upgrade({ 'sec-websocket-version': '8' });
    const answer = situation.ended();
    assert.ok(answer?.kind === 'refuse');
    assert.equal(answer.status, 426);
    assert.deepEqual(answer.fields, ['Upgrade', 'websocket', 'Sec-WebSocket-Version', '13']);
    assert.match(answer.body, /\n$/);
    assert.deepEqual(situation.refused, ['ERR_WS_REQUEST_VERSION']);
  });
  test('by the application', () => {
    const decide = () => refuse(401, 'log in first', { 'WWW-Authenticate': 'Basic' });
    assert.deepEqual(new Situation({ decide }).upgrade().ended(), {
      kind: 'refuse',
      status: 401,
      fields: ['WWW-Authenticate', 'Basic'],
      body: 'log in first\n',
    });
  });
  test('a decision that cannot be sent: 500, and the application learns why', () => {
    const decisions = [
      { kind: 'refuse', status: 99, reason: '', headers: [] },
      { kind: 'refuse', status: 404, reason: '', headers: [['A', 'b\r\nc']] },
      { kind: 'accept', headers: { Connection: 'close' } },
      { kind: 'accept', subprotocol: 'never offered' },
      null,
      'yes',
    ];
    for (const decision of decisions) {
      const situation = new Situation({ decide: () => decision as never }).upgrade();
      const expected = { kind: 'refuse', status: 500, fields: [], body: 'the server could not decide\n' };
      assert.deepEqual(situation.ended(), expected);
      assert.deepEqual(situation.refused, ['ERR_WS_UPGRADE_FAILED']);
      assert.equal((situation.failed[0] as WebSocketError).code, 'ERR_WS_OPTION');
    }
  });
  test('one too many: it counts nowhere', () => {
    const situation = new Situation({}, { maxHandshakes: 0 }).upgrade();
    const answer = situation.ended();
    assert.ok(answer?.kind === 'refuse');
    assert.equal(answer.status, 503);
    assert.deepEqual(situation.refused, ['ERR_WS_TOO_MANY_HANDSHAKES']);
  });
  test('no place among all connections: 503', () => {
    const situation = new Situation({}, { maxConnections: 0 }).upgrade();
    const answer = situation.ended();
    assert.ok(answer?.kind === 'refuse');
    assert.equal(answer.status, 503);
    assert.deepEqual(situation.refused, ['ERR_WS_TOO_MANY_CONNECTIONS']);
  });
  test('one too many that says when to come again', () => {
    const retryAfter = 10;
    const error = Object.assign(new Error('too many'), { status: 429, code: 'ERR_WS_X' }) as unknown as WebSocketError;
    const situation = new Situation({ slotOf: () => ({ error, retryAfter }) }).upgrade();
    assert.deepEqual(situation.ended(), {
      kind: 'refuse',
      status: 429,
      fields: ['Retry-After', '10'],
      body: 'too many\n',
    });
  });
  test('while the server is going away', () => {
    const situation = new Situation({ refusal: () => refuse(503, 'gone') }).upgrade();
    assert.deepEqual(situation.ended(), { kind: 'refuse', status: 503, fields: [], body: 'gone\n' });
  });
});

describe('a decision that takes time', () => {
  /** A decision that is never made, and the signal that it was given. */
  function undecided(): { situation: Situation; signal: AbortSignal } {
    let signal: AbortSignal | undefined;
    const situation = new Situation({
      decide: (request) => {
        ({ signal } = request);
        return new Promise(() => {});
      },
    }).upgrade();
    assert.ok(signal);
    assert.equal(signal.aborted, false);
    assert.equal(situation.pending.size, 1);
    return { situation, signal };
  }

  test('and is made', async () => {
    const situation = new Situation({ decide: async () => refuse(403, 'no') }).upgrade();
    assert.equal(situation.pending.size, 1);
    await turn();
    assert.deepEqual(situation.ended(), { kind: 'refuse', status: 403, fields: [], body: 'no\n' });
    situation.stream.destroy();
    await turn();
    assert.deepEqual(situation.refused, ['ERR_WS_UPGRADE_REFUSED'], 'a client that leaves later is not reported');
  });
  test('and is not made: 503', async () => {
    await using network = useNetwork();
    const { situation, signal } = undecided();
    await network.advance(1_000);
    const body = 'the server took too long to decide\n';
    assert.deepEqual(situation.ended(), { kind: 'refuse', status: 503, fields: [], body });
    assert.equal((signal.reason as WebSocketError).code, 'ERR_WS_HANDSHAKE_TIMEOUT');
  });
  test('when the server goes away', () => {
    const { situation, signal } = undecided();
    for (const pending of situation.pending) pending.refuse(refuse(503, 'going away'));
    assert.deepEqual(situation.ended(), { kind: 'refuse', status: 503, fields: [], body: 'going away\n' });
    assert.equal((signal.reason as WebSocketError).code, 'ERR_WS_UPGRADE_REFUSED');
  });
  test('when the client leaves: there is no answer', async () => {
    const { situation, signal } = undecided();
    situation.stream.destroy();
    await turn();
    assert.equal(situation.ended(), undefined);
    assert.equal((signal.reason as WebSocketError).code, 'ERR_WS_HANDSHAKE_LOST');
    assert.deepEqual(situation.refused, ['ERR_WS_HANDSHAKE_LOST']);
  });
});

test('a client that left before: there is no answer', () => {
  const situation = new Situation();
  situation.stream.destroy();
  assert.equal(situation.upgrade().ended(), undefined);
  assert.deepEqual(situation.refused, ['ERR_WS_HANDSHAKE_LOST']);
});
