// Node's own HTTP parser, without a stream: it reads the head of one request that came in one piece. So a head
// means the same wherever it is read. Node has no public API for it.
//
// Detection: an HTTP server of Node's puts its parser into `socket.parser`. Its class is tried out with a request. Fallback:
// every request goes through a stream and `node:http`.

import { Buffer } from 'node:buffer';
import { createServer } from '../http.ts';
import { streamInMemory } from '../stream-in-memory.ts';

/** The head of a request for an upgrade, as Node parsed it. */
export interface ParsedHead {
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  /** `'1.1'` */
  readonly httpVersion: string;
  /** Name, value, name, value … as sent. */
  readonly rawHeaders: readonly string[];
  /** Bytes of the head. */
  readonly size: number;
}

/**
 * Reads the head at the start of `bytes`.
 *
 * @param maxHeaderSize  bytes
 * @returns `undefined` where it is not complete, has an error or more than 31 fields, or asks for no upgrade by GET
 */
export type ParseHead = (bytes: Uint8Array, maxHeaderSize: number) => ParsedHead | undefined;

interface Parser {
  [callback: number]: unknown;
  initialize(type: number, resource: object, maxHeaderSize: number, leniency: number): void;
  /** @returns the number of bytes that were parsed, or an error */
  execute(bytes: Uint8Array): unknown;
}

interface ParserClass {
  new (): Parser;
  readonly REQUEST?: unknown;
  readonly kOnHeaders?: unknown;
  readonly kOnHeadersComplete?: unknown;
}

/** What a callback of the parser answers: nothing of the message follows the head. */
const UPGRADE = 2;

let found: { readonly parse: ParseHead | undefined } | undefined;

/** Finds the parser at the first call. @returns `undefined` where it cannot be used */
export function headParser(): ParseHead | undefined {
  found ??= { parse: findHeadParser() };
  return found.parse;
}

/** Finds the parser and tries it out. */
export function findHeadParser(): ParseHead | undefined {
  try {
    const parse = parserOf(classOfParsers());
    return parse !== undefined && parsesAsExpected(parse) ? parse : undefined;
  } catch {
    return undefined;
  }
}

/** The class of the parser that an HTTP server gives to a stream. */
function classOfParsers(): ParserClass {
  const stream = streamInMemory();
  const server = createServer();
  server.emit('connection', stream);
  const { parser } = stream as { parser?: object };
  stream.destroy();
  return parser?.constructor as ParserClass;
}

function parserOf(kind: ParserClass): ParseHead | undefined {
  const { REQUEST, kOnHeaders, kOnHeadersComplete } = kind;
  if (typeof REQUEST !== 'number' || typeof kOnHeaders !== 'number' || typeof kOnHeadersComplete !== 'number')
    return undefined;
  // One for all: a head is parsed within a call.
  const parser = new kind();
  const resource = {};
  let head: { readonly method: number; readonly target: string; readonly rawHeaders: string[] } | undefined;
  /** The minor version of HTTP/1. */
  let minor = -1;
  // Fields in parts, of which the first come here: there are too many for a handshake.
  parser[kOnHeaders] = (): void => {};
  parser[kOnHeadersComplete] = (
    ...[major, minorVersion, rawHeaders, method, target, , , isUpgrade]: [
      number,
      number,
      string[]?,
      number?,
      string?,
      ...unknown[],
    ]
  ): number => {
    minor = major === 1 ? minorVersion : -1;
    const isWhole = isUpgrade === true && Array.isArray(rawHeaders);
    head = isWhole ? { method: method as number, target: target as string, rawHeaders } : undefined;
    return UPGRADE;
  };
  let get: number | undefined;
  const parse = (bytes: Uint8Array, maxHeaderSize: number): ParsedHead | undefined => {
    head = undefined;
    parser.initialize(REQUEST, resource, maxHeaderSize, 0);
    const size = parser.execute(bytes);
    if (head === undefined || typeof size !== 'number') return undefined;
    const { method, target, rawHeaders } = head as { method: number; target: string; rawHeaders: string[] };
    // The parser has numbers for methods, which differ between its versions.
    get ??= method;
    if (method !== get || minor !== 1) return undefined;
    return { method: 'GET', target, httpVersion: '1.1', rawHeaders, size };
  };
  return parse;
}

/** The first of these is the first that is parsed: its method becomes the number of GET. */
function parsesAsExpected(parse: ParseHead): boolean {
  const limit = 16 * 1024;
  const request = 'GET /a?b HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Y:  z \r\n\r\n';
  const head = parse(Buffer.from(`${request}more`), limit);
  const fields = 'Host,a,Upgrade,websocket,Connection,Upgrade,X-Y,z';
  if (head?.target !== '/a?b' || head.rawHeaders.join() !== fields || head.size !== request.length) return false;
  const others = [
    request.slice(0, -2),
    request.replace('GET', 'POST'),
    request.replace('HTTP/1.1', 'HTTP/1.0'),
    request.replace('Upgrade: websocket\r\n', ''),
    request.replace('Host: a', 'Host : a'),
    request.replace('Host: a', 'Host: a\r\n b'),
    request.replace('z', 'z\0'),
    request.replace('z', 'z'.repeat(limit)),
    'GET',
  ];
  return others.every((text) => parse(Buffer.from(text), limit) === undefined);
}
