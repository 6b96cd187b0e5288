// Any messages to wsr1: the parser of control messages, a client's end and a reception. Whatever comes, an end goes on or closes
// with a code of the table; it does not throw, sends nothing after its close, and holds no more than its limits.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClientEnd } from '../../../src/resume/protocol/client-end.ts';
import { ResumeCloseCode } from '../../../src/resume/protocol/close-codes.ts';
import {
  type ControlMessage,
  formatAcknowledgement,
  formatGone,
  formatGoodbye,
  formatHello,
  formatReady,
  formatStart,
  isControl,
  LEAD,
  parseControl,
  stuff,
  unstuff,
} from '../../../src/resume/protocol/control.ts';
import type { Link, Payload } from '../../../src/resume/protocol/ports.ts';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import { PlainStore } from '../../resume/protocol/plain-store.ts';
import { clientOptions, hostOf, serverSettings, WireEnd } from '../../resume/protocol/wires.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import type { FuzzTarget } from '../target.ts';

const limits = { buffer: 1024, part: 256, max: 2048 };
const HELLO = `${LEAD}H{"v":1,"buf":1024,"part":256,"max":2048,"hb":20000}`;
const START = `${LEAD}S{"v":1,"buf":1024,"part":256,"max":2048,"n":1,"new":"0123456789abcdefghijkl"}`;
const READY = `${LEAD}R{"id":"s","tok":"t","keep":1000,"rx":0}`;

const MESSAGES = [
  HELLO,
  START,
  READY,
  `${LEAD}R{"id":"s","tok":"t","keep":1000,"rx":0,"resumed":true,"lost":[1,5]}`,
  `${LEAD}X{"why":"expired","rx":1,"lost":[1,2]}`,
  `${LEAD}X{"why":"ended","code":4001}`,
  `${LEAD}A0 0`,
  `${LEAD}A1 1`,
  `${LEAD}A2 1`,
  `${LEAD}Q`,
  `${LEAD}+`,
  `${LEAD}!`,
  `${LEAD}B{"end":true}`,
  `${LEAD}B{"drain":true,"after":5}`,
  `${LEAD}h1`,
  `${LEAD}z`,
  `${LEAD}${LEAD}A0 0`,
  LEAD,
  'text',
  '',
  'x'.repeat(300),
  '\u0001binary',
  '{"v":1',
];

/** Input: what it goes to, then messages in UTF-8, each with a line feed behind it. One that begins with 01 is binary. */
export const resumeTarget: FuzzTarget = {
  name: 'resume',
  arbitrary: fc
    .tuple(fc.nat(2), fc.array(fc.constantFrom(...MESSAGES), { maxLength: 14 }))
    .map(([what, messages]) => Uint8Array.from(Buffer.from(String.fromCharCode(what) + messages.join('\n')))),
  run(input) {
    const messages = Buffer.from(input.subarray(1)).toString('utf8').split('\n');
    const what = (input[0] ?? 0) % 3;
    if (what === 0) return `parse ${[...new Set(messages.map(parsed))].sort().join()}`;
    return what === 1 ? toClient(messages) : toServer(messages);
  },
};

function parsed(text: string): string {
  assert.equal(unstuff(stuff(text)), text);
  assert.ok(!isControl(stuff(text)));
  if (!isControl(text)) return 'd';
  const message = parseControl(text);
  const again = written(message);
  if (again !== undefined) assert.deepEqual(parseControl(again), message, again);
  return message.kind;
}

function written(message: ControlMessage): string | undefined {
  switch (message.kind) {
    case 'H':
      return formatHello(message);
    case 'S':
      return formatStart(message);
    case 'R':
      return formatReady(message);
    case 'X':
      return formatGone(message);
    case 'A':
      return formatAcknowledgement(message.handled, message.sent);
    case 'B':
      return formatGoodbye(message);
    default:
      return undefined;
  }
}

function payloadOf(message: string): Payload {
  return message.startsWith('\u0001') ? new Uint8Array(Buffer.from(message.slice(1))) : message;
}

function toClient(messages: readonly string[]): string {
  const clock = new ManualClock(new ManualTurn());
  const port = new WireEnd();
  const heard: string[] = [];
  const client: ClientEnd = new ClientEnd({ ...clientOptions, limits }, hostOf(clock), {
    message: (delivery) => {
      heard.push('m');
      client.handled(delivery);
    },
    live: () => heard.push('l'),
    interrupted: () => heard.push('i'),
    expired: () => heard.push('x'),
    plain: () => heard.push('p'),
    writable: () => {},
    flushed: () => {},
    closed: () => heard.push('c'),
  });
  client.send('one');
  const link = client.opened(port, 'unknown');
  for (const message of messages) give(link, message);
  clock.advance(60_000);
  client.terminate();
  assert.equal(clock.timers.size, 0);
  return `client ${outline(heard)} ${codeOf(port)}`;
}

async function toServer(messages: readonly string[]): Promise<string> {
  const clock = new ManualClock(new ManualTurn());
  const port = new WireEnd();
  const heard: string[] = [];
  const settings = { ...serverSettings, limits };
  const reception = new Reception<undefined>(new PlainStore(() => clock.now()), 'one', settings, hostOf(clock), {
    session: (end) => ({
      message: (delivery) => {
        heard.push('m');
        end.handled(delivery);
      },
      live: () => {
        heard.push('l');
        end.send('one');
      },
      detached: () => heard.push('d'),
      writable: () => {},
      flushed: () => {},
      ended: ({ why }) => heard.push(`e ${why}`),
      released: () => heard.push('r'),
    }),
    mayResume: () => true,
    busyFor: () => undefined,
    refused: () => heard.push('n'),
    storeFailed: (error) => {
      throw error;
    },
  });
  const link = reception.accept(port, 'ann', undefined);
  for (const message of messages) {
    give(link, message);
    for (let turn = 0; turn < 12; turn++) await Promise.resolve();
  }
  for (const end of reception.ends.values()) assert.ok(end.heldBytes <= limits.max + limits.buffer);
  link.closed(1006, '');
  clock.advance(1_000_000);
  assert.equal(reception.ends.size, 0);
  assert.equal(clock.timers.size, 0);
  return `server ${outline(heard)} ${codeOf(port)}`;
}

function give(link: Link, message: string): void {
  link.received(payloadOf(message));
}

/** What happened at all. */
function outline(heard: readonly string[]): string {
  return [...new Set(heard)].sort().join();
}

function codeOf({ closed }: WireEnd): string {
  if (!closed) return '';
  assert.ok(
    closed.code <= 4699 || (Object.values(ResumeCloseCode) as number[]).includes(closed.code),
    `${closed.code}`,
  );
  return `${closed.code}`;
}
