// TLS of client and server: what the options become, which are refused, and what each failed handshake is told as. Real
// handshakes over loopback with certificates made for this run.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { WebSocketError } from '../../src/core/errors.ts';
import { clientTls, serverTls, tlsError } from '../../src/node/tls.ts';
import type { ClientTlsOptions, ServerTlsOptions } from '../../src/node/tls-options.ts';
import { certificates, passphrase } from '../support/certificates.ts';

const made = certificates();
const { ca, client, encryptedClient, server, expired, notYetValid, wrongHost, selfSigned } = made;

async function listen(tcp: Server): Promise<number> {
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  return (tcp.address() as AddressInfo).port;
}

/** Connects once, sends a byte each way, and ends; the client's and the server's errors where there are any. */
async function handshake(
  serverOptions: TlsOptions,
  clientOptions: ClientTlsOptions,
  host = 'localhost',
): Promise<{
  clientError?: Error;
  serverError?: Error;
  protocol?: string | null;
  servername?: string | false | null;
  alpn?: string | false | null;
}> {
  const result: Awaited<ReturnType<typeof handshake>> = {};
  const listener = createServer(serverOptions);
  listener.on('tlsClientError', (error) => {
    result.serverError = error;
  });
  listener.on('secureConnection', (socket: TLSSocket) => {
    result.servername = (socket as TLSSocket & { servername?: string | false | null }).servername ?? false;
    result.alpn = socket.alpnProtocol;
    socket.on('error', () => {});
    socket.end('x');
  });
  const port = await listen(listener);
  const socket = connect({ host: '127.0.0.1', port, ...clientTls(clientOptions, host) });
  socket.on('secureConnect', () => {
    result.protocol = socket.getProtocol();
  });
  socket.on('error', (error) => {
    result.clientError = error;
  });
  socket.resume();
  // Not `once`, which an 'error' would reject.
  await new Promise((resolve) => socket.on('close', resolve));
  listener.close();
  await once(listener, 'close');
  return result;
}

const plainServer = (options: Partial<ServerTlsOptions> = {}): TlsOptions =>
  serverTls({ cert: server.cert, key: server.key, ...options });

describe('TLS that succeeds', () => {
  test('the host name is asked for (SNI), verified, and HTTP/1.1 agreed on (ALPN)', async () => {
    const result = await handshake(plainServer(), { ca: ca.cert });
    assert.equal(result.clientError, undefined);
    assert.equal(result.servername, 'localhost');
    assert.equal(result.alpn, 'http/1.1');
  });
  for (const host of ['127.0.0.1', '::1', '[::1]']) {
    test(`${host} is verified but not asked for (RFC 6066 §3)`, async () => {
      const result = await handshake(plainServer(), { ca: ca.cert }, host);
      assert.equal(result.clientError, undefined);
      assert.equal(result.servername, false);
    });
  }
  test('servername stands for the host', async () => {
    const listener = plainServer({ cert: wrongHost.cert, key: wrongHost.key });
    const result = await handshake(listener, { ca: ca.cert, servername: 'other.example' });
    assert.equal(result.clientError, undefined);
    assert.equal(result.servername, 'other.example');
  });
  test('Buffers and arrays are taken', async () => {
    const listener = plainServer({ cert: [Buffer.from(server.cert)], key: Buffer.from(server.key) });
    const result = await handshake(listener, { ca: [Buffer.from(selfSigned.cert), ca.cert] });
    assert.equal(result.clientError, undefined);
  });
  test('a client certificate, its key encrypted, for a server that requests one', async () => {
    const listener = plainServer({ requestCert: true, ca: ca.cert });
    const { cert, key } = encryptedClient;
    const result = await handshake(listener, { ca: ca.cert, cert, key, passphrase });
    assert.equal(result.clientError, undefined);
    assert.equal(result.serverError, undefined);
    assert.equal(result.servername, 'localhost');
  });
  for (const [name, bad] of Object.entries({ expired, wrongHost, selfSigned })) {
    test(`rejectUnauthorized: false takes a certificate that is ${name}`, async () => {
      const listener = plainServer({ cert: bad.cert, key: bad.key });
      const result = await handshake(listener, { rejectUnauthorized: false });
      assert.equal(result.clientError, undefined);
    });
  }
  test('a self-signed certificate that is passed as ca', async () => {
    const listener = plainServer({ cert: selfSigned.cert, key: selfSigned.key });
    assert.equal((await handshake(listener, { ca: selfSigned.cert })).clientError, undefined);
  });
  test('minVersion: TLS 1.3', async () => {
    const result = await handshake(plainServer(), { ca: ca.cert, minVersion: 'TLSv1.3' });
    assert.equal(result.protocol, 'TLSv1.3');
  });
});

