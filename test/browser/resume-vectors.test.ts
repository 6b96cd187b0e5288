// The page's end of wsr1 against docs/resume-vectors.json, over a socket and with timers that the test moves; and its size.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, mock, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Dialogue, dataOf, Names, type Step, vectors } from '../resume/protocol/vectors.ts';
import { repository } from '../support/command.ts';

/** A WebSocket of a page whose other end is the test. */
class FakeSocket {
  static last: FakeSocket | undefined;
  readonly url: string;
  readonly protocol = 'wsr1';
  readonly sent: (string | Uint8Array | { code: number })[] = [];
  binaryType = '';
  onopen: ((event: object) => void) | undefined;
  onmessage: ((event: object) => void) | undefined;
  onclose: ((event: object) => void) | undefined;

  constructor(url: string) {
    this.url = url;
    FakeSocket.last = this;
  }

  send(data: string | ArrayBuffer): void {
    this.sent.push(typeof data === 'string' ? data : new Uint8Array(data));
  }

  close(code: number): void {
    this.sent.push({ code });
  }
}

type Heard = Record<string, unknown>;

/** Not a literal: the source is of a project with the types of a page, which this one lacks. */
const SOURCE: string = '../../src/browser/resume.ts';

/** What of a `ResumableWebSocket` is used here. */
interface PageEnd {
  readonly state: string;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
  send(data: string | Uint8Array): boolean;
  close(code: number, reason: string): void;
}

interface PageEvent {
  readonly data: unknown;
  readonly code: number;
  readonly reason: string;
  readonly why: string;
  readonly lost: unknown;
  readonly unsent: readonly { readonly data: unknown }[];
}

