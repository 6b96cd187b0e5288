// File descriptors run out (EMFILE), in a separate process that has 40 left. The server goes on with what it
// has, does not turn in circles, and takes new connections as soon as others leave; the client says what is wrong.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { WebSocketError } from '../../src/core/errors.ts';
import type { ClientConnection } from '../../src/engine/index.ts';
import { nodeHost } from '../../src/node/environment.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { listen, open } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const DESCRIPTORS = 40;
/** What the process may have in all: enough to load its modules. */
const LIMIT = 1_000;

/** A client that asks one thing after the other. */
class Program {
  readonly #command: Command;
  #asked = 0;

  constructor(context: TestContext, ...parameters: string[]) {
    const program = ['--import', 'tsx', 'test/faults/programs/descriptors.ts', String(DESCRIPTORS)];
    this.#command = new Command(context, [...program, ...parameters], { descriptors: LIMIT });
  }

  /** The line with which it began. */
  async ready(): Promise<string> {
    const [line] = await this.#command.seen(/^ready.*\n/);
    this.#asked = 1;
    return line.trim();
  }

  /** Writes a command and waits for its one line. */
  async ask(command: string): Promise<string> {
    this.#command.write(`${command}\n`);
    const count = ++this.#asked;
    const [text] = await this.#command.seen(new RegExp(`^(.*\\n){${count}}`));
    return text.split('\n')[count - 1] ?? '';
  }

  get stderr(): string {
    return this.#command.stderr;
  }
}

interface Echoing {
  readonly connection: ClientConnection;
  readonly echoes: Inbox<string>;
}

async function echoes({ connection, echoes: inbox }: Echoing, text: string): Promise<void> {
  connection.send(text);
  assert.equal(await inbox.next(), text);
}

/** In a row, after which a server counts as full: a runtime may hold its own descriptor for a moment. */
const REFUSALS = 50;

/** Connects until the server cannot take any more. */
async function fill(scope: Scope, url: string): Promise<Echoing[]> {
  const all: Echoing[] = [];
  for (let refusals = 0; refusals < REFUSALS; ) {
    const inbox = new Inbox<string>();
    try {
      const connection = await open(scope, url, { handlers: { message: (_, data) => inbox.push(String(data)) } });
      all.push({ connection, echoes: inbox });
      refusals = 0;
    } catch (error) {
      // The system takes the connection, and the server has to hang up.
      assert.equal((error as WebSocketError).code, 'ERR_WS_HANDSHAKE_LOST', String(error));
      refusals++;
    }
    assert.ok(all.length <= DESCRIPTORS + 10, 'the limit holds');
  }
  return all;
}

describe(`a server with ${DESCRIPTORS} file descriptors left`, () => {
  test('serves those that it has, rests while it is full, and takes others when some have left', async (context) => {
    const program = new Program(context, 'server');
    const url = `ws://127.0.0.1:${(await program.ready()).split(' ')[1]}/`;
    await leavingNothing(async (scope) => {
      const clients = await fill(scope, url);
      assert.ok(clients.length >= 10, `${clients.length} connections`);
      assert.equal(await program.ask('open'), `open ${clients.length}`);
      for (const [index, client] of clients.entries()) await echoes(client, `still here ${index}`);

      // A server that turns in circles is busy in all of them; on a full machine, one that rests seems busy in some.
      const windows: string[] = [];
      for (let rests = false; !rests; ) {
        await program.ask('busy');
        await new Promise<void>((resolve) => nodeHost.clock.timer({ expired: resolve }).set(300));
        const [, share, cpu] = (await program.ask('busy')).split(' ').map(Number);
        rests = (share ?? 1) < 0.5 && (cpu ?? 1) < 0.5;
        windows.push(`busy ${share} of the time, ${cpu} of a processor`);
        assert.ok(rests || windows.length < 20, windows.join('; '));
      }

      const leaving = clients.splice(0, 5);
      for (const { connection } of leaving) await connection.close(1000);
      while ((await program.ask('open')) !== `open ${clients.length}`) await turn();
      const more = await fill(scope, url);
      assert.ok(more.length > 0);
      for (const [index, client] of [...clients, ...more].entries()) await echoes(client, `again ${index}`);
    }, CHILD_PATIENCE)();
    assert.equal(program.stderr, '');
  });
});

describe(`a client with ${DESCRIPTORS} file descriptors left`, () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    test(`to ${host}: says that they have run out, leaks none, and connects again when some are free`, async (context) => {
      await leavingNothing(async (scope) => {
        const { port, server } = await listen(scope, {}, { host });
        const program = new Program(context, 'client', `ws://${host}:${port}/`);
        await program.ready();
        let answer = '';
        let count = -1;
        for (; !answer.startsWith('refused'); count++) answer = await program.ask('connect');
        const refusal = new RegExp(
          `^refused ERR_WS_CONNECT cannot connect to ${host}:${port} \\(EMFILE\\); this process has no file descriptors left: close some, or raise its limit \\(ulimit -n\\)$`,
        );
        for (let again = 0; again < 100; again++) assert.match(await program.ask('connect'), refusal);
        assert.equal(server.connections.size, count);
        assert.equal(await program.ask('close'), 'closed');
        // None of the hundred has kept a descriptor; Node may have taken one or two for itself.
        for (let again = 1; again <= count - 3; again++)
          assert.equal(await program.ask('connect'), `connected ${again}`);
        assert.equal(await program.ask('close'), 'closed');
      }, CHILD_PATIENCE)();
    });
  }
});
