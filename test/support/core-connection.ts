// A connection of the core over memory, with a clock and turns that the test moves. Handlers record in words what they
// are told, in order: `message "Hello"`, `message 01 02`, `ping 48 69`, `error ERR_WS_MASKED`, `close 1006 ERR_WS_MASKED`.

import type { CloseEvent } from '../../src/core/connection/close-event.ts';
import { connectionOptions } from '../../src/core/connection/complete-settings.ts';
import { Connection } from '../../src/core/connection/connection.ts';
import type { ConnectionHandlers } from '../../src/core/connection/handlers.ts';
import type { Heartbeat } from '../../src/core/connection/heartbeat.ts';
import { ConnectionMachine } from '../../src/core/connection/machine.ts';
import type { QueueBudget } from '../../src/core/connection/queue-budget.ts';
import type { ConnectionSettings } from '../../src/core/connection/settings.ts';
import type { UnfinishedBudget } from '../../src/core/connection/unfinished-budget.ts';
import { Workspace } from '../../src/core/connection/workspace.ts';
import type { Role } from '../../src/core/constants.ts';
import type { CompressionOptions, DeflateAgreement } from '../../src/core/extension/compression-settings.ts';
import { MessageCompression } from '../../src/core/extension/message-compression.ts';
import type { Meter } from '../../src/core/meter.ts';
import { type Observer, Observers } from '../../src/core/observer.ts';
import { type Compression, noContexts, type TextCodec } from '../../src/core/ports.ts';
import { nodeText } from '../../src/node/text.ts';
import { nodeCompression } from '../../src/node/zlib/compression.ts';
import { compressionOptions } from './compression-options.ts';
import { hex } from './hex.ts';
import { ManualClock, ManualTurn } from './manual-clock.ts';
import { MemoryTransport, Written } from './memory-transport.ts';
import { KEY, showData } from './wire.ts';

/** The ports of the core, for any number of connections. */
export class CoreHost {
  readonly turn = new ManualTurn();
  readonly clock = new ManualClock(this.turn);
  readonly workspace: Workspace;
  /** Sizes of all memory asked for. */
  readonly allocations: number[] = [];
  /** Whether there is no memory of a given size. */
  isOutOfMemory: ((size: number) => boolean) | undefined;

  constructor(text: TextCodec = nodeText, randomFill: (bytes: Uint8Array) => void = fillWithKey) {
    this.workspace = new Workspace({
      text,
      clock: this.clock,
      scheduler: this.turn,
      contexts: noContexts,
      random: { fill: randomFill },
      memory: {
        allocate: (size) => {
          this.allocations.push(size);
          if (this.isOutOfMemory?.(size) === true) throw new RangeError('Array buffer allocation failed');
          return new Uint8Array(size).fill(0xee); // "any content"
        },
      },
    });
  }
}

/** Makes what clients write predictable. */
function fillWithKey(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at++) bytes[at] = KEY[at % 4] as number;
}

export interface Setup extends ConnectionSettings {
  /** Added to the recording ones, and called after them. */
  readonly handlers?: ConnectionHandlers<Connection>;
  /** Leaves out the `message` handler, so that messages can be pulled. */
  readonly pulls?: boolean;
  readonly host?: CoreHost;
  /** As of a transport over TLS: every write outlives its call. */
  readonly keepsBytes?: boolean;
  readonly copiesBytes?: boolean;
  readonly heartbeatDefault?: Heartbeat;
  /** permessage-deflate was agreed on with these parameters, the others being the defaults. */
  readonly deflate?: Partial<DeflateAgreement>;
  /** Default: the one of Node that would be chosen. */
  readonly codec?: Compression;
  /** Of the server that the connection belongs to. */
  readonly queueBudget?: QueueBudget;
  readonly unfinishedBudget?: UnfinishedBudget;
  /** Default: that of the host. */
  readonly meter?: Meter;
  readonly observer?: Observer<unknown>;
}

