// Certificates of a server that listens: others for the names that clients ask for (`tls.sni`), and new ones in the place of
// old ones (`setSecureContext`), while connections stay.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, test } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { connect, createServer, type NamedTlsOptions, type ServerTlsOptions } from '../../src/engine/index.ts';
import { certificates, passphrase } from '../support/certificates.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const { ca, server: local, wrongHost: other, selfSigned, client, encryptedClient } = certificates();

function pair({ cert, key }: { cert: string; key: string }): NamedTlsOptions {
  return { cert, key };
}

/** Which certificate a client gets, `none` where its handshake fails. */
async function shown(scope: Scope, port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  scope.defer(() => socket.destroy());
  try {
    await once(socket, 'secureConnect');
  } catch {
    return 'none';
  }
  const { fingerprint256 } = socket.getPeerCertificate();
  await ended(socket);
  for (const [name, { cert }] of Object.entries({ local, other, selfSigned, client })) {
    if (fingerprint256 === fingerprintOf(cert)) return name;
  }
  return fingerprint256;
}

async function ended(socket: TLSSocket): Promise<void> {
  socket.destroy();
  if (!socket.closed) await once(socket, 'close');
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

describe('setSecureContext', () => {
  test('new handshakes get the new certificate; a connection stays, and so does a handshake that has begun', () =>
    leavingNothing(async (scope) => {
      const { server, port, url } = await listen(
        scope,
        { message: (connection, data) => void connection.send(data) },
        { tls: serverCertificate() },
      );
      const connection = await open(scope, url, { tls: trust() });
      const begun = connectTcp(port, '127.0.0.1');
      scope.defer(() => begun.destroy());
      await once(begun, 'connect');
      assert.equal(await shown(scope, port), 'local');
      server.setSecureContext(pair(other));
      assert.equal(await shown(scope, port), 'other');
      connection.send('still here');
      assert.equal((await connection[Symbol.asyncIterator]().next()).value, 'still here');
      const late = connectTls({ socket: begun, rejectUnauthorized: false });
      await once(late, 'secureConnect');
      await ended(late);
      server.setSecureContext(serverCertificate());
      await (await open(scope, url, { tls: trust() })).close();
      assert.equal(server.connections.size >= 1, true);
    })());

  test('all listeners with TLS, and none without', () =>
    leavingNothing(async (scope) => {
      const { server, port } = await listen(scope, {}, { tls: serverCertificate() });
      const second = await server.listen({ host: '127.0.0.1', tls: serverCertificate() });
      const plain = await server.listen({ host: '127.0.0.1' });
      server.setSecureContext(pair(other));
      assert.deepEqual([await shown(scope, port), await shown(scope, second.port)], ['other', 'other']);
      await (await connect(`ws://127.0.0.1:${plain.port}/`)).close();
    })());

  test('what cannot be used is refused, and the old one stays', () =>
    leavingNothing(async (scope) => {
      const { server, port } = await listen(scope, {}, { tls: serverCertificate() });
      const table: readonly (readonly [tls: unknown, hasCause: boolean, ...parts: string[]])[] = [
        [{ cert: local.cert, key: other.key }, true, 'tls.key', 'key values mismatch'],
        [
          { cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', key: local.key },
          true,
          'tls.cert',
          'not readable',
        ],
        [
          { cert: local.cert, key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' },
          true,
          'tls.key',
          'not usable',
        ],
        [{ cert: local.certPath, key: local.key }, false, 'tls.cert', 'the content of a PEM file, not its path'],
        [{ cert: local.cert, key: encryptedClient.key, passphrase }, true, 'key values mismatch'],
        [{ cert: local.cert }, false, 'tls.key'],
        [{}, false, 'tls.cert'],
        [{ ...pair(local), colour: 1 }, false, 'tls.colour'],
        [
          { ...pair(local), requestCert: true, ca: ca.cert },
          false,
          'tls.requestCert is true; expected false, as listen had it',
        ],
        [{ ...pair(local), sni: {} }, false, 'tls.sni', 'listen({ tls: { sni: {} } }) makes room for it'],
      ];
      for (const [tls, hasCause, ...parts] of table) {
        assert.throws(
          () => server.setSecureContext(tls as ServerTlsOptions),
          (error) => {
            const { cause, message } = isError(error, 'ERR_WS_OPTION', ...parts);
            assert.equal(cause !== undefined, hasCause, message);
            assert.ok(!message.includes('PRIVATE'));
            return true;
          },
        );
      }
      assert.throws(() => server.setSecureContext(undefined as never), { code: 'ERR_WS_OPTION' });
      assert.equal(await shown(scope, port), 'local');
    })());

  test('one of several listeners that cannot take it: none does', () =>
    leavingNothing(async (scope) => {
      const { server, port } = await listen(scope, {}, { tls: serverCertificate() });
      const second = await server.listen({ host: '127.0.0.1', tls: { ...serverCertificate(), sni: {} } });
      assert.throws(() => server.setSecureContext({ ...pair(other), sni: {} }), { code: 'ERR_WS_OPTION' });
      assert.deepEqual([await shown(scope, port), await shown(scope, second.port)], ['local', 'local']);
    })());

  test('without a listener with TLS it is refused', () =>
    leavingNothing(async (scope) => {
      const { server } = await listen(scope);
      assert.throws(() => server.setSecureContext(pair(local)), {
        code: 'ERR_WS_OPTION',
        message: /call listen\(\{ tls: \{ cert, key \} \}\) first/,
      });
      const ended = createServer();
      await ended.listen({ host: '127.0.0.1', tls: serverCertificate() });
      await ended.close();
      assert.throws(() => ended.setSecureContext(pair(local)), { code: 'ERR_WS_OPTION' });
    })());

  test('client certificates are asked for as before; their issuers must be given again', () =>
    leavingNothing(async (scope) => {
      const { server, url } = await listen(
        scope,
        {},
        { tls: { ...serverCertificate(), requestCert: true, ca: ca.cert } },
      );
      assert.throws(() => server.setSecureContext(pair(local)), { code: 'ERR_WS_OPTION', message: /tls\.ca/ });
      server.setSecureContext({ ...pair(local), ca: ca.cert });
      await rejectsWith(connect(url, { tls: trust() }), 'ERR_WS_TLS');
      const connection = await connect(url, { tls: { ...trust(), ...pair(client) } });
      await connection.close();
      // Other issuers: this one is not known any more.
      server.setSecureContext({ ...pair(local), ca: selfSigned.cert });
      await assert.rejects(connect(url, { tls: { ...trust(), ...pair(client) } }));
    })());

  test('thirty times under load: every connection opens, with one certificate or the other', () =>
    leavingNothing(async (scope) => {
      const { server, url } = await listen(scope, {}, { tls: serverCertificate() });
      let isOver = false;
      const swap = (async () => {
        for (let count = 0; count < 30; count++) {
          server.setSecureContext(pair(count % 2 === 0 ? selfSigned : local));
          await new Promise((resolve) => setImmediate(resolve));
        }
        isOver = true;
      })();
      let opened = 0;
      const clients = Array.from({ length: 4 }, async () => {
        while (!isOver || opened < 8) {
          const connection = await connect(url, { tls: { ca: [ca.cert, selfSigned.cert] } });
          opened++;
          connection.terminate();
          await connection.closed;
        }
      });
      await Promise.all([swap, ...clients]);
    })());
});

describe('tls.sni', () => {
  const table: readonly (readonly [servername: string, expected: string])[] = [
    ['', 'local'],
    ['else.example', 'local'],
    ['a.example', 'other'],
    ['A.EXAMPLE', 'other'],
    ['b.example', 'local'],
    ['x.b.example', 'selfSigned'],
    ['x.y.b.example', 'local'],
    ['constructor', 'local'],
  ];
  test('by name: exact, then one label before it; the listener’s for others', () =>
    leavingNothing(async (scope) => {
      const sni = { 'A.example': pair(other), '*.b.example': pair(selfSigned) };
      const { server, port } = await listen(scope, {}, { tls: { ...serverCertificate(), sni } });
      for (const [servername, expected] of table)
        assert.equal(await shown(scope, port, { servername }), expected, servername);
      server.setSecureContext({ ...pair(other), sni: { 'else.example': pair(selfSigned) } });
      assert.equal(await shown(scope, port, { servername: 'else.example' }), 'selfSigned');
      assert.equal(await shown(scope, port, { servername: 'x.b.example' }), 'other');
      server.setSecureContext(pair(local));
      assert.equal(await shown(scope, port, { servername: 'else.example' }), 'local');
    })());

  test('by a function, at once or later; it is asked for each handshake, with the name in lower case', () =>
    leavingNothing(async (scope) => {
      const asked: string[] = [];
      const options = pair(other);
      const sni = (name: string): NamedTlsOptions | undefined | Promise<NamedTlsOptions> => {
        asked.push(name);
        if (name === 'a.example') return options;
        return name === 'later.example' ? Promise.resolve(pair(selfSigned)) : undefined;
      };
      const { port } = await listen(scope, {}, { tls: { ...serverCertificate(), sni } });
      assert.equal(await shown(scope, port, { servername: 'A.example' }), 'other');
      assert.equal(await shown(scope, port, { servername: 'a.example' }), 'other');
      assert.equal(await shown(scope, port, { servername: 'later.example' }), 'selfSigned');
      assert.equal(await shown(scope, port, { servername: 'x.example' }), 'local');
      assert.equal(await shown(scope, port, {}), 'local');
      assert.deepEqual(asked, ['a.example', 'a.example', 'later.example', 'x.example']);
    })());

  test('a function that fails, or gives what cannot be used: that handshake fails, and failed is told', () =>
    leavingNothing(async (scope) => {
      const failures = new Inbox<unknown>();
      const mistake = new Error('no database');
      const sni = ((name: string) => {
        if (name === 'throws.example') throw mistake;
        if (name === 'rejects.example') return Promise.reject(mistake);
        return name === 'wrong.example' ? { cert: local.cert, key: other.key } : 5;
      }) as never;
      const { port } = await listen(
        scope,
        { failed: (error, subject) => void failures.push([error, subject]) },
        { tls: { ...serverCertificate(), sni } },
      );
      for (const servername of ['throws.example', 'rejects.example']) {
        assert.equal(await shown(scope, port, { servername }), 'none');
        assert.deepEqual(await failures.next(), [mistake, undefined]);
      }
      for (const servername of ['wrong.example', 'number.example']) {
        assert.equal(await shown(scope, port, { servername }), 'none');
        const [error] = (await failures.next()) as [Error];
        isError(error, 'ERR_WS_OPTION', `tls.sni("${servername}")`, 'a certificate and its key');
        assert.ok(error.cause !== undefined);
      }
    })());

  test('without a failed handler it is a warning, printed once, and the server goes on', () =>
    leavingNothing(async (scope) => {
      const warnings: string[] = [];
      const listener = (warning: Error): void => void warnings.push(warning.message);
      process.on('warning', listener);
      scope.defer(() => process.off('warning', listener));
      const sni = (): never => {
        throw new Error('no database');
      };
      const { port } = await listen(scope, {}, { tls: { ...serverCertificate(), sni } });
      for (let count = 0; count < 3; count++)
        assert.equal(await shown(scope, port, { servername: 'a.example' }), 'none');
      assert.equal(await shown(scope, port, {}), 'local');
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /no database/);
    })());

  const wrong: readonly (readonly [sni: unknown, ...parts: string[]])[] = [
    ['a.example', 'tls.sni', 'an object of names'],
    [[], 'tls.sni'],
    [{ 'https://a.example': pair(local) }, 'host names such as'],
    [{ '127.0.0.1': pair(local) }, 'clients ask for no addresses'],
    [{ '*': pair(local) }, 'host names such as'],
    [{ 'a.example': { cert: local.cert } }, 'tls.sni["a.example"].key'],
    [{ 'a.example': { ...pair(local), ca: ca.cert } }, 'use tls.ca, for all names'],
    [{ 'a.example': { cert: local.cert, key: other.key } }, 'tls.sni["a.example"].key', 'key values mismatch'],
    [{ 'a.example': pair(local), 'A.example': pair(local) }, 'each name once'],
  ];
  for (const [sni, ...parts] of wrong) {
    test(`refused: ${JSON.stringify(sni).slice(0, 40)}`, async () => {
      const tls = { ...serverCertificate(), sni } as ServerTlsOptions;
      await rejectsWith(createServer().listen({ host: '127.0.0.1', tls }), 'ERR_WS_OPTION', ...parts);
    });
  }
});
