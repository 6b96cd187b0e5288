// Servers that ask for a client certificate. With TLS 1.3 the client's part of the handshake ends before the server has
// looked for the certificate: the refusal comes instead of the response.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import { listen, open } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';

const { ca, server, client, selfSigned } = certificates();

async function listenForCertificates(scope: Scope): Promise<string> {
  const tls = { cert: server.cert, key: server.key, requestCert: true, ca: ca.cert };
  return (await listen(scope, {}, { tls })).url;
}

describe('a server that asks for a client certificate', () => {
  test(
    'takes one of its authority',
    leavingNothing(async (scope) => {
      const url = await listenForCertificates(scope);
      await open(scope, url, { tls: { ca: ca.cert, cert: client.cert, key: client.key } });
    }),
  );
  test(
    'and gets none: ERR_WS_TLS, in one line, which says what to set',
    leavingNothing(async (scope) => {
      const url = await listenForCertificates(scope);
      const error = await rejectsWith(
        connect(url, { tls: { ca: ca.cert } }),
        'ERR_WS_TLS',
        'TLS with 127.0.0.1 failed: the server asks for a client certificate; set tls.cert and tls.key',
      );
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
      assert.equal(error.phase, 'upgrade');
      assert.doesNotMatch(error.message, /[\r\n]/);
    }),
  );
  test(
    'and gets one of another authority: it only hangs up, and the text names the certificate',
    leavingNothing(async (scope) => {
      const url = await listenForCertificates(scope);
      const { cert, key } = selfSigned;
      await rejectsWith(
        connect(url, { tls: { ca: ca.cert, cert, key } }),
        'ERR_WS_HANDSHAKE_LOST',
        'that it accepts this client certificate',
      );
    }),
  );
});
