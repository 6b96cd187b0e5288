// The checks of the options of an in-memory network, its scripted peers and their frames.

import type { Server as HttpServer } from 'node:http';
import { isIP } from 'node:net';
import { types } from 'node:util';
import { Opcode } from '../core/constants.ts';
import { webSocketError } from '../core/errors.ts';
import { type Check, isRecord, type Rows, readOptions, type Schema } from '../core/option-check.ts';
import { check, integer, listOf, nested, oneOf, secret, trueOrFalse } from '../core/option-kinds.ts';
import { clientTlsSchema, serverTlsSchema } from '../node/option-rows.ts';
import type { NetworkCondition } from './conditions.ts';
import type { ExpectedFrame, FrameFields } from './frames.ts';
import type { HeadFields } from './head.ts';
import type { NameAnswer } from './name-answers.ts';
import type { ListenOptions, NetworkOptions, OnlineOptions, PeerOptions, ServeOptions } from './network-options.ts';
import type { AcceptOptions, ClientOptions, RefuseOptions } from './peer-options.ts';

const isString = (value: unknown): boolean => typeof value === 'string';
const anyText = check<string>('a string', isString);
const address = check<string>('an address', (value) => typeof value === 'string' && value !== '');
/** With or without the brackets of URLs. */
const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && isIP(value.replace(/^\[(.+)\]$/u, '$1')) !== 0;

export const ipAddress = check<string>('an IP address', isAddress);

