// A connection through a SOCKS5 proxy (RFC 1928), with a user name and a password if there are (RFC 1929).

import { Buffer } from 'node:buffer';
import { isIPv4, isIPv6, type Socket } from 'node:net';
import type { ProxyAddress } from '../host.ts';
import { httpError } from './errors.ts';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const PASSWORD = 2;
const CONNECT = 1;

/** RFC 1928 §6. */
const replies: readonly string[] = [
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

/**
 * Asks a proxy to connect. Names are resolved by the proxy. When it fails, the socket is destroyed.
 *
 * @param socket  connected to the proxy, and not flowing; so it is afterwards
 * @param signal  ends the attempt; the Promise rejects with its `reason`
 * @throws (rejects) BusinessError 2300999, which a device has, too
 */
export async function openSocks5(
  socket: Socket,
  { username, password }: ProxyAddress,
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  try {
    const hasCredentials = username !== undefined && password !== undefined;
    const methods = hasCredentials ? [NO_AUTHENTICATION, PASSWORD] : [NO_AUTHENTICATION];
    socket.write(Buffer.from([VERSION, methods.length, ...methods]));
    const [, method] = await bytes(socket, 2, signal);
    if (method === PASSWORD && hasCredentials) {
      socket.write(Buffer.concat([Buffer.from([1]), counted(username), counted(password)]));
      const [, status] = await bytes(socket, 2, signal);
      if (status !== 0) throw new Error('the proxy did not accept the user name and the password');
    } else if (method !== NO_AUTHENTICATION) throw new Error('the proxy asks for an authentication that there is not');
    const port = Buffer.from([target.port >> 8, target.port & 0xff]);
    socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), addressBytes(target.host), port]));
    const [, reply = 1, , type = 0] = await bytes(socket, 4, signal);
    if (reply !== 0) throw new Error(`the proxy did not connect: ${replies[reply] ?? `reply ${reply}`}`);
    // The proxy's own address and port do not matter.
    const length = type === 1 ? 4 : type === 4 ? 16 : ((await bytes(socket, 1, signal))[0] ?? 0);
    await bytes(socket, length + 2, signal);
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : httpError('internal', error);
  }
}

/** RFC 1928 §5. */
function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (!isIPv6(host)) return Buffer.concat([Buffer.from([3]), counted(host)]);
  const [head = '', tail] = host.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => 0);
  return Buffer.from([4, ...[...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff])]);
}

/** A text of at most 255 bytes after its length. */
function counted(text: string): Buffer {
  const encoded = Buffer.from(text);
  if (encoded.length > 255) throw new Error('a name or password for the proxy is longer than 255 bytes');
  return Buffer.concat([Buffer.from([encoded.length]), encoded]);
}

/** Reads so many bytes, and no more. */
function bytes(socket: Socket, count: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      socket.off('readable', read);
      socket.off('end', ended);
      socket.off('error', failed);
      socket.off('close', ended);
      signal.removeEventListener('abort', aborted);
    };
    const failed = (error: Error): void => {
      finish();
      reject(error);
    };
    const ended = (): void => failed(new Error('the proxy ended the connection'));
    const aborted = (): void => failed(signal.reason as Error);
    const read = (): void => {
      const chunk = socket.read(count) as Buffer | null;
      if (chunk === null) return;
      finish();
      if (chunk.length < count) reject(new Error('the proxy ended the connection'));
      else resolve(chunk);
    };
    socket.on('readable', read);
    socket.on('end', ended);
    socket.on('error', failed);
    socket.on('close', ended);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
    else read();
  });
}
