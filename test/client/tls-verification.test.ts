// Certificates are verified unless their option says otherwise: each way in which one can be wrong is refused by `connect`
// and by the kit, by a sentence that says which it is, before anything of the request has been sent. The sentences of all
// failures of TLS are in test/node/tls-errors.test.ts; here is what an application meets.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect, refuse, WebSocketError } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { ConnectProxy } from '../kit/connect-proxy.ts';
import { type Certificate, certificates } from '../support/certificates.ts';
import { listen, open } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const { ca, server: good, expired, notYetValid, wrongHost, selfSigned } = certificates();

interface WrongCertificate {
  readonly name: string;
  readonly certificate: Certificate;
  /** Host of the URL; the server listens on 127.0.0.1. */
  readonly host?: string;
  /** Whether the client trusts the issuer. */
  readonly trustsIssuer: boolean;
  readonly sentence: string;
  /** As the kit tells it, which has other options. Absent: the same. */
  readonly inKit?: string;
}

const table: readonly WrongCertificate[] = [
  {
    name: 'for another host name',
    certificate: wrongHost,
    host: 'localhost',
    trustsIssuer: true,
    sentence:
      'TLS with localhost failed: wrong host name: the certificate is for DNS:other.example, not for localhost; connect by one of these names, or set tls.servername to the expected one',
    inKit:
      'TLS with localhost failed: wrong host name: the certificate is for DNS:other.example, not for localhost; connect by one of these names',
  },
  {
    name: 'for another address',
    certificate: wrongHost,
    trustsIssuer: true,
    sentence:
      'TLS with 127.0.0.1 failed: wrong host name: the certificate is for DNS:other.example, not for 127.0.0.1; connect by one of these names, or set tls.servername to the expected one',
    inKit:
      'TLS with 127.0.0.1 failed: wrong host name: the certificate is for DNS:other.example, not for 127.0.0.1; connect by one of these names',
  },
  {
    name: 'expired',
    certificate: expired,
    trustsIssuer: true,
    sentence:
      "TLS with 127.0.0.1 failed: the server's certificate, or one in its chain, has expired; renew it, and check the clock of this machine",
  },
  {
    name: 'not yet valid',
    certificate: notYetValid,
    trustsIssuer: true,
    sentence:
      "TLS with 127.0.0.1 failed: the server's certificate, or one in its chain, is not yet valid; check the clocks of both machines",
  },
  {
    name: 'self-signed',
    certificate: selfSigned,
    trustsIssuer: false,
    sentence:
      'TLS with 127.0.0.1 failed: the certificate is self-signed; pass this certificate as tls.ca if you trust it',
    inKit:
      'TLS with 127.0.0.1 failed: the certificate is self-signed; pass this certificate in the file of caPath if you trust it',
  },
  {
    name: 'self-signed, while another issuer is trusted',
    certificate: selfSigned,
    trustsIssuer: true,
    sentence:
      'TLS with 127.0.0.1 failed: the certificate is self-signed; pass this certificate as tls.ca if you trust it',
    inKit:
      'TLS with 127.0.0.1 failed: the certificate is self-signed; pass this certificate in the file of caPath if you trust it',
  },
  {
    name: 'of an untrusted issuer',
    certificate: good,
    trustsIssuer: false,
    sentence:
      'TLS with 127.0.0.1 failed: unknown issuer; pass the certificate of its issuer as tls.ca if you trust it, or have the server send its whole chain',
    inKit:
      'TLS with 127.0.0.1 failed: unknown issuer; pass the certificate of its issuer in the file of caPath if you trust it, or have the server send its whole chain',
  },
  {
    name: 'of an untrusted issuer, whose certificate comes with it',
    certificate: { ...good, cert: good.cert + ca.cert },
    trustsIssuer: false,
    sentence:
      'TLS with 127.0.0.1 failed: the chain ends in a self-signed certificate that is not trusted here; pass the certificate of its issuer as tls.ca if you trust it',
    inKit:
      'TLS with 127.0.0.1 failed: the chain ends in a self-signed certificate that is not trusted here; pass the certificate of its issuer in the file of caPath if you trust it',
  },
];

/** A server with this certificate that must not be asked for anything; its URL with `host`. */
async function listenWith(scope: Scope, { cert, key }: Certificate, host = '127.0.0.1'): Promise<string> {
  const requests = { upgrade: () => assert.fail('a request was sent') };
  const { port } = await listen(scope, requests, { tls: { cert, key } });
  return `wss://${host}:${port}/`;
}

/** The error event of a kit client that connects, or that it opened. */
async function kitOutcome(url: string, options: object): Promise<{ error?: unknown; event?: string }> {
  const ws = webSocket.createWebSocket();
  const outcome = new Inbox<{ error?: unknown; event?: string }>();
  ws.on('error', (event) => outcome.push({ error: event.cause, event: `error{${event.code},'${event.data}'}` }));
  ws.on('open', () => outcome.push({ event: 'open' }));
  const closed = new Promise((resolve) => ws.on('close', resolve));
  assert.equal(await ws.connect(url, { proxy: 'no-proxy', ...options }), true);
  const first = await outcome.next();
  if (first.event === 'open') {
    await ws.close();
    await closed;
  }
  return first;
}