/** The name of a host, or its address. */
export const hostName = check<string>(
  'a host name or an IP address, without scheme and port',
  (value) => isAddress(value) || (typeof value === 'string' && /^[^\s/:?#@[\]]+$/u.test(value)),
);

const path = check<string>('a path such as /room', (value) => typeof value === 'string' && value.startsWith('/'));

/** A number of milliseconds or of bytes. */
export function atLeast(least: number): Check<number> {
  return check(
    `a number of at least ${least}`,
    (value) => typeof value === 'number' && value >= least && Number.isFinite(value),
  );
}

export const milliseconds = atLeast(0);

/** An object whose values all pass `isValue`. */
function recordOf<Value>(
  expected: string,
  isValue: (value: unknown) => boolean,
): Check<Readonly<Record<string, Value>>> {
  return secret(expected, (value) => isRecord(value) && Object.values(value).every(isValue));
}

export const headFields = recordOf<string | readonly string[] | undefined>(
  'an object with field names and their values: strings, arrays of strings, or undefined',
  (value) => value === undefined || isString(value) || (Array.isArray(value) && value.every(isString)),
) satisfies Check<HeadFields>;

const bytes = check<string | Uint8Array>('a string or bytes', (value) => isString(value) || types.isUint8Array(value));

export const networkSchema: Schema<NetworkOptions> = {
  of: 'useNetwork',
  example: '{ latency: 50 }',
  rows: {
    latency: milliseconds,
    names: recordOf<string>("an object with host names and addresses: { 'chat.example': '192.0.2.1' }", isAddress),
    addresses: listOf(ipAddress, 'an array of IP addresses'),
    globalTimers: trueOrFalse,
    bufferSize: atLeast(1),
    chunkSize: atLeast(1),
    leaks: oneOf(['throw', 'warn']),
    record: oneOf(['failure', 'always', 'never']),
  } satisfies Rows<NetworkOptions>,
  elsewhere: {
    delay: 'use latency (milliseconds)',
    fakeTimers: 'use globalTimers',
    hosts: 'use names',
  },
};

/** A port to listen on. */
export const port = integer(0, 65535, 'an integer from 0 (any free port) to 65535');

export const networkListenSchema: Schema<ListenOptions> = {
  of: 'listen',
  example: '{ port: 80 }',
  rows: {
    host: address,
    port,
  } satisfies Rows<ListenOptions>,
};

/** Bearers of nets, for `goOnline`. */
export const bearer = oneOf(['wifi', 'cellular', 'ethernet', 'bluetooth', 'vpn']);

export const conditionSchema: Schema<NetworkCondition> = {
  of: 'condition',
  example: "{ host: 'chat.example', latency: 200 }",
  rows: {
    host: hostName,
    direction: oneOf(['up', 'down', 'both']),
    latency: milliseconds,
    jitter: milliseconds,
    bandwidth: atLeast(1),
    loseAt: integer(0, Number.MAX_SAFE_INTEGER, 'an integer of at least 0'),
    offline: trueOrFalse,
  } satisfies Rows<NetworkCondition>,
  elsewhere: {
    delay: 'use latency (milliseconds)',
    rate: 'use bandwidth (bytes per second)',
    loss: 'use loseAt (bytes); this network loses connections, not packets',
    packetLoss: 'use loseAt (bytes); this network loses connections, not packets',
  },
};

/** Reads a condition. @throws WebSocketError ERR_WS_OPTION, even for one that changes nothing */
export function readCondition(given: unknown): NetworkCondition {
  const condition = readOptions(conditionSchema, given);
  const { host: _host, direction: _direction, ...effects } = condition;
  if (Object.values(effects).some((value) => value !== undefined)) return condition;
  const expected = 'at least one of latency, jitter, bandwidth, loseAt and offline';
  throw webSocketError('ERR_WS_OPTION', 'argument of condition', given, expected);
}

/** A server of the application, for `listen`. */
export const httpServer = check<HttpServer>('an http.Server', (value) =>
  ['emit', 'listen', 'closeIdleConnections'].every(
    (name) => isRecord(value) && typeof Reflect.get(value, name) === 'function',
  ),
);

export const answerSchema: Schema<NameAnswer> = {
  of: 'dns',
  example: "{ addresses: ['192.0.2.1'] }",
  rows: {
    addresses: listOf(ipAddress, 'an array of IP addresses'),
    delay: milliseconds,
    fails: oneOf(['ENOTFOUND', 'EAI_AGAIN']),
  } satisfies Rows<NameAnswer>,
  elsewhere: { address: 'use addresses', error: 'use fails' },
};

export const onlineSchema: Schema<OnlineOptions> = {
  of: 'goOnline',
  example: '{ metered: true }',
  rows: {
    metered: trueOrFalse,
    validated: trueOrFalse,
    portal: trueOrFalse,
    blocked: trueOrFalse,
    uplink: atLeast(0),
    downlink: atLeast(0),
  } satisfies Rows<OnlineOptions>,
};

export const serveSchema: Schema<ServeOptions> = {
  of: 'servePeer',
  example: "{ host: '127.0.0.1' }",
  rows: {
    host: address,
    tls: nested(serverTlsSchema),
    path,
    patience: milliseconds,
  } satisfies Rows<ServeOptions>,
};

export const peerSchema: Schema<PeerOptions> = {
  of: 'peer',
  example: '{ tls: { cert, key } }',
  rows: { tls: nested(serverTlsSchema) } satisfies Rows<PeerOptions>,
};

/** The options of a server of plain HTTP are those of a scripted peer. */
export const httpPeerSchema: Schema<PeerOptions> = { ...peerSchema, of: 'serveHTTP' };

export const clientSchema: Schema<ClientOptions> = {
  of: 'client',
  example: "{ from: '192.0.2.1' }",
  rows: {
    headers: headFields,
    subprotocols: listOf(anyText, 'an array of strings'),
    from: ipAddress,
    tls: nested(clientTlsSchema),
    handshake: trueOrFalse,
  } satisfies Rows<ClientOptions>,
  elsewhere: { header: 'use headers', protocols: 'use subprotocols' },
};

export const peerAcceptSchema: Schema<AcceptOptions> = {
  of: 'accept',
  example: "{ subprotocol: 'chat.v1' }",
  rows: { subprotocol: anyText, headers: headFields } satisfies Rows<AcceptOptions>,
  elsewhere: { protocol: 'use subprotocol' },
};

export const peerRefuseSchema: Schema<RefuseOptions> = {
  of: 'refuse',
  example: "{ body: 'no' }",
  rows: { headers: headFields, body: anyText } satisfies Rows<RefuseOptions>,
  elsewhere: { reason: 'use body' },
};

const opcode = check<FrameFields['opcode']>(
  "'text', 'binary', 'continuation', 'ping', 'pong', 'close' or a number from 0 to 15",
  (value) => isOpcodeName(value) || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 15),
);

function isOpcodeName(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(Opcode, value);
}

const expectedFrameRows: Rows<ExpectedFrame> = {
  opcode,
  fin: trueOrFalse,
  rsv: integer(0, 7),
  payload: bytes,
};

const framesElsewhere: Readonly<Record<string, string>> = {
  final: 'use fin',
  data: 'use payload',
  rsv1: 'use rsv: 4',
};

export const expectedFrameSchema: Schema<ExpectedFrame> = {
  of: 'receivesFrame',
  example: "{ opcode: 'text', payload: 'Hello' }",
  required: ['opcode'],
  rows: expectedFrameRows,
  elsewhere: framesElsewhere,
};

export const frameSchema: Schema<FrameFields> = {
  of: 'sendFrame',
  example: "{ opcode: 'text', payload: 'Hello' }",
  required: ['opcode'],
  rows: {
    ...expectedFrameRows,
    masked: trueOrFalse,
    maskingKey: bytes,
    length: integer(0, Number.MAX_SAFE_INTEGER, 'an integer of at least 0'),
    cut: integer(0, Number.MAX_SAFE_INTEGER, 'an integer of at least 0'),
  } satisfies Rows<FrameFields>,
  elsewhere: { ...framesElsewhere, mask: 'use masked, and maskingKey for the key' },
};
