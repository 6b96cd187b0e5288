// SOCKS: version 5 (RFC 1928) with a user name and a password (RFC 1929), and version 4 with its extension 4A, by which the proxy
// looks up names.

import { Buffer } from 'node:buffer';
import { isIP, isIPv4, isIPv6, type Socket } from 'node:net';
import { isError } from '../core/brands.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../core/errors.ts';
import { groupsOf, plainIp } from './ip-address.ts';
import { lateDns } from './late-modules.ts';
import { ownAddresses } from './net-source.ts';
import { network } from './network.ts';
import type { ProxyAddress } from './proxy-options.ts';

/** What a connection leads to, and through which proxy. */
export interface SocksTarget {
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly proxy: ProxyAddress;
  /** For errors. */
  readonly name: string;
}

/**
 * Has a proxy connect to `host:port`.
 *
 * @param socket  connected to the proxy, and not flowing; so it is afterwards. It is destroyed when the proxy does not connect
 * @param signal  ends the attempt; the Promise rejects with its `reason`
 * @throws (rejects) WebSocketError ERR_WS_PROXY_SOCKS
 */
export async function openSocks(socket: Socket, target: SocksTarget, signal: AbortSignal): Promise<void> {
  const { host, port, proxy, name } = target;
  try {
    if (proxy.protocol?.startsWith('socks4') === true) await openVersion4(socket, target, signal);
    else await openVersion5(socket, target, signal);
  } catch (error) {
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    const shown = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    throw socksError(error, name, shown);
  }
}

/** A refusal, in words. */
class Refusal extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

const IS_IT_SOCKS = 'check that a SOCKS proxy of this version listens there';
const CHECK_LOGIN = 'check the user name and the password for it';

function socksError(error: unknown, name: string, target: string): WebSocketError {
  if (error instanceof Refusal) return webSocketError('ERR_WS_PROXY_SOCKS', name, target, error.message, error.remedy);
  const problem = isError(error) ? error.message : String(error);
  return webSocketErrorFrom(error, 'ERR_WS_PROXY_SOCKS', name, target, problem, IS_IT_SOCKS);
}

const NO_AUTHENTICATION = 0;
const PASSWORD = 2;
const CONNECT = 1;

/** RFC 1928 §6. */
const REPLIES: readonly string[] = [
  'succeeded',
  'general failure',
  'connection not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
];

async function openVersion5(socket: Socket, { host, port, proxy }: SocksTarget, signal: AbortSignal): Promise<void> {
  const { username, password = '', protocol } = proxy;
  const address = protocol === 'socks5' ? await addressOf(host, undefined, signal) : host;
  // What cannot be written is found before anything is.
  const request = Buffer.concat([Buffer.from([5, CONNECT, 0]), addressBytes(address), portBytes(port)]);
  const login =
    username === undefined
      ? undefined
      : Buffer.concat([Buffer.from([1]), counted(username, 'user name'), counted(password, 'password')]);
  const methods = login === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, PASSWORD];
  socket.write(Buffer.from([5, methods.length, ...methods]));
  const [version = 0, method = 0] = await readBytes(socket, 2, signal);
  if (version !== 5) throw new Refusal(`it answered with the byte ${version} in the place of version 5`, IS_IT_SOCKS);
  if (method === PASSWORD && login !== undefined) {
    socket.write(login);
    const [, status] = await readBytes(socket, 2, signal);
    if (status !== 0) throw new Refusal('it did not accept the user name and the password', CHECK_LOGIN);
  } else if (method !== NO_AUTHENTICATION) {
    const remedy = login === undefined ? 'set a user name and a password for it' : CHECK_LOGIN;
    throw new Refusal('it asks for an authentication that there is not', remedy);
  }
  socket.write(request);
  const [replyVersion = 0, reply = 1, , type = 0] = await readBytes(socket, 4, signal);
  if (replyVersion !== 5)
    throw new Refusal(`it answered with the byte ${replyVersion} in the place of version 5`, IS_IT_SOCKS);
  if (reply !== 0) throw refused(REPLIES[reply] ?? `reply ${reply}`);
  // The proxy's own address and port do not matter.
  const size =
    type === 1 ? 4 : type === 4 ? 16 : type === 3 ? ((await readBytes(socket, 1, signal))[0] ?? 0) : undefined;
  if (size === undefined) throw new Refusal(`it answered with the address type ${type}`, IS_IT_SOCKS);
  await readBytes(socket, size + 2, signal);
}

