// One connection of the core over memory for each input: built for many thousand a second, so that the outline of an
// input is text that is joined once, and options are checked once.

import assert from 'node:assert/strict';
import { connectionOptions } from '../../src/core/connection/complete-settings.ts';
import type { Connection } from '../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../src/core/connection/handlers.ts';
import { ConnectionMachine } from '../../src/core/connection/machine.ts';
import type { ConnectionOptions } from '../../src/core/connection/options.ts';
import type { ConnectionSettings } from '../../src/core/connection/settings.ts';
import type { Role } from '../../src/core/constants.ts';
import { errorTable } from '../../src/core/errors.ts';
import type { CompressionOptions, DeflateAgreement } from '../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../src/core/extension/message-compression.ts';
import type { Compression } from '../../src/core/ports.ts';
import { CoreConnection, type CoreHost, describeClose } from '../support/core-connection.ts';
import { MemoryTransport, Written } from '../support/memory-transport.ts';
import { showData } from '../support/wire.ts';

/** One way to be, shared by all of its connections. */
export interface CoreSetup {
  readonly role: Role;
  readonly options: ConnectionOptions;
  readonly agreement: DeflateAgreement | undefined;
  readonly codec: Compression;
}

export function coreSetup(
  role: Role,
  settings: ConnectionSettings,
  codec: Compression,
  agreement?: DeflateAgreement,
): CoreSetup {
  return {
    role,
    options: connectionOptions(role, { compression: agreement !== undefined, ...settings }),
    agreement,
    codec,
  };
}

export interface CoreOutcome {
  /** In words, in order; see `core-connection.ts`. */
  readonly events: readonly string[];
  /** What the peer was sent. */
  readonly written: Written;
  /** Whether TCP was ended from here, and how the connection stood when the peer's bytes were over. */
  readonly state: string;
  /** Bytes asked of the memory port, in all and at once. */
  readonly allocated: number;
  readonly largest: number;
}

/**
 * Feeds `input`, cut at `borders` (ascending, within it), then loses TCP. Checks the rules that every input keeps: one end, at
 * most one error, from the table, at most one Close, as the last frame; nothing uncaught.
 */
export function runCore(
  host: CoreHost,
  setup: CoreSetup,
  input: Uint8Array,
  borders: readonly number[],
  isCongested = false,
): CoreOutcome {
  const { turn, workspace, allocations } = host;
  const { role, options, agreement, codec } = setup;
  allocations.length = 0;
  const transport = new MemoryTransport(turn, false);
  transport.isCongested = isCongested;
  const events: string[] = [];
  const compression =
    agreement &&
    new MessageCompression(
      role,
      { extension: NO_EXTENSION, agreement },
      options.compression as CompressionOptions,
      codec,
    );
  const machine = new ConnectionMachine(workspace, transport, options, recorder(events), compression);
  const connection = new CoreConnection(machine);
  transport.start(machine);
  let from = 0;
  for (const border of borders) {
    transport.deliver(input.slice(from, border));
    turn.end();
    from = border;
  }
  transport.deliver(input.slice(from));
  turn.end();
  const state = `${connection.state.kind} ${transport.isEnded}`;
  transport.gone();
  turn.end();
  const outcome = { events, written: new Written(transport, role), state, allocated: 0, largest: 0 };
  for (const size of allocations) {
    outcome.allocated += size;
    if (size > outcome.largest) outcome.largest = size;
  }
  if (turn.uncaught.length > 0) throw turn.uncaught[0];
  if (borders.length === 0) checkOutcome(outcome); // the others are compared with it
  return outcome;
}

const NO_EXTENSION = { name: 'permessage-deflate', parameters: [] };

/** `message "text"`, `ping 01 02`, `message` of no bytes. */
export function describeEvent(kind: string, data: string | Uint8Array): string {
  return typeof data !== 'string' && data.length === 0 ? kind : `${kind} ${showData(data)}`;
}

function recorder(events: string[]): ConnectionHandlers<Connection> {
  return {
    message: (_, data) => void events.push(describeEvent('message', data)),
    ping: (_, payload) => void events.push(describeEvent('ping', payload)),
    pong: (_, payload) => void events.push(describeEvent('pong', payload)),
    error: (_, error) => void events.push(`error ${error.code}`),
    close: (_, event) => void events.push(`close ${describeClose(event)}`),
  };
}

function checkOutcome({ events, written }: CoreOutcome): void {
  let closes = 0;
  let errors = 0;
  for (const event of events) {
    if (event.startsWith('close ')) closes++;
    else if (event.startsWith('error ')) {
      errors++;
      assert.ok(event.slice(6) in errorTable, event);
    }
  }
  assert.ok(closes === 1 && events.at(-1)?.startsWith('close '), `one close, at the end: ${events.join(', ')}`);
  assert.ok(errors <= 1, events.join(', '));
  if (written.count === 0) return;
  const frames = written.frames();
  const close = frames.findIndex((frame) => frame.startsWith('close'));
  assert.ok(close < 0 || close === frames.length - 1, `nothing follows a Close: ${frames.join(', ')}`);
}

/** Kinds of events in order, each run of the same once, the first few and the end: what makes an input new. */
export function outline(events: readonly string[]): string {
  let text = '';
  let last = '';
  for (const event of events.length > 10 ? [...events.slice(0, 8), ...events.slice(-2)] : events) {
    const kind =
      event.startsWith('error') || event.startsWith('close') ? event.replace(/"[^"]*"/, '""') : event.slice(0, 7);
    if (kind !== last) text += `${kind};`;
    last = kind;
  }
  return text;
}

/** Up to four borders within `size`, from one byte. */
export function bordersFrom(choice: number, size: number): number[] {
  const borders = new Set<number>();
  let mixed = (choice + 1) * 0x9e3779b1;
  for (let count = choice & 3; count >= 0 && size > 1; count--) {
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    borders.add(1 + ((mixed >>> 1) % (size - 1)));
  }
  return [...borders].sort((one, two) => one - two);
}