/** What a page's end says differently, and may. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'another version': 'it says version 9 itself, which a page cannot be made to do',
};

async function run(dialogue: Dialogue): Promise<void> {
  const globals = globalThis as unknown as Record<string, unknown>;
  const before = { WebSocket: globals.WebSocket };
  let time = 1000;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => time);
  mock.method(Math, 'random', () => 0);
  Object.assign(globals, { WebSocket: FakeSocket, addEventListener() {}, document: { hidden: false } });
  const heard: Heard[] = [];
  const names = new Names();
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  };
  const wait = async (milliseconds: number): Promise<void> => {
    for (let rest = milliseconds; rest > 0; rest -= 50) {
      time += Math.min(50, rest);
      mock.timers.tick(Math.min(50, rest));
      await turns();
    }
  };
  try {
    FakeSocket.last = undefined;
    const { ResumableWebSocket } = (await import(SOURCE)) as { ResumableWebSocket: new (url: string) => PageEnd };
    const client = new ResumableWebSocket('ws://localhost/');
    let hasOpened = false;
    const text = (data: unknown): Heard =>
      typeof data === 'string' ? { text: data } : { binary: Buffer.from(data as ArrayBuffer).toString('hex') };
    client.addEventListener('open', () => heard.push({ event: 'live', isResumed: false }));
    client.addEventListener('resumed', ({ lost }) => heard.push({ event: 'live', isResumed: true, lost }));
    client.addEventListener('message', ({ data }) => heard.push({ event: 'message', ...text(data) }));
    client.addEventListener('interrupted', ({ code }) => heard.push({ event: 'interrupted', code }));
    client.addEventListener('expired', ({ why, lost, unsent }) =>
      heard.push({ event: 'expired', why, lost, returned: unsent.map(({ data }) => text(data)) }),
    );
    client.addEventListener('close', ({ code, reason }) => heard.push({ event: 'closed', code, reason }));
    let socket: FakeSocket | undefined;
    const act = async (step: Step, where: string): Promise<void> => {
      if (step.step === 'open') {
        const old = socket;
        for (let tries = 0; FakeSocket.last === old && tries < 5000; tries++) await wait(1);
        assert.notEqual(FakeSocket.last, old, `no connection: ${where}`);
        socket = FakeSocket.last as FakeSocket;
        socket.onopen?.({ type: 'open' });
      } else if (step.step === 'break') socket?.onclose?.({ type: 'close', code: 1006, reason: '' });
      else if (step.step === 'wait') await wait(step.milliseconds ?? 0);
      else if (step.wire === 'client') {
        const got = socket?.sent.shift();
        const wanted = dataOf(step);
        if (typeof wanted !== 'string') assert.deepEqual(got, wanted, where);
        else {
          // A page's end has limits of its own.
          const said = typeof got === 'string' && got[1] === 'S' ? withLimits(got) : got;
          assert.ok(typeof said === 'string' && names.matches(wanted, said), `${where}: ${JSON.stringify(got)}`);
        }
      } else if (step.wire === 'server') {
        const data = dataOf(step);
        if (step.lost === true) return;
        socket?.onmessage?.({
          type: 'message',
          data: typeof data === 'string' ? names.fill(data) : data.buffer.slice(0, data.length),
        });
      } else if (step.app === 'client') {
        const { send, close } = step;
        const data = send && dataOf(send);
        if (data !== undefined) client.send(data);
        if (Array.isArray(close)) client.close(close[0] as number, close[1] as string);
      } else if (step.hears === 'client') {
        const { hears: _, event, repeat, text: said, after: __, ...more } = step;
        // A page hears `open` once: a new session after a lost one is told by `expired`.
        if (event === 'live' && step.isResumed === false && hasOpened) return;
        // And `interrupted` only after that.
        if (event === 'interrupted' && !heard.some((one) => one.event === event)) {
          assert.notEqual(client.state, 'open');
          return;
        }
        hasOpened ||= event === 'live';
        const at = heard.findIndex((one) => one.event === event);
        assert.ok(at >= 0, `not heard: ${where}, but ${JSON.stringify(heard)}`);
        const [got = {}] = heard.splice(at, 1);
        const wanted: Heard =
          said === undefined ? more : { ...more, text: dataOf({ text: said, repeat: repeat ?? 1 }) };
        for (const [key, value] of Object.entries(wanted)) assert.deepEqual(got[key], value, `${key} of ${where}`);
      } else if (step.close === 'client') {
        const got = socket?.sent.shift();
        assert.ok(typeof got === 'object' && 'code' in got, `not closed: ${where} ${JSON.stringify(got)}`);
        // It says the code of the session to a server that has ended it, too.
        const isEnded = dialogue.name === 'ended by the server while the client was away';
        if (!isEnded) assert.equal(got.code, step.code, where);
      } else if (step.close === 'server') {
        socket?.onclose?.({ type: 'close', code: step.code ?? 0, reason: step.reason ?? '' });
      }
      await turns();
    };
    for (const [at, step] of dialogue.steps.entries()) await act(step, `step ${at}, ${JSON.stringify(step)}`);
  } finally {
    mock.timers.reset();
    mock.restoreAll();
    Object.assign(globals, before);
    delete globals.document;
    delete globals.addEventListener;
  }
}

function withLimits(start: string): string {
  const members = JSON.parse(start.slice(2)) as object;
  return `\u0010S${JSON.stringify({ ...members, buf: 1024, part: 256, max: 16_384 })}`;
}

describe('the dialogues, for a page', () => {
  for (const dialogue of vectors.dialogues) {
    if (dialogue.only === 'server') continue;
    const skip = DIFFERENT[dialogue.name] ?? false;
    test(dialogue.name, { skip }, () => run(dialogue));
  }
});

test('harmony-websocket/resume/browser is at most 3 KiB, minified and compressed', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(repository, 'src/browser/resume.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: join(repository, 'src/browser/tsconfig.json'),
    metafile: true,
    write: false,
  });
  assert.equal(Object.keys(metafile.inputs).length, 1, 'it imports nothing');
  const size = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
  assert.ok(size <= 3 * 1024, `${size} bytes`);
});