describe('a failed handshake is told as what it is', () => {
  const trust = 'pass the certificate of its issuer as tls.ca if you trust it';
  const cases: [why: string, listener: () => TlsOptions, options: ClientTlsOptions, host: string, problem: string][] = [
    [
      'wrong host name',
      () => plainServer({ cert: wrongHost.cert, key: wrongHost.key }),
      { ca: ca.cert },
      'localhost',
      'wrong host name: the certificate is for DNS:other.example, not for localhost; connect by one of these names, or set tls.servername to the expected one',
    ],
    [
      'wrong address',
      () => plainServer(),
      { ca: ca.cert },
      '127.0.0.2',
      'wrong host name: the certificate is for DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, not for 127.0.0.2; connect by one of these names, or set tls.servername to the expected one',
    ],
    [
      'expired',
      () => plainServer({ cert: expired.cert, key: expired.key }),
      { ca: ca.cert },
      'localhost',
      "the server's certificate, or one in its chain, has expired; renew it, and check the clock of this machine",
    ],
    [
      'not yet valid',
      () => plainServer({ cert: notYetValid.cert, key: notYetValid.key }),
      { ca: ca.cert },
      'localhost',
      "the server's certificate, or one in its chain, is not yet valid; check the clocks of both machines",
    ],
    [
      'self-signed',
      () => plainServer({ cert: selfSigned.cert, key: selfSigned.key }),
      {},
      'localhost',
      'the certificate is self-signed; pass this certificate as tls.ca if you trust it',
    ],
    [
      'self-signed in the chain',
      () => plainServer({ cert: server.cert + ca.cert }),
      {},
      'localhost',
      `the chain ends in a self-signed certificate that is not trusted here; ${trust}`,
    ],
    [
      'unknown issuer',
      () => plainServer(),
      {},
      'localhost',
      `unknown issuer; ${trust}, or have the server send its whole chain`,
    ],
    [
      'unknown issuer, another one trusted',
      () => plainServer(),
      { ca: selfSigned.cert },
      'localhost',
      `unknown issuer; ${trust}, or have the server send its whole chain`,
    ],
    [
      'protocol version',
      () => ({ ...plainServer(), maxVersion: 'TLSv1.2' }),
      { ca: ca.cert, minVersion: 'TLSv1.3' },
      'localhost',
      'protocol version: no TLS version in common; lower tls.minVersion, or update the older side',
    ],
    [
      'no cipher in common',
      () => ({ ...plainServer(), maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }),
      { ca: ca.cert },
      'localhost',
      'the peer refused the handshake without a reason: it may ask for a client certificate (set tls.cert and tls.key), or both sides have no cipher in common',
    ],
    [
      'no application protocol',
      () => ({ ...plainServer(), ALPNProtocols: ['h2'] }),
      { ca: ca.cert },
      'localhost',
      'no application protocol in common; the server must serve http/1.1 (ALPN)',
    ],
    [
      'no client certificate, TLS 1.2',
      () => ({ ...plainServer({ requestCert: true, ca: ca.cert }), maxVersion: 'TLSv1.2' }),
      { ca: ca.cert },
      'localhost',
      'the peer refused the handshake without a reason: it may ask for a client certificate (set tls.cert and tls.key), or both sides have no cipher in common',
    ],
    [
      'wrong name in servername',
      plainServer,
      { ca: ca.cert, servername: 'other.example' },
      'localhost',
      'wrong host name: the certificate is for DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, not for other.example; connect by one of these names, or set tls.servername to the expected one',
    ],
    [
      'no client certificate',
      () => plainServer({ requestCert: true, ca: ca.cert }),
      { ca: ca.cert },
      'localhost',
      'the server asks for a client certificate; set tls.cert and tls.key',
    ],
  ];
  for (const [why, listener, options, host, problem] of cases) {
    test(why, async () => {
      const { clientError } = await handshake(listener(), options, host);
      const error = tlsError(clientError, host);
      assert.ok(error, `told as TLS: ${clientError}`);
      const text = `TLS with ${host} failed: ${problem}`;
      assert.equal(error.message.slice(0, text.length), text);
      if (!problem.endsWith('(')) assert.equal(error.message, text);
      assert.equal(error.code, 'ERR_WS_TLS');
      assert.equal(error.family, 'environment');
      assert.equal(error.cause, clientError);
    });
  }
  // Node as a server sends no alert for these: it ends the connection after the handshake. Other servers send them.
  const alerts: [code: string, reason: string, problem: string][] = [
    [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'tlsv1 alert unknown ca',
      "the peer does not know this side's certificate issuer; use a certificate that it trusts",
    ],
    [
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'sslv3 alert bad certificate',
      "the peer refused this side's certificate; use one that it trusts",
    ],
    [
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'sslv3 alert certificate expired',
      "the peer refused this side's certificate, which has expired; renew it",
    ],
    ['ERR_SSL_HTTP_REQUEST', 'http request', 'the peer sent plain HTTP; use wss: instead of ws:'],
    ['CERT_REVOKED', '', "the server's certificate has been revoked; replace it"],
    [
      'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
      'decryption failed or bad record mac',
      'TLS handshake failure (decryption failed or bad record mac); check that this port serves TLS with a version and cipher that both sides have',
    ],
  ];
  for (const [code, reason, problem] of alerts) {
    test(code, () => {
      const error = Object.assign(new Error(code), { code, reason });
      assert.equal(tlsError(error, 'a')?.message, `TLS with a failed: ${problem}`);
    });
  }
  test('a client certificate of another issuer is refused by the server', async () => {
    const listener = plainServer({ requestCert: true, ca: selfSigned.cert });
    const result = await handshake(listener, { ca: ca.cert, cert: client.cert, key: client.key });
    assert.ok(result.serverError);
    assert.equal(result.servername, undefined, 'no connection is handed out');
  });
  test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn verification off', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const { clientError } = await handshake(plainServer(), {});
      assert.match(String(clientError), /unable to verify/);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  async function clientErrorFrom(answer: (socket: import('node:net').Socket) => void): Promise<Error> {
    const listener = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    const port = await listen(listener);
    const socket = connect({ host: '127.0.0.1', port, ...clientTls(undefined, 'localhost') });
    const [error] = (await once(socket, 'error')) as [Error];
    listener.close();
    return error;
  }
  test('a peer that speaks plain HTTP', async () => {
    const error = await clientErrorFrom((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assert.equal(
      tlsError(error, 'localhost')?.message,
      'TLS with localhost failed: the peer does not speak TLS; use ws: instead of wss:, or the port that serves TLS',
    );
  });
  test('a peer that hangs up', async () => {
    const error = await clientErrorFrom((socket) => socket.end());
    assert.equal(
      tlsError(error, 'localhost')?.message,
      'TLS with localhost failed: the peer ended the connection during the TLS handshake; check that this port serves TLS',
    );
  });
  test('a peer that resets TCP', async () => {
    const error = await clientErrorFrom((socket) => socket.resetAndDestroy());
    assert.equal(
      tlsError(error, 'localhost')?.message,
      'TLS with localhost failed: the peer ended the connection during the TLS handshake; check that this port serves TLS',
    );
  });
  test('errors other than those of TLS are left to others', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (const error of [refused, new Error('x'), 'x', undefined]) {
      assert.equal(tlsError(error, 'a'), undefined);
    }
  });
});

describe('TLS options that are refused where they are given', () => {
  const none = undefined as unknown as string;
  const pem = 'the content of a PEM file, not its path';
  const clients: [options: object, start: string][] = [
    [
      { rejectUnauthorised: false },
      'tls.rejectUnauthorised (false) is not an option: did you mean tls.rejectUnauthorized?',
    ],
    [{ rejectUnauthorized: 0 }, 'tls.rejectUnauthorized is 0; expected true or false'],
    [{ ca: '/etc/ca.pem' }, `tls.ca is 11 characters without -----BEGIN; expected ${pem}`],
    [{ ca: Buffer.from('no') }, `tls.ca is 2 bytes without -----BEGIN; expected ${pem}`],
    [{ ca: [] }, 'tls.ca is []; expected at least one element'],
    [{ ca: 1 }, 'tls.ca is 1; expected a string or Buffer in PEM format, or an array of them'],
    [{ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }, 'tls.ca is not readable ('],
    [{ ca: client.key }, 'tls.ca is not readable ('],
    [{ cert: client.cert }, 'tls.key is undefined; expected the one that belongs to tls.cert'],
    [{ key: client.key }, 'tls.cert is undefined; expected the one that belongs to tls.key'],
    [
      { cert: client.cert, key: server.key },
      'tls.key is not usable (key values mismatch); expected the private key of tls.cert',
    ],
    [{ cert: client.cert, key: encryptedClient.key }, 'tls.key is not usable ('],
    [
      { cert: client.cert, key: encryptedClient.key, passphrase: 'wrong' },
      'tls.key is not usable (bad decrypt); expected the private',
    ],
    [{ cert: client.cert, key: client.key, passphrase: 1 }, 'tls.passphrase is 1; expected a string'],
    [{ minVersion: 'SSLv3' }, 'tls.minVersion is "SSLv3"; expected one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3'],
    [{ servername: '' }, 'tls.servername is ""; expected a host name'],
  ];
  for (const [options, start] of clients) {
    test(start, () => {
      assert.throws(
        () => clientTls(options as ClientTlsOptions, 'localhost'),
        (error: WebSocketError) => {
          assert.equal(error.code, 'ERR_WS_OPTION');
          assert.equal(error.message.slice(0, start.length), start);
          assert.ok(!error.message.includes('PRIVATE KEY'), 'shows no key');
          return true;
        },
      );
    });
  }
  const servers: [options: ServerTlsOptions, start: string][] = [
    [{ cert: none, key: server.key }, 'tls.cert is undefined; expected a certificate in PEM format'],
    [{ cert: server.cert, key: none }, 'tls.key is undefined; expected the private key of tls.cert, in PEM format'],
    [{ cert: server.certPath, key: server.key }, 'tls.cert is '],
    [
      { cert: server.cert, key: client.key },
      'tls.key is not usable (key values mismatch); expected the private key of tls.cert',
    ],
    [
      { cert: server.cert, key: server.key, requestCert: true },
      'tls.ca is undefined; expected the issuers of client certificates, for tls.requestCert',
    ],
    [
      { cert: server.cert, key: server.key, rejectUnauthorized: true } as ServerTlsOptions,
      'tls.rejectUnauthorized (true) is not an option: use tls.requestCert: true, which accepts only clients with a certificate',
    ],
  ];
  for (const [options, start] of servers) {
    test(`server: ${start}`, () => {
      assert.throws(
        () => serverTls(options),
        (error: WebSocketError) => {
          assert.equal(error.code, 'ERR_WS_OPTION');
          assert.equal(error.message.slice(0, start.length), start);
          return true;
        },
      );
    });
  }
});
