// `https:` URLs: trust, identity, pins, client certificates, versions and cipher suites.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { http } from '../../../src/kits/http/index.ts';
import { type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { certificates, passphrase } from '../../support/certificates.ts';
import { failure, request } from './site.ts';

const { ca, server, client, encryptedClient, expired, wrongHost, selfSigned, directory } = certificates();
const url = 'https://localhost/';
const untrusted = '2300060 Invalid SSL peer certificate or SSH remote key';

/** What a scripted server takes of a certificate. */
function pem({ cert, key }: { cert: string; key: string }): { cert: string; key: string } {
  return { cert, key };
}

/** Runs `act` with a server at `url` that answers with what it knows of the client, and may ask for its certificate. */
async function atServer<Value>(options: object, act: (network: TestNetwork) => Promise<Value>): Promise<Value> {
  const network = useNetwork();
  const https = createServer({ cert: server.cert, key: server.key, ...options }, (incoming, response) => {
    const socket = incoming.socket as TLSSocket;
    response.end(
      JSON.stringify({
        subject: socket.getPeerCertificate()?.subject?.CN,
        version: socket.getProtocol(),
        name: socket.servername,
      }),
    );
  });
  await network.listen(https, { port: 443 });
  try {
    return await act(network);
  } finally {
    https.close();
    await network.uninstall();
  }
}

/** What the server has answered. */
function told(response: http.HttpResponse): Record<string, unknown> {
  return JSON.parse(response.result as string) as Record<string, unknown>;
}

describe('trust', () => {
  test('the preset authorities do not know the issuer: 2300060', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, {}, { tls: pem(server) });
    assert.equal(await failure(request(url)), untrusted);
  });

  test('caPath and caData add an authority; caPath comes first', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'secret' }, { tls: pem(server) });
    const response = await request(url, { caPath: ca.certPath });
    assert.equal(response.result, 'secret');
    assert.ok(response.performanceTiming.tlsTiming >= 0);
    assert.equal(response.connectionExtraInfo?.tlsVersion, http.TlsVersion.TLS_V_1_3);
    assert.match(response.connectionExtraInfo?.cipherSuite ?? '', /^TLS_/);
    assert.equal((await request(url, { caData: ca.cert })).result, 'secret');
    assert.equal((await request(url, { caPath: ca.certPath, caData: 'nonsense' })).result, 'secret');
    assert.equal(await failure(request(url, { caPath: selfSigned.certPath })), untrusted);
  });

  test('2300077 for an authority that cannot be read', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, {}, { tls: pem(server) });
    const code = '2300077 The SSL CA certificate does not exist or is inaccessible';
    assert.equal(await failure(request(url, { caPath: join(directory, 'nowhere.pem') })), code);
    assert.equal(await failure(request(url, { caData: 'nonsense' })), code);
  });

  for (const [what, tls] of [
    ['expired', expired],
    ['for another host', wrongHost],
    ['self-signed', selfSigned],
  ] as const) {
    test(`a certificate that is ${what}: 2300060; 'skip' accepts it`, async () => {
      await using network = useNetwork();
      network.serveHTTP(url, { body: 'accepted' }, { tls: pem(tls) });
      assert.equal(await failure(request(url, { caPath: ca.certPath })), untrusted);
      assert.equal((await request(url, { remoteValidation: 'skip' })).result, 'accepted');
    });
  }

  test('a function decides, at once or later', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'accepted' }, { tls: pem(selfSigned) });
    let context: http.ValidationContext | undefined;
    const remoteValidation = (given: http.ValidationContext): boolean => {
      context = given;
      return true;
    };
    assert.equal((await request(url, { remoteValidation })).result, 'accepted');
    assert.deepEqual([context?.host, context?.ip, context?.x509Certs], ['localhost', '127.0.0.1', []]);
    assert.equal(
      new X509Certificate(context!.pemCerts[0]!).fingerprint,
      new X509Certificate(selfSigned.cert).fingerprint,
    );
    assert.equal((await request(url, { remoteValidation: async () => true })).result, 'accepted');
    assert.equal(await failure(request(url, { remoteValidation: () => false })), untrusted);
    assert.equal(await failure(request(url, { remoteValidation: async () => false })), untrusted);
    const thrower = (): boolean => {
      throw new Error('of the application');
    };
    assert.equal(await failure(request(url, { remoteValidation: thrower })), '2300999 Internal error');
  });

  test('certificatePinning: the key of the certificate, or 2300090', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'pinned' }, { tls: pem(server) });
    const key = new X509Certificate(server.cert).publicKey.export({ type: 'spki', format: 'der' });
    const right = {
      publicKeyHash: createHash('sha256').update(key).digest('base64'),
      hashAlgorithm: 'SHA-256',
    } as const;
    const wrong = { publicKeyHash: 'AAAA', hashAlgorithm: 'SHA-256' } as const;
    const caPath = ca.certPath;
    assert.equal((await request(url, { caPath, certificatePinning: right })).result, 'pinned');
    assert.equal((await request(url, { caPath, certificatePinning: [wrong, right] })).result, 'pinned');
    const code = '2300090 Specified pinned public key did not match';
    assert.equal(await failure(request(url, { caPath, certificatePinning: wrong })), code);
    assert.equal(await failure(request(url, { remoteValidation: 'skip', certificatePinning: [wrong] })), code);
  });
});

