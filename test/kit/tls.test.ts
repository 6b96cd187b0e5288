import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { createServer as createEngineServer } from '../../src/server/server.ts';
import { certificates, passphrase } from '../support/certificates.ts';
import { portOf, recordedClient, recordedServer } from './recorder.ts';

describe('kit specification §3.13, §4.1: wss', { timeout: 120_000 }, () => {
  const { ca, server: good, expired, wrongHost, selfSigned, client, encryptedClient } = certificates();

  const rows: [name: string, serverCert: { certPath: string; keyPath: string }, options: object, outcome: string][] = [
    [
      'caPath: connects [kit §3.13 caPath; kit §1.3 caPath; kit §4.1 serverCert; S22; kit §1.8 serverCert; kit §1.4 ServerCert]',
      good,
      { caPath: ca.certPath },
      'open',
    ],
    ['unknown issuer: refused [kit §3.13 default; kit §3.13 verification failure]', good, {}, 'error'],
    ['skipServerCertVerification: connects', good, { skipServerCertVerification: true }, 'open'],
    ['self-signed (S21): refused [S21]', selfSigned, {}, 'error'],
    ['wrong host name (S21): refused [S21; kit §3.13 default]', wrongHost, { caPath: ca.certPath }, 'error'],
    ['expired: refused [kit §3.13 default]', expired, { caPath: ca.certPath }, 'error'],
    [
      'expired, skipServerCertVerification: connects [kit §3.13 skipServerCertVerification; kit §1.3 skipServerCertVerification]',
      expired,
      { skipServerCertVerification: true },
      'open',
    ],
    ['minSupportTlsProtocol 1.3: connects', good, { caPath: ca.certPath, minSupportTlsProtocol: 3 }, 'open'],
  ];
  for (const [name, { certPath, keyPath }, options, outcome] of rows) {
    test(name, async () => {
      const { server, port } = await recordedServer({ serverCert: { certPath, keyPath } });
      const { ws, trace } = recordedClient();
      await trace.outcome('connect', ws.connect(`wss://127.0.0.1:${port}`, options));
      await trace.until(outcome === 'open' ? 'openInfo' : 'error');
      const expected = outcome === 'open' ? ['headerReceive', 'open{101}', 'openInfo'] : ["error{200,'0'}"];
      assert.deepEqual(trace.events, ['connect→true', ...expected]);
      await server.stop();
    });
  }

  const advice: [certificate: { certPath: string; keyPath: string }, options: object, text: RegExp][] = [
    [good, {}, /pass the certificate of its issuer in the file of caPath if you trust it/],
    [selfSigned, {}, /the certificate is self-signed; pass this certificate in the file of caPath if you trust it/],
    [
      wrongHost,
      { caPath: ca.certPath },
      /^TLS with 127.0.0.1 failed: wrong host name: .*connect by one of these names$/,
    ],
  ];
  for (const [{ certPath, keyPath }, options, text] of advice) {
    test(`the cause advises what the kit has: ${text.source}`, async () => {
      const { server, port } = await recordedServer({ serverCert: { certPath, keyPath } });
      const ws = webSocket.createWebSocket();
      const error = await new Promise<Error>((resolve) => {
        ws.on('error', resolve);
        void ws.connect(`wss://127.0.0.1:${port}`, options);
      });
      const { message, stack } = error.cause as Error;
      assert.match(message, text);
      assert.ok(stack?.includes(message), stack);
      await server.stop();
    });
  }

  test('plain ws to a wss server is an error', async () => {
    const { certPath, keyPath } = good;
    const { server } = await recordedServer({ serverCert: { certPath, keyPath } });
    const { ws, trace } = recordedClient();
    await ws.connect(`ws://127.0.0.1:${portOf(server)}`);
    await trace.until('error');
    await server.stop();
  });

  const mutual: [name: string, clientCert: object][] = [
    ['clientCert', { certPath: client.certPath, keyPath: client.keyPath }],
    [
      'clientCert with keyPassword',
      { certPath: encryptedClient.certPath, keyPath: encryptedClient.keyPath, keyPassword: passphrase },
    ],
  ];
  for (const [name, clientCert] of mutual) {
    test(`${name} identifies the client [kit §3.13 clientCert; kit §1.3 clientCert; kit §1.3 ClientCert]`, async () => {
      const server = createEngineServer({});
      const tls = { cert: good.cert, key: good.key, ca: ca.cert, requestCert: true };
      const { port } = await server.listen({ host: '127.0.0.1', tls });
      const { ws, trace } = recordedClient();
      await ws.connect(`wss://127.0.0.1:${port}`, { caPath: ca.certPath, clientCert } as object);
      await trace.until('openInfo');
      await server.drain();
      const anonymous = recordedClient();
      await server.listen({ host: '127.0.0.1', port, tls });
      await anonymous.ws.connect(`wss://127.0.0.1:${port}`, { caPath: ca.certPath });
      await anonymous.trace.until('error');
      await server.drain();
    });
  }
});
