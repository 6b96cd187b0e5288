// The addresses of host names: by `connection`, by a handle, from a test's own answers, and those that the application gives.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { webSocket } from '../../../src/kit/index.ts';
import { connection } from '../../../src/kits/connection/index.ts';
import { type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { both, failure } from './outcome.ts';

const address = (text: string) => ({ address: text, family: text.includes(':') ? 2 : 1, port: 0 });

describe('addresses', { timeout: 30_000 }, () => {
  let network: TestNetwork;

  beforeEach(() => {
    network = useNetwork({ names: { 'one.example': '192.0.2.1' } });
    network.dns('two.example', ['192.0.2.2', '2001:db8::2']);
  });
  afterEach(() => network.uninstall());

  test('of a name, in any case, and of an address', async () => {
    const one = [address('192.0.2.1')];
    assert.deepEqual(await both(connection.getAddressesByName, 'one.example'), [one, one]);
    assert.deepEqual(await connection.getAddressesByName('ONE.example'), one);
    assert.deepEqual(await connection.getAddressesByName('2001:db8::1'), [address('2001:db8::1')]);
  });

  test('several, all or of one family', async () => {
    const all = [address('192.0.2.2'), address('2001:db8::2')];
    const { FAMILY_TYPE_ALL, FAMILY_TYPE_IPV4, FAMILY_TYPE_IPV6 } = connection.FamilyType;
    assert.deepEqual(await connection.getAddressesByName('two.example'), all);
    const { getAddressesByNameWithOptions: lookUp } = connection;
    assert.deepEqual(await lookUp('two.example'), all);
    assert.deepEqual(await lookUp('two.example', { family: FAMILY_TYPE_ALL }), all);
    assert.deepEqual(await lookUp('two.example', { family: FAMILY_TYPE_IPV4 }), [all[0]]);
    assert.deepEqual(await lookUp('two.example', { family: FAMILY_TYPE_IPV6 }), [all[1]]);
    await assert.rejects(lookUp('two.example', { family: 9 as never }), { code: 2100001 });
    await assert.rejects(lookUp(''), { code: 2100001 });
  });

  test('by a handle', async () => {
    const handle = connection.getDefaultNetSync();
    const all = [address('192.0.2.2'), address('2001:db8::2')];
    const getAll = handle.getAddressesByName.bind(handle);
    const getOne = handle.getAddressByName.bind(handle);
    assert.deepEqual(await both(getAll, 'two.example'), [all, all]);
    assert.deepEqual(await both(getOne, 'two.example'), [all[0], all[0]]);
    assert.deepEqual(await handle.getAddressesByNameWithOptions('two.example', { family: 2 }), [all[1]]);
    const unsupported = { code: 801, message: 'Capability not supported.' };
    assert.deepEqual(await failure(handle.bindSocket.bind(handle), {}), [unsupported, unsupported]);
  });

  test('an unknown name and a lookup without an answer are 2100002, without a network 2100003', async () => {
    const get = connection.getAddressesByName;
    const service = { code: 2100002, message: 'Failed to connect to the service' };
    const internal = { code: 2100003, message: 'System internal error' };
    assert.deepEqual(await failure(get, 'nowhere.example'), [service, service]);
    network.dns('two.example', { fails: 'ENOTFOUND' });
    assert.deepEqual(await failure(get, 'two.example'), [service, service]);
    network.dns('two.example', { fails: 'EAI_AGAIN' });
    assert.deepEqual(await failure(get, 'two.example'), [service, service]);
    network.dns('two.example');
    network.goOffline();
    assert.deepEqual(await failure(get, 'one.example'), [internal, internal]);
    assert.deepEqual(await get('localhost'), [address('127.0.0.1')]);
  });

  test('wrong arguments are 401', async () => {
    const wrong = { code: 401, message: 'Parameter error' };
    for (const args of [[], [5], [''], [null]]) {
      assert.deepEqual(await failure(connection.getAddressesByName, ...args), [wrong, wrong], JSON.stringify(args));
    }
    await assert.rejects(
      (connection.getAddressesByName as unknown as (...args: unknown[]) => Promise<void>)('a', 5),
      wrong,
    );
  });

  test('a lookup takes its time', async () => {
    network.dns('late.example', { addresses: ['192.0.2.9'], delay: 300 });
    let found: unknown;
    void connection.getAddressesByName('late.example').then((addresses) => {
      found = addresses;
    });
    await network.advance(299);
    assert.equal(found, undefined);
    await network.advance(1);
    assert.deepEqual(found, [address('192.0.2.9')]);
  });

  test("the application's own addresses come first, for webSocket too", async () => {
    const server = network.peer('ws://192.0.2.7/', (peer) => peer.accept());
    await connection.addCustomDnsRule('Own.example', ['192.0.2.7', '192.0.2.8']);
    assert.deepEqual(await connection.getAddressesByName('own.example'), [address('192.0.2.7'), address('192.0.2.8')]);
    const ws = webSocket.createWebSocket();
    await ws.connect('ws://own.example/');
    await network.settle();
    assert.equal(server.connections.length, 1);
    await ws.close();
    assert.deepEqual(await both(connection.removeCustomDnsRule, 'own.example'), [undefined, undefined]);
    await assert.rejects(connection.getAddressesByName('own.example'), { code: 2100002 });
    assert.deepEqual(await both(connection.addCustomDnsRule, 'a.example', ['192.0.2.7']), [undefined, undefined]);
    assert.deepEqual(await both(connection.clearCustomDnsRules), [undefined, undefined]);
    await assert.rejects(connection.getAddressesByName('a.example'), { code: 2100002 });
  });

  test('rules that are wrong are 401', async () => {
    const wrong = { code: 401, message: 'Parameter error' };
    for (const args of [
      ['', ['192.0.2.1']],
      ['a.example', []],
      ['a.example', ['x']],
      ['a.example', '192.0.2.1'],
      [5, ['192.0.2.1']],
    ]) {
      assert.deepEqual(await failure(connection.addCustomDnsRule, ...args), [wrong, wrong], JSON.stringify(args));
    }
    assert.deepEqual(await failure(connection.removeCustomDnsRule, 5), [wrong, wrong]);
  });
});
