// docs/resume-vectors.json against the codec and both ends.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import { isControl, LEAD, parseControl, stuff, unstuff } from '../../../src/resume/protocol/control.ts';
import { cutPosition } from '../../../src/resume/protocol/cut.ts';
import type { Link, Payload } from '../../../src/resume/protocol/ports.ts';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import type { ServerEnd } from '../../../src/resume/protocol/server-end.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { PlainStore } from './plain-store.ts';
import { type Data, type Dialogue, dataOf, Names, type Step, vectors } from './vectors.ts';
import { clientOptions, hostOf, serverSettings, WireEnd } from './wires.ts';

const limits = { buffer: 1024, part: 256, max: 16_384 };

describe('control messages', () => {
  for (const { name, text, hex, is, closes } of vectors.control)
    test(name, () => {
      assert.equal(Buffer.from(text).toString('hex'), hex);
      assert.ok(isControl(text));
      const { kind, ...rest } = parseControl(text);
      if (closes !== undefined) assert.equal(kind, 'invalid');
      else assert.deepEqual(JSON.parse(JSON.stringify({ kind, ...rest })), is);
    });

  test('one of more than 4096 bytes', () => {
    const body = JSON.stringify({ why: 'expired', reason: 'x'.repeat(4096) });
    assert.equal(parseControl(`${LEAD}X${body}`).kind, 'invalid');
    assert.equal(
      parseControl(`${LEAD}X${JSON.stringify({ why: 'expired', reason: 'ä'.repeat(2040) })}`).kind,
      'invalid',
    );
    assert.equal(parseControl(`${LEAD}X${JSON.stringify({ why: 'expired', reason: 'x'.repeat(2040) })}`).kind, 'X');
  });
});

test('texts that begin with U+0010 are stuffed, others are not', () => {
  for (const { text, wire } of vectors.stuffing) {
    assert.equal(stuff(text), wire);
    assert.ok(!isControl(wire));
    assert.equal(unstuff(wire), text);
  }
});

test('texts are cut between characters', () => {
  for (const { text, size, parts } of vectors.cuts) {
    const cut: string[] = [];
    for (let at = 0; at < text.length; ) {
      const { position } = cutPosition(text, at, size);
      cut.push(text.slice(at, position));
      at = position;
    }
    assert.deepEqual(cut, parts);
  }
});

describe('the dialogues, for the client', () => {
  for (const dialogue of vectors.dialogues)
    if (dialogue.only !== 'server') test(dialogue.name, () => new ClientRun(dialogue).run());
});

describe('the dialogues, for the server', () => {
  for (const dialogue of vectors.dialogues)
    if (dialogue.only !== 'client') test(dialogue.name, () => new ServerRun(dialogue).run());
});

/** One end that goes through a dialogue, with the other one played from the page. */
abstract class Run {
  protected readonly clock = new ManualClock(new ManualTurn());
  protected readonly heard: Record<string, unknown>[] = [];
  protected port = new WireEnd();
  protected link: Link | undefined;
  readonly #dialogue: Dialogue;
  readonly #role: 'client' | 'server';
  readonly #names = new Names();

  constructor(dialogue: Dialogue, role: 'client' | 'server') {
    this.#dialogue = dialogue;
    this.#role = role;
  }

  protected abstract connect(): void;
  protected abstract act(step: Step): void;

