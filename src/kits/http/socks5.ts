// A connection through a SOCKS5 proxy, with the error of a device.

import type { Socket } from 'node:net';
import { openSocks, type ProxyAddress } from '../host.ts';
import { httpError } from './errors.ts';

/**
 * Asks a proxy to connect. Names are resolved by the proxy. When it fails, the socket is destroyed.
 *
 * @param socket  connected to the proxy, and not flowing; so it is afterwards
 * @param signal  ends the attempt; the Promise rejects with its `reason`
 * @throws (rejects) BusinessError 2300999, which a device has, too
 */
export async function openSocks5(
  socket: Socket,
  proxy: ProxyAddress,
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const name = `proxy ${proxy.host}:${proxy.port}`;
  // Without a password there are no credentials.
  const { username, password, ...address } = proxy;
  const credentials = username === undefined || password === undefined ? {} : { username, password };
  try {
    await openSocks(socket, { host, port, proxy: { ...address, ...credentials, protocol: 'socks5h' }, name }, signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : httpError('internal', error);
  }
}