/** A connection over the core only, as `ClientConnection` and `ServerConnection` are over Node. */
export class CoreConnection extends Connection {
  constructor(machine: ConnectionMachine<Connection>) {
    super(machine);
  }
}

/** A connection and everything around it. */
export interface OpenConnection {
  readonly connection: Connection;
  /** What is behind it. */
  readonly machine: ConnectionMachine<Connection>;
  readonly transport: MemoryTransport;
  readonly written: Written;
  readonly events: string[];
  readonly clock: ManualClock;
  readonly turn: ManualTurn;
  /** One chunk from the peer, then the end of the turn. The bytes are copied: a connection owns its chunks. */
  receive(...parts: readonly (string | Uint8Array)[]): void;
}

export function openConnection(role: Role, setup: Setup = {}): OpenConnection {
  const {
    handlers = {},
    pulls,
    host = new CoreHost(),
    keepsBytes = false,
    copiesBytes = false,
    heartbeatDefault,
    deflate,
    codec = nodeCompression(),
    queueBudget,
    unfinishedBudget,
    meter,
    observer,
    ...settings
  } = setup;
  const { turn, clock, workspace } = host;
  const transport = new MemoryTransport(turn, keepsBytes, copiesBytes);
  const events: string[] = [];
  const observers = new Observers<unknown>();
  if (observer !== undefined) observers.add(observer);
  const shared = { queueBudget, unfinishedBudget, meter, observers };
  const options = { ...connectionOptions(role, settings, heartbeatDefault), ...shared };
  const compression = deflate && agreed(role, deflate, options.compression, codec);
  const recorder = recording(events, handlers, pulls === true);
  const machine = new ConnectionMachine(workspace, transport, options, recorder, compression);
  const connection = new CoreConnection(machine);
  transport.start(machine);
  return {
    connection,
    machine,
    transport,
    written: new Written(transport, role),
    events,
    clock,
    turn,
    receive(...parts) {
      transport.deliver(hex(...parts).slice());
      turn.end();
    },
  };
}

function agreed(
  role: Role,
  parameters: Partial<DeflateAgreement>,
  options = compressionOptions(true) as CompressionOptions,
  codec: Compression,
): MessageCompression {
  const agreement = {
    serverNoContextTakeover: !codec.canKeepContext,
    clientNoContextTakeover: !codec.canKeepContext,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
    ...parameters,
  };
  const extension = { name: 'permessage-deflate', parameters: [] };
  return new MessageCompression(role, { extension, agreement }, options, codec);
}

function recording(
  events: string[],
  handlers: ConnectionHandlers<Connection>,
  pulls: boolean,
): ConnectionHandlers<Connection> {
  const recorder: ConnectionHandlers<Connection> = {
    message(connection, data, isBinary, fragments) {
      const isWhole = typeof data === 'string' || ArrayBuffer.isView(data);
      events.push(isWhole ? `message ${showData(data)}`.trimEnd() : 'stream');
      return handlers.message?.(connection, data, isBinary, fragments);
    },
    ping(connection, payload) {
      events.push(`ping ${showData(payload)}`.trimEnd());
      return handlers.ping?.(connection, payload);
    },
    pong(connection, payload) {
      events.push(`pong ${showData(payload)}`.trimEnd());
      return handlers.pong?.(connection, payload);
    },
    drain(connection) {
      events.push('drain');
      return handlers.drain?.(connection);
    },
    error(connection, error) {
      events.push(`error ${error.code}`);
      return handlers.error?.(connection, error);
    },
    close(connection, event) {
      events.push(`close ${describeClose(event)}`);
      return handlers.close?.(connection, event);
    },
  };
  if (pulls) delete recorder.message;
  if (handlers.failed !== undefined) recorder.failed = handlers.failed;
  return recorder;
}

/** `1000 "bye" clean`, `1006 ERR_WS_LOST`. */
export function describeClose({ code, reason, wasClean, error }: CloseEvent): string {
  const words = [String(code)];
  if (reason !== '') words.push(showData(reason));
  if (wasClean) words.push('clean');
  if (error !== undefined) words.push(error.code);
  return words.join(' ');
}
