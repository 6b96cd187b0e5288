// TLS over a connection that exists: the handshake, and what the application wants to know of the server's certificate.

import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { crypto, tls } from './builtins.ts';
import { httpError, tlsError } from './errors.ts';
import type { TlsPlan } from './tls-plan.ts';
import type { CipherSuite } from './tls-types.ts';

/**
 * Speaks TLS on a connection. When it fails, the connection is destroyed.
 *
 * @param host    name or address of the URL, without brackets
 * @param signal  ends the attempt; the Promise rejects with its `reason`
 * @throws (rejects) BusinessError 2300058, 2300059, 2300060, 2300077, 2300090, 2300999
 */
export async function encrypt(tcp: Socket, host: string, plan: TlsPlan, signal: AbortSignal): Promise<TLSSocket> {
  let socket: TLSSocket | undefined;
  try {
    const name = plan.sniHostName ?? host;
    socket = tls.connect({
      socket: tcp,
      secureContext: plan.context(),
      // RFC 6066 §3: no IP addresses. Node takes '' for none.
      servername: isIP(name) === 0 ? name : '',
      rejectUnauthorized: plan.validation === 'system',
      checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(host, certificate),
      ALPNProtocols: ['http/1.1'],
    });
    await handshake(socket, signal);
    if (typeof plan.validation === 'function') {
      const context = { pemCerts: chainOf(socket), x509Certs: [], host, ip: tcp.remoteAddress ?? '' };
      if ((await plan.validation(context)) !== true) {
        throw httpError('peerCertificate', 'the function remoteValidation did not accept the certificate');
      }
      if (signal.aborted) throw signal.reason;
    }
    checkPins(socket, plan.pins);
    return socket;
  } catch (error) {
    socket?.destroy();
    tcp.destroy();
    throw signal.aborted ? signal.reason : tlsError(error);
  }
}

function handshake(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => (): void => {
      socket.off('secureConnect', succeeded);
      socket.off('close', closed);
      signal.removeEventListener('abort', aborted);
      act();
    };
    const succeeded = finish(resolve);
    const closed = finish(() => reject(new Error('the peer ended TCP during the TLS handshake')));
    const aborted = finish(() => reject(signal.reason));
    // It stays: an error after the handshake must not be an uncaught one.
    socket.on('error', (error) => finish(() => reject(error))());
    socket.on('secureConnect', succeeded);
    socket.on('close', closed);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}

/** The certificates that the server sent, its own first. */
function chainOf(socket: TLSSocket): string[] {
  const pems: string[] = [];
  const seen = new Set<object>();
  for (let next = socket.getPeerCertificate(true); next?.raw !== undefined && !seen.has(next); ) {
    seen.add(next);
    const lines = next.raw.toString('base64').match(/.{1,64}/gu) ?? [];
    pems.push(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
    next = next.issuerCertificate;
  }
  return pems;
}

function checkPins(socket: TLSSocket, pins: readonly string[]): void {
  if (pins.length === 0) return;
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  const digest = key === undefined ? '' : crypto.createHash('sha256').update(key).digest('base64');
  if (!pins.includes(digest)) throw httpError('pin', `the server's public key has the digest ${digest}`);
}

const versionNumbers: Readonly<Record<string, 4 | 5 | 6 | 7>> = { TLSv1: 4, 'TLSv1.1': 5, 'TLSv1.2': 6, 'TLSv1.3': 7 };

/** Version and cipher suite of a connection, as far as the module has names for them. */
export function tlsInformation(socket: TLSSocket): { tlsVersion?: 4 | 5 | 6 | 7; cipherSuite?: CipherSuite } {
  const tlsVersion = versionNumbers[socket.getProtocol() ?? ''];
  const cipherSuite = socket.getCipher()?.standardName as CipherSuite | undefined;
  return { ...(tlsVersion === undefined ? {} : { tlsVersion }), ...(cipherSuite === undefined ? {} : { cipherSuite }) };
}