describe('the handshake', () => {
  const caPath = ca.certPath;

  test('plain HTTP behind https:, and TLS behind http:', async () => {
    await using network = useNetwork();
    const plain = createPlainServer();
    await network.listen(plain, { port: 8080 });
    network.serveHTTP('https://localhost:8443/', {}, { tls: pem(server) });
    assert.equal(await failure(request('https://localhost:8080/')), '2300999 Internal error');
    assert.match(await failure(request('http://localhost:8443/')), /^23000(08|52|56) /);
    plain.close();
  });

  test('sniHostName is asked for; the certificate is still checked for the host of the URL', async () => {
    await atServer({}, async () => {
      assert.equal(told(await request(url, { caPath, sniHostName: 'front.example.' })).name, 'front.example');
      assert.equal(told(await request(url, { caPath, sniHostName: 'a'.repeat(256) })).name, 'localhost');
    });
  });

  test('an address is not asked for', async () => {
    await atServer({}, async () => assert.ok(!told(await request('https://127.0.0.1/', { caPath })).name));
  });

  for (const [version, name] of [
    [http.TlsVersion.TLS_V_1_2, 'TLSv1.2'],
    [http.TlsVersion.TLS_V_1_3, 'TLSv1.3'],
  ] as const) {
    test(`tlsOptions: ${name} only`, async () => {
      await atServer({}, async () => {
        const tlsOptions = { tlsVersionMin: version, tlsVersionMax: version };
        const response = await request(url, { caPath, tlsOptions });
        assert.equal(told(response).version, name);
        assert.equal(response.connectionExtraInfo?.tlsVersion, version);
      });
    });
  }

  const { TLS_V_1_2, TLS_V_1_3 } = http.TlsVersion;
  const keyType = createPrivateKey(server.key).asymmetricKeyType === 'rsa' ? 'RSA' : 'ECDSA';
  const otherType = keyType === 'RSA' ? 'ECDSA' : 'RSA';

  function withSuites(...cipherSuites: string[]): http.HttpRequestOptions {
    const suites = cipherSuites as http.CipherSuite[];
    return { caPath, tlsOptions: { tlsVersionMin: TLS_V_1_2, tlsVersionMax: TLS_V_1_3, cipherSuites: suites } };
  }

  for (const suite of [
    `TLS_ECDHE_${keyType}_WITH_AES_256_GCM_SHA384`,
    `TLS_ECDHE_${keyType}_WITH_CHACHA20_POLY1305_SHA256`,
    `TLS_ECDHE_${keyType}_WITH_AES_128_CBC_SHA`,
    'TLS_AES_128_GCM_SHA256',
  ]) {
    test(`tlsOptions: the cipher suite ${suite}`, async () => {
      await atServer({}, async () => {
        assert.equal((await request(url, withSuites(suite))).connectionExtraInfo?.cipherSuite, suite);
      });
    });
  }

  test('2300999 where the server has none of the cipher suites, 2300059 for one that there is not', async () => {
    await atServer({}, async () => {
      const other = withSuites(`TLS_ECDHE_${otherType}_WITH_AES_256_GCM_SHA384`);
      assert.equal(await failure(request(url, other)), '2300999 Internal error');
      const code = '2300059 The specified SSL cipher cannot be used';
      assert.equal(await failure(request(url, withSuites('TLS_NO_WITH_SUCH'))), code);
    });
  });
});

describe('clientCert', () => {
  const asking = { ca: ca.cert, requestCert: true, rejectUnauthorized: true };
  const { PEM, DER, P12 } = http.CertType;

  function subjectWith(clientCert: http.ClientCert): Promise<unknown> {
    return atServer(asking, async () => told(await request(url, { caPath: ca.certPath, clientCert })).subject);
  }

  test('PEM, with an encrypted key, too, and in one file', async () => {
    const { certPath, keyPath } = client;
    assert.equal(await subjectWith({ certPath, keyPath }), 'client');
    assert.equal(await subjectWith({ certPath, keyPath, certType: PEM }), 'client');
    const encrypted = { certPath: encryptedClient.certPath, keyPath: encryptedClient.keyPath };
    assert.equal(await subjectWith({ ...encrypted, keyPassword: passphrase }), 'client');
    const both = join(directory, 'both.pem');
    writeFileSync(both, `${client.cert}\n${client.key}`);
    assert.equal(await subjectWith({ certPath: both, keyPath: '' }), 'client');
  });

  test('DER', async () => {
    const certPath = join(directory, 'client.der');
    const keyPath = join(directory, 'client-key.der');
    writeFileSync(certPath, new X509Certificate(client.cert).raw);
    writeFileSync(keyPath, createPrivateKey(client.key).export({ format: 'der', type: 'pkcs8' }));
    assert.equal(await subjectWith({ certPath, keyPath, certType: DER }), 'client');
  });

  test('P12', async () => {
    const certPath = join(directory, 'client.p12');
    const { certPath: cert, keyPath } = client;
    execFileSync('openssl', [
      'pkcs12',
      '-export',
      '-in',
      cert,
      '-inkey',
      keyPath,
      '-out',
      certPath,
      '-passout',
      'pass:p',
    ]);
    assert.equal(await subjectWith({ certPath, keyPath: '', certType: P12, keyPassword: 'p' }), 'client');
  });

  test('2300058 for files that cannot be used', async () => {
    const code = '2300058 Local SSL certificate error';
    const { certPath, keyPath } = client;
    assert.equal(await failure(subjectWith({ certPath: '/nowhere', keyPath })), code);
    assert.equal(await failure(subjectWith({ certPath, keyPath: certPath })), code);
    assert.equal(await failure(subjectWith({ certPath, keyPath, certType: P12 })), code);
    const encrypted = { certPath: encryptedClient.certPath, keyPath: encryptedClient.keyPath };
    assert.equal(await failure(subjectWith(encrypted)), code);
  });

  test('a server that asks lets nobody in without it', async () => {
    await atServer(asking, async () => {
      assert.match(await failure(request(url, { caPath: ca.certPath })), /^2300(999|056|052) /);
    });
  });
});
