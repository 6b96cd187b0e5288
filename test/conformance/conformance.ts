// A table of cases, run by every driver: the core in every cut, our server and our client over TCP. A case that fails
// names itself, its driver and its cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '../../src/core/constants.ts';
import { reportCount } from '../support/counts.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { type Case, inputOf, rolesOf } from './case.ts';
import { ClientDriver } from './drivers/client.ts';
import type { Execution } from './drivers/conversation.ts';
import { runInCore } from './drivers/core.ts';
import { ServerDriver } from './drivers/server.ts';

/** Conversations over TCP at the same time. */
const LANES = 12;
/** Milliseconds after which something that does not come is given up. Not a bound on anything that does. */
const PATIENCE = 100_000;
/** Inputs up to this size go byte by byte, longer ones in segments of 997. */
const BYTE_BY_BYTE_UP_TO = 200;

export interface ConformanceOptions {
  /** Not over TCP, where other rows stand for these. */
  readonly coreOnly?: boolean;
  /** Over TCP only every so many of the cases, where they differ in little. */
  readonly tcpEvery?: number;
}

/** One test for each driver. */
export function conformance(clause: string, cases: readonly Case[], options: ConformanceOptions = {}): void {
  const names = new Set(cases.map(({ name, role }) => `${name} ${role ?? ''}`));
  assert.equal(names.size, cases.length, `${clause}: each case has its own name`);
  test(`${clause}: ${cases.length} cases in the core`, (t) => {
    let count = 0;
    for (const it of cases) count += runInCore(it);
    reportCount(t, 'conformance cases', count);
  });
  if (options.coreOnly === true) return;
  const { tcpEvery = 1 } = options;
  const sent = cases.filter((_, index) => index % tcpEvery === 0);
  test(`${clause}: ${sent.length} cases over TCP, server and client`, async (t) => {
    let count = 0;
    await leavingNothing(async (scope) => {
      count = await runOverTcp(scope, sent);
    }, PATIENCE)();
    reportCount(t, 'conformance cases', count);
  });
}

async function runOverTcp(scope: Scope, cases: readonly Case[]): Promise<number> {
  const waiting = cases.flatMap((it, index) => rolesOf(it).flatMap((role) => [...executions(it, role, index)]));
  const count = waiting.length;
  waiting.reverse();
  const server = new ServerDriver(scope);
  const failures: Error[] = [];
  const lane = async (): Promise<void> => {
    const client = await ClientDriver.listen(scope);
    for (let next = waiting.pop(); next !== undefined && failures.length < 5; next = waiting.pop()) {
      try {
        await withPatience(next.role === 'server' ? server.execute(next) : client.execute(next));
      } catch (error) {
        const { it, role, how, isSilent } = next;
        const name = `${it.name} [${role} over TCP, ${how}, ${isSilent ? 'silent' : 'answering'} peer]`;
        failures.push(new Error(`${name}: ${(error as Error).message}`, { cause: error }));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, count) }, lane));
  if (failures.length === 1) throw failures[0];
  assert.ok(failures.length === 0, failures.map(({ message }) => message).join('\n'));
  return count;
}

function* executions(it: Case, role: Role, index: number): Generator<Execution> {
  const input = inputOf(it, role);
  const none = new Uint8Array();
  // The time that a peer has to answer our own Close begins with the connection; it is for another test.
  const closesFirst = it.local !== undefined;
  const whole = { it, role, how: 'one segment', withHead: none, segments: [input] };
  if (it.feeds !== undefined) {
    yield { ...whole, isSilent: index % 2 === 1 && !closesFirst };
    return;
  }
  yield { ...whole, isSilent: false };
  const size = input.length > BYTE_BY_BYTE_UP_TO ? 997 : 1;
  const segments: Uint8Array[] = [];
  for (let at = 0; at < input.length; at += size) segments.push(input.subarray(at, at + size));
  yield { it, role, how: `segments of ${size}`, withHead: none, segments, isSilent: !closesFirst };
  // A server may send right after its response; a client that does not wait for it is not turned away either.
  yield { it, role, how: 'right after the head', withHead: input, segments: [], isSilent: false };
}

async function withPatience(execution: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('waits for something that does not come')), PATIENCE / 2);
  });
  try {
    await Promise.race([execution, patience]);
  } finally {
    clearTimeout(timer);
  }
}
