// Certificates and private keys that do not belong together: they are refused before anything listens or connects, where
// OpenSSL would say nothing and fail each handshake.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { connect, createServer } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { clientTls, serverTls } from '../../src/node/tls.ts';
import { certificates, passphrase } from '../support/certificates.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';

const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-rsa-'));
after(() => rmSync(directory, { recursive: true, force: true }));

/** Issued by itself for localhost, with an RSA key. */
function makeRsa(name: string): { cert: string; key: string; certPath: string; keyPath: string } {
  const certPath = join(directory, `${name}.pem`);
  const keyPath = join(directory, `${name}.key`);
  const files = ['-keyout', keyPath, '-out', certPath];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '7', ...files, ...subject], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8'), certPath, keyPath };
}

const rsa = makeRsa('rsa');
const { server: ec, client, encryptedClient, ca } = certificates();

describe('a key that does not belong to the certificate', () => {
  type Case = readonly [name: string, tls: { cert: string | string[]; key: string | string[] }, message: RegExp];
  const wrong: readonly Case[] = [
    [
      'EC key, RSA certificate',
      { cert: rsa.cert, key: ec.key },
      /^tls\.key is a key of type ec that belongs to no certificate of tls\.cert; expected the private key of tls\.cert \(type rsa\)$/,
    ],
    ['RSA key, EC certificate', { cert: ec.cert, key: rsa.key }, /^tls\.key is a key of type rsa/],
    ['EC key of another certificate', { cert: ec.cert, key: client.key }, /^tls\.key is .*; expected the private key/],
    ['one key too many', { cert: ec.cert, key: [ec.key, rsa.key] }, /^tls\.key is a key of type rsa/],
    [
      'one certificate too many',
      { cert: [ec.cert, rsa.cert], key: ec.key },
      /^tls\.cert is a certificate \(CN=localhost\) whose private key is not in tls\.key; expected a key in tls\.key for each/,
    ],
    ['two of each, crossed', { cert: [ec.cert, rsa.cert], key: [client.key, rsa.key] }, /^tls\.(key|cert) is /],
  ];
  for (const [name, tls, message] of wrong) {
    test(
      `is refused by listen and by connect: ${name}`,
      leavingNothing(async () => {
        const server = createServer();
        const listening = await rejectsWith(server.listen({ host: '127.0.0.1', tls }), 'ERR_WS_OPTION', message);
        assert.doesNotMatch(listening.message, /BEGIN|[\r\n]/);
        await server.close();
        const connecting = connect('wss://127.0.0.1:9/', { tls: { ...tls, ca: ca.cert } });
        await rejectsWith(connecting, 'ERR_WS_OPTION', message);
      }),
    );
  }
  test('is refused by start of the kit and by its connect: 2302999, with the reason as its cause', async () => {
    const paths = { certPath: rsa.certPath, keyPath: ec.keyPath };
    const server = webSocket.createWebSocketServer();
    const starting = server.start({
      serverIP: '127.0.0.1',
      serverPort: 0,
      maxConcurrentClientsNumber: 10,
      maxConnectionsForOneClient: 10,
      serverCert: paths,
    });
    await assert.rejects(starting, (error: { code: number; cause?: Error }) => {
      assert.equal(error.code, 2302999);
      assert.match(String(error.cause?.message), /key of type ec that belongs to no certificate/);
      return true;
    });
    const connecting = webSocket
      .createWebSocket()
      .connect('wss://127.0.0.1:9/', { clientCert: { certPath: rsa.certPath, keyPath: ec.keyPath } });
    await assert.rejects(connecting, { code: 2302999 });
  });
});

describe('keys and certificates that belong together', () => {
  test('of each type, both types at once in any order, with a chain, and encrypted', () => {
    for (const tls of [
      { cert: rsa.cert, key: rsa.key },
      { cert: [ec.cert, rsa.cert], key: [rsa.key, ec.key] },
      { cert: Buffer.from(ec.cert + ca.cert), key: Buffer.from(ec.key) },
      { cert: encryptedClient.cert, key: encryptedClient.key, passphrase },
    ]) {
      assert.doesNotThrow(() => serverTls(tls));
      assert.doesNotThrow(() => clientTls(tls, 'localhost'));
    }
  });
  test('a wrong passphrase, and none, are told as such', () => {
    const { cert, key } = encryptedClient;
    for (const given of [{}, { passphrase: 'wrong' }]) {
      assert.throws(() => serverTls({ cert, key, ...given }), {
        code: 'ERR_WS_OPTION',
        message: /^tls\.key is .*tls\.passphrase if it has one$/,
      });
    }
  });
});