const GRANTED = 90;
const NO_IDENTD: readonly number[] = [92, 93];

async function openVersion4(socket: Socket, { host, port, proxy }: SocksTarget, signal: AbortSignal): Promise<void> {
  const { username = '', protocol } = proxy;
  const plain = plainIp(host);
  if (plain !== undefined && isIPv6(plain))
    throw new Refusal('SOCKS4 has no IPv6 addresses', 'use socks5, or connect by a name');
  const isNamed = protocol === 'socks4a' && plain === undefined;
  // 4A: an address 0.0.0.x that is not 0 says that a name follows.
  const address = isNamed ? '0.0.0.1' : (plain ?? (await addressOf(host, 4, signal)));
  const parts = [Buffer.from([4, CONNECT]), portBytes(port), ipv4Bytes(address), ended(username, 'user name')];
  if (isNamed) parts.push(ended(host, 'name of the host'));
  socket.write(Buffer.concat(parts));
  const [zero, code = 0] = await readBytes(socket, 8, signal);
  if (zero !== 0) throw new Refusal(`it answered with the byte ${zero} in the place of 0`, IS_IT_SOCKS);
  if (NO_IDENTD.includes(code)) throw new Refusal(`it did not accept the user name (reply ${code})`, CHECK_LOGIN);
  if (code !== GRANTED) throw refused(`reply ${code}`);
}

function refused(reply: string): Refusal {
  return new Refusal(`it answered: ${reply}`, 'check that it may connect there, or exclude the host from the proxy');
}

/** Looks a name up on this machine. */
async function addressOf(host: string, family: 4 | undefined, signal: AbortSignal): Promise<string> {
  if (isIP(host) !== 0) return host;
  const fits = (address: string): boolean => family === undefined || isIP(address) === family;
  const own = ownAddresses.get(host.toLowerCase())?.find(fits);
  if (own !== undefined) return own;
  const { nets } = network();
  const found = await Promise.race([
    nets === undefined
      ? lateDns()
          .lookup(host, family === undefined ? {} : { family })
          .then(({ address }) => address)
      : nets.resolve(host).then((addresses) => addresses.find(fits)),
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
  if (found === undefined) throw new Refusal(`${host} has no IPv4 address`, 'use socks4a or socks5h');
  return found;
}

/** RFC 1928 §5. */
function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.concat([Buffer.from([1]), ipv4Bytes(host)]);
  if (!isIPv6(host)) return Buffer.concat([Buffer.from([3]), counted(host, 'name of the host')]);
  return Buffer.from([4, ...groupsOf(host).flatMap((group) => [group >> 8, group & 0xff])]);
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function portBytes(port: number): Buffer {
  return Buffer.from([port >> 8, port & 0xff]);
}

/** A text of at most 255 bytes after its length. */
function counted(text: string, what: string): Buffer {
  const encoded = Buffer.from(text);
  if (encoded.length > 255)
    throw new Refusal(`the ${what} has ${encoded.length} bytes; SOCKS5 has 255`, 'use a shorter one');
  return Buffer.concat([Buffer.from([encoded.length]), encoded]);
}

/** A text and the byte 0 that ends it. */
function ended(text: string, what: string): Buffer {
  if (text.includes('\0')) throw new Refusal(`the ${what} has a byte 0, which would end it`, 'leave it out');
  return Buffer.from(`${text}\0`);
}

/** Reads so many bytes, and no more. */
function readBytes(socket: Socket, count: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off('readable', read);
      socket.off('end', over);
      socket.off('error', failed);
      socket.off('close', over);
      signal.removeEventListener('abort', aborted);
    };
    const failed = (error: Error): void => {
      finish();
      reject(error);
    };
    const over = (): void => failed(new Error('it ended the connection'));
    const aborted = (): void => failed(signal.reason as Error);
    const read = (): void => {
      const chunk = socket.read(count) as Buffer | null;
      if (chunk === null) return;
      finish();
      if (chunk.length < count) reject(new Error('it ended the connection'));
      else resolve(chunk);
    };
    socket.on('readable', read);
    socket.on('end', over);
    socket.on('error', failed);
    socket.on('close', over);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    else if (socket.destroyed || socket.readableEnded) over();
    else read();
  });
}