describe('a certificate that is refused', () => {
  for (const { name, certificate, host, trustsIssuer, sentence, inKit = sentence } of table) {
    test(
      `${name}: by connect, whose error names the reason`,
      leavingNothing(async (scope) => {
        const url = await listenWith(scope, certificate, host);
        const options = {
          headers: { Authorization: 'Bearer secret' },
          ...(trustsIssuer ? { tls: { ca: ca.cert } } : {}),
        };
        const error = await rejectsWith(connect(url, options), 'ERR_WS_TLS');
        assert.equal(error.message, sentence);
        assert.equal(error.family, 'environment');
        assert.equal(error.status, undefined);
        assert.ok(error.cause instanceof Error, "with Node's error as its cause");
      }),
    );
    test(
      `${name}: by the kit, whose error carries the sentence`,
      leavingNothing(async (scope) => {
        const url = await listenWith(scope, certificate, host);
        const { event, error } = await kitOutcome(url, trustsIssuer ? { caPath: ca.certPath } : {});
        assert.equal(event, "error{200,'0'}");
        assert.ok(error instanceof WebSocketError);
        assert.equal(error.code, 'ERR_WS_TLS');
        assert.equal(error.message, inKit);
      }),
    );
  }
  test(
    'that a redirect leads to, and one after the tunnel of a proxy',
    leavingNothing(async (scope) => {
      const url = await listenWith(scope, selfSigned);
      const { url: redirecting } = await listen(scope, { upgrade: () => refuse(302, 'go', { Location: url }) });
      await rejectsWith(connect(redirecting, { maxRedirects: 1 }), 'ERR_WS_TLS', 'self-signed');
      const proxy = await ConnectProxy.listen();
      scope.defer(() => proxy.close());
      const options = { proxy: { host: '127.0.0.1', port: proxy.port } };
      await rejectsWith(connect(url, options), 'ERR_WS_TLS', 'self-signed');
      assert.equal(proxy.requests.length, 1);
    }),
  );
});

describe('verification is turned off by its option and by nothing else', () => {
  /** Runs `body` with an environment variable set. */
  async function withVariable(name: string, value: string, body: () => Promise<void>): Promise<void> {
    const before = process.env[name];
    process.env[name] = value;
    try {
      await body();
    } finally {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  }
  for (const { name, certificate, host } of table) {
    test(
      `${name}: taken with tls.rejectUnauthorized false, and with skipServerCertVerification`,
      leavingNothing(async (scope) => {
        const { cert, key } = certificate;
        const { port } = await listen(scope, {}, { tls: { cert, key } });
        const url = `wss://${host ?? '127.0.0.1'}:${port}/`;
        await open(scope, url, { tls: { rejectUnauthorized: false } });
        assert.equal((await kitOutcome(url, { skipServerCertVerification: true })).event, 'open');
      }),
    );
  }
  const kept: readonly (readonly [name: string, options: ConnectOptions])[] = [
    ['no tls option', {}],
    ['tls undefined', { tls: undefined }],
    ['tls: {}', { tls: {} }],
    ['rejectUnauthorized undefined', { tls: { rejectUnauthorized: undefined } as ConnectOptions['tls'] }],
    ['rejectUnauthorized true', { tls: { rejectUnauthorized: true } }],
    ['another servername', { tls: { servername: 'localhost' } }],
    ['a client certificate', { tls: { cert: good.cert, key: good.key } }],
  ];
  for (const [name, options] of kept) {
    test(
      `on with ${name}, whatever NODE_TLS_REJECT_UNAUTHORIZED says`,
      leavingNothing(async (scope) => {
        const url = await listenWith(scope, selfSigned);
        await withVariable('NODE_TLS_REJECT_UNAUTHORIZED', '0', async () => {
          await rejectsWith(connect(url, options), 'ERR_WS_TLS', 'self-signed');
        });
      }),
    );
  }
  for (const value of [null, 0, '', 'false', 'no'] as const) {
    test(`rejectUnauthorized ${JSON.stringify(value)} is a mistake, not a way to turn it off`, async () => {
      const tls = { rejectUnauthorized: value as unknown as boolean };
      await rejectsWith(connect('wss://127.0.0.1:1/', { tls }), 'ERR_WS_OPTION', 'tls.rejectUnauthorized');
    });
  }
  for (const value of [undefined, null, false, 0, '', Number.NaN]) {
    test(
      `on in the kit with skipServerCertVerification ${String(value)}, whatever NODE_TLS_REJECT_UNAUTHORIZED says`,
      leavingNothing(async (scope) => {
        const url = await listenWith(scope, selfSigned);
        await withVariable('NODE_TLS_REJECT_UNAUTHORIZED', '0', async () => {
          const { event } = await kitOutcome(url, { skipServerCertVerification: value });
          assert.equal(event, "error{200,'0'}");
        });
      }),
    );
  }
  test(
    'servername is verified in the place of the host',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, {}, { tls: { cert: wrongHost.cert, key: wrongHost.key } });
      await open(scope, `wss://127.0.0.1:${port}/`, { tls: { ca: ca.cert, servername: 'other.example' } });
    }),
  );
});
