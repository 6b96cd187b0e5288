import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { admits } from '../../src/kit/server/admission.ts';
import { Client, ConnectionTable } from '../../src/kit/server/connection-table.ts';
import { serverConfig } from '../../src/kit/server/server-config.ts';
import { certificates } from '../support/certificates.ts';

const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
const full = { serverPort: 8080, ...limits };
const missing = { certPath: '/nonexistent.pem', keyPath: '/nonexistent.key' };

describe('kit specification §4.1: arguments of start', () => {
  test('defaults [kit §4.1 limits; S29; kit §1.8 serverIP]', () => {
    assert.deepEqual(serverConfig([{ serverPort: 8080 }]), {
      host: '0.0.0.0',
      port: 8080,
      certificate: undefined,
      subprotocols: ['lws_server'],
      limits: { maxClients: 10, maxConnectionsPerClient: 10, hasBans: false },
    });
  });

  test('everything', () => {
    const { certPath, keyPath, cert, key } = certificates().server;
    const config = serverConfig([
      {
        serverIP: '::1',
        serverPort: 0,
        maxConcurrentClientsNumber: 0,
        maxConnectionsForOneClient: 3,
        protocol: 'chat, superchat',
        serverCert: { certPath, keyPath },
      },
      true,
    ]);
    assert.deepEqual(config, {
      host: '::1',
      port: 0,
      certificate: { cert: Buffer.from(cert), key: Buffer.from(key) },
      subprotocols: ['chat', 'superchat'],
      limits: { maxClients: 0, maxConnectionsPerClient: 3, hasBans: false },
    });
  });

  for (const args of [[], [null], [undefined], ['x'], [5], [() => {}]]) {
    test(`(${args.map(String)}) is 401 [kit §4.1 arguments]`, () =>
      assert.throws(() => serverConfig(args), { code: 401 }));
  }

  const refused: [name: string, config: object, code: number][] = [
    ['serverIP 0.0.0.0..', { ...full, serverIP: '0.0.0.0..' }, 2302004],
    ['serverIP a name [kit §4.1 serverIP]', { ...full, serverIP: 'localhost' }, 2302004],
    ['no serverPort [kit §4.1 port]', { ...limits }, 2302005],
    ['serverPort a string', { ...full, serverPort: '80' }, 2302005],
    ['serverPort NaN', { ...full, serverPort: Number.NaN }, 2302005],
    ['serverPort -1', { ...full, serverPort: -1 }, 2302005],
    ['serverPort 65536', { ...full, serverPort: 65536 }, 2302005],
    ['serverPort astronomically large [kit §4.1 port]', { ...full, serverPort: 2 ** 32 + 8080 }, 2302005],
    [
      'maxConcurrentClientsNumber 11 [kit §4.3 ceiling; kit §1.8 maxConcurrentClientsNumber]',
      { ...full, maxConcurrentClientsNumber: 11 },
      2302999,
    ],
    ['maxConnectionsForOneClient 11 [kit §4.3 ceiling]', { ...full, maxConnectionsForOneClient: 11 }, 2302999],
    ['maxConnectionsForOneClient -1', { ...full, maxConnectionsForOneClient: -1 }, 2302999],
    ['certificate files that do not exist', { ...full, serverCert: missing }, 2302002],
  ];
  for (const [name, config, code] of refused) {
    test(`${name} is ${code}`, () => assert.throws(() => serverConfig([config]), { code }));
  }

  test('a key that does not exist is 2302002, a malformed certificate 2302999 [kit §4.1 serverCert]', () => {
    const { certPath, keyPath } = certificates().server;
    assert.throws(() => serverConfig([{ ...full, serverCert: { certPath, keyPath: '/nonexistent' } }]), {
      code: 2302002,
    });
    assert.throws(() => serverConfig([{ ...full, serverCert: { certPath, keyPath: '' } }]), { code: 2302002 });
    assert.throws(() => serverConfig([{ ...full, serverCert: { certPath: keyPath, keyPath } }]), { code: 2302999 });
  });

  const absent: [name: string, field: object][] = [
    ['serverIP undefined [kit §4.1 serverIP]', { serverIP: undefined }],
    ['serverIP empty', { serverIP: '' }],
    ['empty certificate paths', { serverCert: { certPath: '', keyPath: '' } }],
    ['protocol empty', { protocol: '' }],
    ['limits of other types [kit §4.1 limits]', { maxConcurrentClientsNumber: '1', maxConnectionsForOneClient: null }],
  ];
  for (const [name, field] of absent) {
    test(`${name} counts as absent`, () => {
      assert.deepEqual(serverConfig([{ serverPort: 8080, ...field }]), serverConfig([{ serverPort: 8080 }]));
    });
  }

  test('kit §2.3: the first failure wins: address, port, limits, certificate [kit §2.3 start]', () => {
    const wrong = {
      serverIP: 'x',
      serverPort: -1,
      maxConcurrentClientsNumber: 11,
      maxConnectionsForOneClient: 11,
      serverCert: missing,
    };
    const code = (config: object) => {
      try {
        serverConfig([config]);
      } catch (error) {
        return (error as { code: number }).code;
      }
      return undefined;
    };
    assert.equal(code(wrong), 2302004);
    assert.equal(code({ ...wrong, serverIP: '' }), 2302005);
    assert.equal(code({ ...wrong, serverIP: '', serverPort: 1 }), 2302999);
    assert.equal(code({ ...wrong, serverIP: '', serverPort: 1, ...limits }), 2302002);
  });
});

describe('kit specification §4.3: admission', () => {
  function tableOf(...ips: string[]): ConnectionTable {
    const table = new ConnectionTable();
    for (const [index, ip] of ips.entries()) table.add(new Client(ip, index + 1));
    return table;
  }

  test('different addresses, counting the newcomer [kit §4.3 2 clients]', () => {
    const two = { maxClients: 2, maxConnectionsPerClient: 10, hasBans: false };
    assert.equal(admits(two, tableOf('10.0.0.1'), '10.0.0.2'), true);
    assert.equal(admits(two, tableOf('10.0.0.1', '10.0.0.2'), '10.0.0.3'), false);
    assert.equal(admits(two, tableOf('10.0.0.1', '10.0.0.2'), '10.0.0.2'), true);
  });

  test('connections of one address [kit §4.3 3 connections]', () => {
    const two = { maxClients: 10, maxConnectionsPerClient: 2, hasBans: false };
    assert.equal(admits(two, tableOf('10.0.0.1', '10.0.0.2'), '10.0.0.1'), true);
    assert.equal(admits(two, tableOf('10.0.0.1', '10.0.0.1'), '10.0.0.1'), false);
    assert.equal(admits(two, tableOf('10.0.0.1', '10.0.0.1'), '10.0.0.2'), true);
  });

  test('an explicit 0 admits nobody [kit §4.1 limits]', () => {
    assert.equal(admits({ maxClients: 0, maxConnectionsPerClient: 10, hasBans: false }, tableOf(), '10.0.0.1'), false);
    assert.equal(admits({ maxClients: 10, maxConnectionsPerClient: 0, hasBans: false }, tableOf(), '10.0.0.1'), false);
  });

  test('a client that has left no longer counts', () => {
    const table = tableOf('10.0.0.1');
    for (const client of table) table.remove(client);
    assert.equal(table.ipCount, 0);
    assert.equal(admits({ maxClients: 1, maxConnectionsPerClient: 1, hasBans: false }, table, '10.0.0.2'), true);
  });
});
