// The stages of a connection's life and what leads from one to the next: the table against a real connection, cell by
// cell and for both roles, and against the picture in docs/architecture.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type ClosingEvent, closingTable, type Stage } from '../../../src/core/connection/closing-table.ts';
import type { ConnectionState } from '../../../src/core/connection/state.ts';
import { webSocketError } from '../../../src/core/errors.ts';
import { repository } from '../../support/command.ts';
import { type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

/** What each event is, done to a connection. */
const events: Readonly<Record<ClosingEvent, (run: OpenConnection) => unknown>> = {
  close: ({ connection }) => connection.close(1000),
  goAway: ({ machine }) => machine.goAway(1001, ''),
  terminate: ({ connection }) => connection.terminate(),
  peerClose: ({ machine }) => machine.closedByPeer({ code: 1000, reason: '' }),
  fail: ({ machine }) => machine.fail(webSocketError('ERR_WS_MASKED')),
  lose: ({ machine }) => machine.timeIsUp({ kind: 'lost', error: webSocketError('ERR_WS_HEARTBEAT', 1000) }),
  tcpEnd: ({ machine }) => machine.ended(),
  timeout: ({ machine }) => machine.timeIsUp({ kind: 'cut' }),
  tcpGone: ({ machine }) => machine.disconnected(),
};

/** How a connection gets to a stage as it does in life: by calls, and by bytes of the peer. */
const ways: Readonly<Record<Stage, (run: OpenConnection) => unknown>> = {
  open: () => {},
  goingAway: ({ machine }) => machine.goAway(1001, ''),
  closing: ({ connection }) => connection.close(1000),
  answered({ connection, turn, receive }) {
    void connection.close(1000);
    turn.end();
    receive(wire(connection.role, '88 02 03 e8'));
  },
  peerClosed: ({ connection, receive }) => receive(wire(connection.role, '88 02 03 e8')),
  failed: ({ connection, receive }) => receive(wire(connection.role, '83 00')),
  closed: ({ transport }) => transport.gone(),
};

/** What the application sees of each stage. */
const seen: Readonly<Record<Stage, string>> = {
  open: 'open',
  goingAway: 'closing by local',
  closing: 'closing by local',
  answered: 'closing by local, received 1000',
  peerClosed: 'closing by peer, received 1000',
  failed: 'closing by failure',
  closed: 'closed',
};

const stages = Object.keys(ways) as Stage[];
const names = Object.keys(events) as ClosingEvent[];

function describeState(state: ConnectionState): string {
  if (state.kind !== 'closing') return state.kind;
  const received = state.startedBy !== 'failure' && state.received;
  return `closing by ${state.startedBy}${received ? `, received ${received.code}` : ''}`;
}

test('the table has every stage, and names only stages and events that exist', () => {
  assert.deepEqual(Object.keys(closingTable), stages);
  for (const row of Object.values(closingTable)) {
    for (const [event, next] of Object.entries(row)) assert.ok(event in events && next in ways, `${event} ${next}`);
  }
});

for (const role of roles) {
  for (const stage of stages) {
    describe(`${role}, ${stage}`, () => {
      for (const event of names) {
        const next = closingTable[stage][event] ?? stage;
        test(`${event}: ${next === stage ? 'stays' : next}`, () => {
          const run = openConnection(role);
          const { machine, connection, transport, turn, clock, written } = run;
          ways[stage](run);
          assert.equal(machine.stage, stage);
          assert.equal(describeState(connection.state), seen[stage]);
          const before = run.events.length;
          events[event](run);
          assert.equal(machine.stage, next);
          assert.equal(describeState(connection.state), seen[next]);
          assert.equal(connection.isOpen, next === 'open');
          const told = run.events.slice(before).map((it) => it.replace(/ .*/, ''));
          // An open connection reports its failure. Every connection reports its end.
          const isFailure = stage === 'open' && (next === 'failed' || next === 'closed');
          const isEnd = next === 'closed' && stage !== 'closed';
          assert.deepEqual(told, [...(isFailure ? ['error'] : []), ...(isEnd ? ['close'] : [])]);
          // From every stage the connection ends, and reports that once.
          turn.end();
          clock.advance(100_000);
          transport.gone();
          machine.disconnected();
          turn.end();
          assert.equal(machine.stage, 'closed');
          assert.equal(run.events.filter((it) => it.startsWith('close ')).length, 1);
          assert.equal(clock.timers.size, 0);
          const frames = written.frames();
          assert.ok(frames.length <= 1 && frames.every((it) => it.startsWith('close')), frames.join());
        });
      }
    });
  }
}

describe('what a stage says', () => {
  for (const role of roles) {
    test(`${role}: messages are delivered while it is open or going away, and in no other stage`, () => {
      for (const stage of stages) {
        const run = openConnection(role);
        ways[stage](run);
        const before = run.events.length;
        if (stage !== 'closed') run.receive(wire(role, '81 01 61'));
        const told = run.events.slice(before).filter((it) => it.startsWith('message'));
        assert.deepEqual(told, stage === 'open' || stage === 'goingAway' ? ['message "a"'] : [], stage);
      }
    });
  }
});

/** The table as a picture, one line for each transition. */
function picture(): string {
  const width = Math.max(...stages.map((it) => it.length));
  const eventWidth = Math.max(...names.map((it) => it.length));
  const lines: string[] = [];
  for (const stage of stages) {
    const transitions = Object.entries(closingTable[stage]);
    for (const [index, [event, next]] of transitions.entries()) {
      const start = index === 0 ? `${stage} ${'─'.repeat(width - stage.length + 1)}` : ' '.repeat(width + 2);
      const isLast = index === transitions.length - 1;
      const fork = transitions.length === 1 ? '─' : index === 0 ? '┬' : isLast ? '└' : '├';
      lines.push(` ${start}${fork}─ ${event} ${'─'.repeat(eventWidth - event.length + 1)}▶ ${next}`);
    }
  }
  return lines.join('\n');
}

test('docs/architecture.md shows the table', () => {
  const page = readFileSync(join(repository, 'docs/architecture.md'), 'utf8');
  assert.ok(page.includes(`\`\`\`\n${picture()}\n\`\`\``), `its picture should be:\n${picture()}`);
});
