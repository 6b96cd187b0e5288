// What came of a peer's bytes, in the words that this engine and `ws` can be compared in: messages and control frames in
// order, then how it ended. Both take the bytes in process: our connection over memory, `ws` by its receiver.

import * as ws from 'ws';
import type { Role } from '../../../src/core/constants.ts';
import { type ErrorCode, errorTable } from '../../../src/core/errors.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { CoreHost } from '../../support/core-connection.ts';
import { showData } from '../../support/wire.ts';
import { type CoreSetup, coreSetup, runCore } from '../core-run.ts';
import { PlainInflate } from '../plain-inflate.ts';

export interface Outcome {
  /** `message "text"`, `message 01 02`, `ping 01`, `pong`. */
  readonly events: readonly string[];
  /** `open`: more may come; `close 1000`: the peer's Close, 1005 without a code; `fail 1002`: refused with this code. */
  readonly end: string;
  /** Ours: why it was refused. */
  readonly error?: ErrorCode | undefined;
}

/** Where permessage-deflate was agreed on, and how. */
export type Deflate = 'none' | 'takeover' | 'no takeover';
export const deflates: readonly Deflate[] = ['none', 'takeover', 'no takeover'];

export function deflateOf(deflate: Deflate): PlainInflate {
  return new PlainInflate(deflate === 'takeover');
}

/** The same bounds on both sides. */
export const limits = { maxMessageSize: 400, maxFragments: 6 };

export function isSame(one: Outcome, other: Outcome): boolean {
  return one.end === other.end && one.events.join('\n') === other.events.join('\n');
}

// ── Here ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const host = new CoreHost();
const setups = new Map<string, CoreSetup>();

function setupFor(role: Role, deflate: Deflate): CoreSetup {
  const key = `${role} ${deflate}`;
  let setup = setups.get(key);
  if (setup === undefined) {
    const agreement = {
      serverNoContextTakeover: deflate === 'no takeover',
      clientNoContextTakeover: deflate === 'no takeover',
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    setup = coreSetup(role, { limits }, nodeCompression(), deflate === 'none' ? undefined : agreement);
    setups.set(key, setup);
  }
  return setup;
}

/** What this engine makes of bytes that arrive at `role`. */
export function ours(role: Role, deflate: Deflate, bytes: Uint8Array): Outcome {
  const { events } = runCore(host, setupFor(role, deflate), bytes, []);
  const told = events.filter((event) => !/^(error|close) /.test(event));
  const error = events.find((event) => event.startsWith('error '))?.slice(6) as ErrorCode | undefined;
  if (error === 'ERR_WS_LOST') return { events: told, end: 'open' };
  if (error !== undefined) {
    const { closeCode } = errorTable[error] as { closeCode?: number };
    return { events: told, end: `fail ${closeCode}`, error };
  }
  return { events: told, end: `close ${events.at(-1)?.split(' ')[1]}` };
}

// ── ws ───────────────────────────────────────────────────────────────────────────────────────────────────────────

interface WsReceiver {
  on(event: string, listener: (...values: never[]) => void): void;
  _write(chunk: Uint8Array, encoding: string, done: (error?: Error) => void): void;
}

interface WsDeflate {
  accept(offers: object[]): void;
  cleanup(): void;
}

/** What `ws` exports and its types do not tell of. */
const { Receiver, PerMessageDeflate } = ws as unknown as {
  Receiver: new (options: object) => WsReceiver;
  PerMessageDeflate: new (options: object) => WsDeflate;
};

/** What `ws` makes of the same bytes: at once without compression, later with it. */
export function theirs(role: Role, deflate: Deflate, bytes: Uint8Array): Outcome | Promise<Outcome> {
  const isServer = role === 'server';
  const { maxMessageSize: maxPayload, maxFragments } = limits;
  const extension = deflate === 'none' ? undefined : new PerMessageDeflate({ isServer, maxPayload });
  const takeover = deflate === 'no takeover';
  extension?.accept(takeover ? [{ client_no_context_takeover: [true], server_no_context_takeover: [true] }] : [{}]);
  const receiver = new Receiver({
    isServer,
    maxPayload,
    maxFragments,
    extensions: extension && { 'permessage-deflate': extension },
  });
  const events: string[] = [];
  let end = 'open';
  const show = (name: string, data: string | Uint8Array) => void events.push(`${name} ${showData(data)}`.trimEnd());
  receiver.on('message', (data: Buffer, isBinary: boolean) => show('message', isBinary ? data : data.toString()));
  receiver.on('ping', (payload: Buffer) => show('ping', payload));
  receiver.on('pong', (payload: Buffer) => show('pong', payload));
  receiver.on('conclude', (code: number) => {
    end = `close ${code}`;
  });
  // Past the stream, whose callbacks come a turn later: without compression everything has happened when it returns.
  let result: Outcome | undefined;
  let resolve: ((outcome: Outcome) => void) | undefined;
  receiver._write(Buffer.from(bytes), 'buffer', (error) => {
    if (error) end = `fail ${closeCodeOf(error)}`;
    extension?.cleanup();
    result = { events, end };
    resolve?.(result);
  });
  return (
    result ??
    new Promise((settle) => {
      resolve = settle;
    })
  );
}

/** Kept under a symbol of ours. */
function closeCodeOf(error: Error): unknown {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  return symbol === undefined ? 'nothing' : (error as unknown as Record<symbol, number>)[symbol];
}
