// The end of a service in the middle of its work: numbered messages in flight both ways when `drain()`, or the kit's
// `stop()`, begins. Whatever was accepted by one side is received by the other, once and in order, up to the Close frames
// (RFC 6455 §5.5.1, §7.1.2); the sender of a dropped message is told.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WebSocketError } from '../../src/core/errors.ts';
import { accept, type DrainResult } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { recordedServer } from '../kit/recorder.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { ends as endsOf } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';

/** A sequence of numbers that looks random and is the same for the same seed: 0 ≤ n < bound. */
function sequence(seed: number): (bound: number) => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** Payload after the number: mostly short, sometimes more than the system takes at once. */
const sizes = [0, 0, 0, 0, 0, 0, 10, 10, 10, 100, 100, 100, 1_000, 1_000, 5_000, 200_000];

interface Sending {
  send(data: string, sent: (error?: WebSocketError) => void): boolean;
}

/** One direction of one connection: what was sent, what its senders were told, what was received. */
class Flow {
  readonly #next: (bound: number) => number;
  #count = 0;
  /** Numbers whose senders were told of success, and of failure. */
  readonly accepted: number[] = [];
  readonly dropped: number[] = [];
  readonly received: number[] = [];

  constructor(next: (bound: number) => number) {
    this.#next = next;
  }

  send(connection: Sending): void {
    const number = this.#count++;
    const filling = 'x'.repeat(sizes[this.#next(sizes.length)] ?? 0);
    connection.send(`${number} ${filling}`, (error) => {
      if (error === undefined) this.accepted.push(number);
      else {
        assert.equal(error.code, 'ERR_WS_DROPPED');
        this.dropped.push(number);
      }
    });
  }

  receive(data: string | Uint8Array): void {
    this.received.push(Number.parseInt(String(data).slice(0, 10), 10));
  }

  /** Nothing lost, doubled or out of order, and everybody told. */
  assertKept(name: string): void {
    assert.deepEqual(this.received, this.accepted, `${name}: received is what was accepted`);
    const all = [...this.accepted, ...this.dropped].sort((one, other) => one - other);
    assert.deepEqual(
      all,
      Array.from({ length: this.#count }, (_, number) => number),
      `${name}: each sender told once`,
    );
  }
}

const CLIENTS = 16;
/** Megabytes have to pass, over TLS too. */
const PATIENCE = 60_000;

describe('drain() in the middle of messages both ways', () => {
  for (const { seed, drainAt, tls } of [
    { seed: 1, drainAt: 60, tls: false },
    { seed: 2, drainAt: 217, tls: false },
    { seed: 3, drainAt: 500, tls: false },
    { seed: 4, drainAt: 1_001, tls: false },
    { seed: 5, drainAt: 133, tls: true },
    { seed: 6, drainAt: 400, tls: true },
  ]) {
    const next = sequence(seed);
    test(
      `after ${drainAt} messages${tls ? ', over TLS' : ''} (seed ${seed}): none is lost`,
      leavingNothing(async (scope) => {
        const toServer = Array.from({ length: CLIENTS }, () => new Flow(next));
        const toClient = Array.from({ length: CLIENTS }, () => new Flow(next));
        let count = 0;
        let drained: Promise<DrainResult> | undefined;
        const { server, url } = await listen<number>(
          scope,
          {
            upgrade: ({ url: path }) => accept({ context: Number(path.slice(1)) }),
            message(connection, data) {
              toServer[connection.context]?.receive(data);
              if (++count === drainAt) drained = server.drain({ deadline: 60_000 });
              toClient[connection.context]?.send(connection); // refused once the drain begins, and told
            },
          },
          tls ? { tls: serverCertificate() } : {},
        );
        const clients = await Promise.all(
          Array.from({ length: CLIENTS }, async (_, index) => {
            const client = await open(scope, `${url}${index}`, {
              ...(tls ? { tls: trust() } : {}),
              handlers: {
                message(connection, data) {
                  toClient[index]?.receive(data);
                  toServer[index]?.send(connection);
                },
                close: (connection) => toServer[index]?.send(connection), // too late, and told
              },
            });
            return client;
          }),
        );
        for (const [index, client] of clients.entries()) {
          for (let window = 0; window < 8; window++) toServer[index]?.send(client);
        }
        const ends = await Promise.all(clients.map((client) => client.closed));
        assert.deepEqual(endsOf(await drained), { closed: CLIENTS, terminated: 0 });
        for (const { code, wasClean } of ends) assert.deepEqual({ code, wasClean }, { code: 1001, wasClean: true });
        for (let index = 0; index < CLIENTS; index++) {
          toServer[index]?.assertKept(`client ${index} to the server`);
          toClient[index]?.assertKept(`the server to client ${index}`);
        }
        const dropped = toServer.reduce((sum, flow) => sum + flow.dropped.length, 0);
        assert.ok(dropped >= CLIENTS, 'messages that arrived too late were dropped');
      }, PATIENCE),
    );
  }
});

describe("the kit's stop() in the middle of messages both ways", () => {
  for (const stopAt of [70, 250, 611]) {
    // RFC 6455 §3.8: what the peer sends is delivered until our Close has been written; what was accepted here comes
    // before it.
    test(
      `after ${stopAt} messages: all that the server accepted arrives, and no gap in what it received`,
      leavingNothing(async () => {
        const { server, trace, url } = await recordedServer();
        const accepted = new Map<number, number[]>();
        const received = new Map<number, number[]>();
        const answers: Promise<unknown>[] = [];
        let count = 0;
        let stopped: Promise<boolean> | undefined;
        server.on('messageReceive', ({ clientConnection, data }) => {
          const port = clientConnection.clientPort;
          const numbers = received.get(port) ?? [];
          received.set(port, numbers);
          numbers.push(Number.parseInt(data as string, 10));
          const number = numbers.length;
          answers.push(
            server.send(`${number}`, clientConnection).then(
              (isAccepted) => {
                assert.equal(isAccepted, true);
                accepted.set(port, [...(accepted.get(port) ?? []), number]);
              },
              () => {}, // after the stop
            ),
          );
          if (++count === stopAt) stopped = server.stop();
        });
        const atClients: number[][] = [];
        const closes: Promise<void>[] = [];
        const begin: (() => void)[] = [];
        for (let index = 0; index < 8; index++) {
          const ws = webSocket.createWebSocket();
          const numbers: number[] = [];
          atClients.push(numbers);
          let sent = 0;
          const send = (): void => void ws.send(`${sent++}`).catch(() => {});
          ws.on('message', (_, data) => {
            numbers.push(Number.parseInt(data as string, 10));
            send();
          });
          begin.push(send);
          closes.push(
            new Promise((resolve) => {
              ws.on('close', (_, { code, reason }) => {
                assert.deepEqual({ code, reason }, { code: 1001, reason: 'server is going away' });
                resolve();
              });
            }),
          );
          await ws.connect(url);
        }
        await trace.until('connect', 8);
        for (let window = 0; window < 8; window++) for (const send of begin) send();
        await Promise.all(closes);
        assert.equal(await stopped, true);
        await Promise.all(answers);
        for (const numbers of received.values()) assert.deepEqual(numbers, [...numbers.keys()]);
        const order = (lists: Iterable<number[]>) => [...lists].map(String).sort();
        assert.deepEqual(order(atClients), order(accepted.values()));
        assert.equal(trace.events.filter((event) => event === "close{1001,'server is going away'}").length, 8);
      }),
    );
  }
});