  async run(): Promise<void> {
    for (const [at, step] of this.#dialogue.steps.entries()) {
      await this.#step(step, `step ${at} of "${this.#dialogue.name}", ${JSON.stringify(step)}`);
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
    }
    if (this.#dialogue.name !== 'lost') assert.deepEqual(this.port.under, []);
  }

  async #step(step: Step, where: string): Promise<void> {
    if (step.step === 'open') {
      this.port = new WireEnd();
      this.connect();
    } else if (step.step === 'break') {
      this.port.closed ??= { code: 1006, reason: '' };
      this.link?.closed(1006, '');
    } else if (step.step === 'wait') this.clock.advance(step.milliseconds ?? 0);
    else if (step.wire === this.#role) this.#said(step, where);
    else if (step.wire !== undefined) {
      const data = dataOf(step);
      if (step.lost !== true) this.link?.received(typeof data === 'string' ? this.#names.fill(data) : data);
    } else if (step.app === this.#role) this.act(step);
    else if (step.hears === this.#role) this.#hears(step, where);
    else if (step.close === this.#role) this.#closed(step, where);
    else if (step.close === 'client' || step.close === 'server') {
      this.port.closed ??= { code: step.code ?? 0, reason: '' };
      this.link?.closed(step.code ?? 0, step.reason ?? '');
    }
    await Promise.resolve();
  }

  #said(step: Step, where: string): void {
    const parcel = this.port.under.shift();
    assert.ok(parcel && 'data' in parcel, `nothing was sent: ${where}`);
    const wanted = dataOf(step);
    if (typeof wanted !== 'string') assert.deepEqual(parcel.data, wanted, where);
    else assert.ok(this.#names.matches(wanted, String(parcel.data)), `${where}: ${JSON.stringify(parcel.data)}`);
  }

  #closed({ code, reason }: Step, where: string): void {
    const parcel = this.port.under.shift();
    assert.ok(parcel && 'code' in parcel, `not closed: ${where} ${JSON.stringify(parcel)}`);
    assert.equal(parcel.code, code, where);
    if (reason) assert.equal(parcel.reason, reason, where);
  }

  #hears({ hears: _who, event, repeat, text, ...more }: Step, where: string): void {
    const at = this.heard.findIndex((one) => one.event === event);
    assert.ok(at >= 0, `not heard: ${where}, but ${JSON.stringify(this.heard)}`);
    const [got = {}] = this.heard.splice(at, 1);
    const wanted: Record<string, unknown> =
      text === undefined ? more : { ...more, text: dataOf({ text, repeat: repeat ?? 1 }) };
    for (const [key, value] of Object.entries(wanted)) assert.deepEqual(got[key], value, `${key} of ${where}`);
  }

  protected got(data: Payload): Data {
    return typeof data === 'string' ? { text: data } : { binary: Buffer.from(data).toString('hex') };
  }
}

class ClientRun extends Run {
  readonly #client: ClientEnd;

  constructor(dialogue: Dialogue) {
    super(dialogue, 'client');
    this.#client = new ClientEnd({ ...clientOptions, limits }, hostOf(this.clock), {
      message: (delivery) => {
        this.heard.push({ event: 'message', ...this.got(delivery.data) });
        this.#client.handled(delivery);
      },
      live: ({ isResumed, lost }) => this.heard.push({ event: 'live', isResumed, lost }),
      interrupted: ({ code, after }) => this.heard.push({ event: 'interrupted', code, after }),
      expired: ({ why, lost, returned }) =>
        this.heard.push({ event: 'expired', why, lost, returned: returned.map(({ data }) => this.got(data)) }),
      plain: () => assert.fail('plain'),
      writable: () => {},
      flushed: () => {},
      closed: ({ code, reason }) => this.heard.push({ event: 'closed', code, reason }),
    });
  }

  protected connect(): void {
    this.link = this.#client.opened(this.port, 'unknown');
  }

  protected act({ send, close }: Step): void {
    if (send) this.#client.send(dataOf(send));
    if (Array.isArray(close)) this.#client.close(close[0] as number, close[1] as string);
  }
}

class ServerRun extends Run {
  readonly #reception: Reception<undefined>;
  #end: ServerEnd | undefined;

  constructor(dialogue: Dialogue) {
    super(dialogue, 'server');
    const settings = { ...serverSettings, limits, ...dialogue.server, maxDetached: 1000 };
    this.#reception = new Reception<undefined>(
      new PlainStore(() => this.clock.now()),
      'one',
      settings,
      hostOf(this.clock),
      {
        session: (end) => {
          this.#end = end;
          return {
            message: (delivery) => {
              this.heard.push({ event: 'message', ...this.got(delivery.data) });
              end.handled(delivery);
            },
            live: ({ isResumed, lost }) => this.heard.push({ event: 'live', isResumed, lost }),
            detached: ({ code }) => this.heard.push({ event: 'detached', code }),
            writable: () => {},
            flushed: () => {},
            ended: ({ why, code, reason }) => this.heard.push({ event: 'ended', why, code, reason }),
            released: () => this.heard.push({ event: 'released' }),
          };
        },
        mayResume: () => true,
        busyFor: () => undefined,
        refused: () => {},
        storeFailed: (error) => {
          throw error;
        },
      },
    );
  }

  protected connect(): void {
    this.link = this.#reception.accept(this.port, 'ann', undefined);
  }

  protected act({ send, close, drain, expire }: Step): void {
    if (send) this.#end?.send(dataOf(send));
    if (Array.isArray(close)) this.#end?.end(close[0] as number, close[1] as string);
    if (drain !== undefined) this.#end?.drain(drain, undefined);
    if (expire === true) this.#end?.expire();
  }
}
