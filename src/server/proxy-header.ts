// The header of the PROXY protocol (HAProxy's "The PROXY protocol", versions 1 and 2), by which a proxy of TCP tells whose
// connection it passes on. It comes before everything else, TLS included, and only once.
//
// Only what the specification allows is taken. What a proxy adds in version 2 (TLVs) is skipped, except for whether its
// client came over TLS.

import { Buffer } from 'node:buffer';
import { isIPv4, isIPv6 } from 'node:net';
import { webSocketError } from '../core/errors.ts';
import type { PeerAddress } from '../node/address.ts';
import { plainIp } from '../node/ip-address.ts';

export interface ProxyHeader {
  /** Bytes of the header. */
  readonly size: number;
  /**
   * The proxy's client; without an address (`''`, 0), if that came over a Unix socket. `undefined`: the proxy speaks for
   * itself (LOCAL), or does not know (UNKNOWN, UNSPEC).
   */
  readonly client: PeerAddress | undefined;
  /** Whether the proxy says that its client came over TLS. Only version 2 can say it. */
  readonly encrypted: boolean;
}

/** Version 1: bytes of the longest line, with its end. */
const MAX_LINE = 107;
/** Version 2: bytes after the first 16. The addresses take 216 at most; the rest is TLVs, a client certificate for example. */
const MAX_REST = 8 * 1024;

const LINE_START = Buffer.from('PROXY ', 'latin1');
const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const FIXED_SIZE = 16;

/** Whether bytes begin as a header of either version does. */
export function isProxyHeader(bytes: Uint8Array): boolean {
  return bytes.length >= SIGNATURE.length && (begins(bytes, LINE_START) || begins(bytes, SIGNATURE));
}

function begins(bytes: Uint8Array, expected: Uint8Array): boolean {
  const size = Math.min(bytes.length, expected.length);
  return size > 0 && expected.subarray(0, size).every((byte, index) => bytes[index] === byte);
}

/**
 * Reads the header at the start of `bytes`, which are all that has come.
 *
 * @returns `undefined` where more bytes are needed
 * @throws WebSocketError ERR_WS_REQUEST_PROXY_HEADER as soon as the bytes cannot become a header
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  if (bytes.length === 0) return undefined;
  if (begins(bytes, SIGNATURE)) return bytes.length < FIXED_SIZE ? undefined : readBinary(bytes);
  if (begins(bytes, LINE_START)) return readLine(bytes);
  throw malformed(
    'is missing: the connection begins with other bytes',
    'have the proxy send it (send-proxy-v2 in HAProxy)',
  );
}

function malformed(problem: string, remedy = 'check the proxy'): Error {
  return webSocketError('ERR_WS_REQUEST_PROXY_HEADER', problem, remedy);
}

/** Version 1: `PROXY TCP4 source destination source-port destination-port\r\n`. */
function readLine(bytes: Buffer): ProxyHeader | undefined {
  const end = bytes.subarray(0, MAX_LINE).indexOf('\r\n');
  if (end < 0) {
    if (bytes.length >= MAX_LINE) throw malformed(`has no line end in its first ${MAX_LINE} bytes`);
    return undefined;
  }
  const line = bytes.toString('latin1', 0, end);
  const size = end + 2;
  const [, family, ...fields] = line.split(' ');
  // What follows UNKNOWN is to be ignored.
  if (family === 'UNKNOWN') return { size, client: undefined, encrypted: false };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : undefined;
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = fields;
  const isWellFormed =
    fields.length === 4 &&
    isAddress?.(source) &&
    isAddress(destination) &&
    isPort(sourcePort) &&
    isPort(destinationPort);
  if (!isWellFormed) throw malformed(`is ${JSON.stringify(line)}, which is not of version 1`);
  return { size, client: { address: plainIp(source) as string, port: Number(sourcePort) }, encrypted: false };
}

/** A zone would be that of another machine. */
function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

/** Bytes of the addresses of each family: UNSPEC, IPv4, IPv6, Unix. */
const ADDRESS_SIZES = [0, 12, 36, 216] as const;
const LOCAL = 0;
const PROXY = 1;

/** Version 2: signature, version and command, family and transport, the number of bytes that follow; then these. */
function readBinary(bytes: Buffer): ProxyHeader | undefined {
  const [version, command] = halves(bytes[12] as number);
  const [family, transport] = halves(bytes[13] as number);
  const rest = bytes.readUInt16BE(14);
  if (version !== 2) throw malformed(`has version ${version} behind the signature of version 2`);
  if (command > PROXY) throw malformed(`has command ${command}; 0 (LOCAL) and 1 (PROXY) are defined`);
  if (rest > MAX_REST)
    throw malformed(`announces ${rest} bytes; the limit is ${MAX_REST}`, 'have the proxy send fewer TLVs');
  const size = FIXED_SIZE + rest;
  if (bytes.length < size) return undefined;
  // Whatever follows is to be ignored.
  if (command === LOCAL) return { size, client: undefined, encrypted: false };
  const addressSize = ADDRESS_SIZES[family];
  // 2 is UDP: a client of HTTP/3, whose proxy speaks HTTP/1.1 here.
  if (addressSize === undefined || transport > 2)
    throw malformed(`has family ${family} and transport ${transport}, of which at least one is not defined`);
  if (addressSize > rest) throw malformed(`has ${rest} bytes for addresses of ${addressSize}`);
  const body = bytes.subarray(FIXED_SIZE, size);
  return { size, client: clientOf(family, body), encrypted: saysEncrypted(body.subarray(addressSize)) };
}

function halves(byte: number): [high: number, low: number] {
  return [byte >> 4, byte & 15];
}

function clientOf(family: number, body: Buffer): PeerAddress | undefined {
  if (family === 1) return { address: body.subarray(0, 4).join('.'), port: body.readUInt16BE(8) };
  if (family === 2) return { address: plainIp(ipv6(body)) as string, port: body.readUInt16BE(32) };
  return family === 3 ? { address: '', port: 0 } : undefined;
}

/** In the form of the system: the shortest one. */
function ipv6(body: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => body.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

const TLV_SSL = 0x20;
/** Bytes of its value, without those of the TLVs in it. */
const SSL_SIZE = 5;
/** The first bit of the value of {@link TLV_SSL}: the client came over TLS. */
const CLIENT_SSL = 1;

/** @param tlvs  type (1 byte), length (2 bytes), value; and so on */
function saysEncrypted(tlvs: Buffer): boolean {
  let encrypted = false;
  for (let at = 0; at < tlvs.length; ) {
    const end = at + 3 <= tlvs.length ? at + 3 + tlvs.readUInt16BE(at + 1) : Infinity;
    if (end > tlvs.length) throw malformed(`has a TLV that ends beyond it (type ${tlvs[at]})`);
    if (tlvs[at] === TLV_SSL && end < at + 3 + SSL_SIZE)
      throw malformed(`has a TLV of TLS with less than ${SSL_SIZE} bytes`);
    if (tlvs[at] === TLV_SSL) encrypted = ((tlvs[at + 3] as number) & CLIENT_SSL) !== 0;
    at = end;
  }
  return encrypted;
}
