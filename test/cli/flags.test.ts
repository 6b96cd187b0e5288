// Options of the command that are options of the engine: each has its effect, and the error that it leads to names it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { WebSocket } from 'ws';
import { connectionBounds, flagOf, handshakeBounds } from '../../cli/bounds.ts';
import { connectDefaults } from '../../src/client/options.ts';
import { connectionOptions } from '../../src/core/connection/complete-settings.ts';
import { defaultHeartbeat } from '../../src/core/connection/heartbeat.ts';
import { certificates } from '../support/certificates.ts';
import { run, serve } from './command.ts';
import { listen } from './peer.ts';

describe('limits of connect', { timeout: 120_000 }, () => {
  for (const [flag, value, speak, said] of [
    ['--max-message-size', '4', (socket: WebSocket) => socket.send('hello'), '--max-message-size (4 bytes)'],
    ['--max-frame-size', '4', (socket: WebSocket) => socket.send('hello'), '--max-frame-size (4 bytes)'],
    [
      '--max-fragments',
      '2',
      (socket: WebSocket) => {
        for (const fin of [false, false, true]) socket.send('x', { fin });
      },
      'more than --max-fragments (2) frames; raise it',
    ],
    [
      '--max-empty-fragments',
      '1',
      (socket: WebSocket) => {
        for (const fin of [false, false, false, true]) socket.send('', { fin });
      },
      '--max-empty-fragments (1)',
    ],
  ] as const) {
    test(`${flag} ${value}`, async (t) => {
      const { url } = await listen(t, speak);
      const command = run(t, ['connect', url, flag, value, '--wait', 'forever'], { input: '' });
      assert.equal(await command.exit, 1);
      assert.ok(command.stderr.includes(said), command.stderr);
    });
  }

  test('--max-redirects follows as many', async (t) => {
    const { url } = await listen(t, (socket) => socket.close(1000));
    const redirecting = createServer((_, response) => response.writeHead(302, { Location: url }).end());
    t.after(() => void redirecting.close());
    redirecting.listen(0, '127.0.0.1');
    await once(redirecting, 'listening');
    const first = `ws://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
    assert.equal(await run(t, ['connect', first, '--max-redirects', '1'], { input: '' }).exit, 0);
    assert.equal(await run(t, ['connect', first], { input: '' }).exit, 1);
  });

  test('--servername: the name that the certificate must be for', async (t) => {
    const { ca, server } = certificates();
    const { sockets } = await serve(t, '--cert', server.certPath, '--key', server.keyPath);
    const connect = ['connect', sockets, '--ca', ca.certPath, '--wait', '0'];
    assert.equal(await run(t, connect, { input: '' }).exit, 0);
    const other = run(t, [...connect, '--servername', 'other.example'], { input: '' });
    assert.equal(await other.exit, 1);
    assert.match(other.stderr, /wrong host name: .*not for .*set --servername to the expected one\n/);
  });

  test('the defaults that the help tells are those of the engine', () => {
    const { limits, messageTimeout } = connectionOptions('client', {}, defaultHeartbeat);
    const defaults: Record<string, unknown> = { ...limits, messageTimeout, ...connectDefaults };
    for (const { option, help } of [...connectionBounds, ...handshakeBounds]) {
      const told = /\(default (\d+)/.exec(help)?.[1];
      const name = option.replace('limits.', '');
      if (told === undefined || name.startsWith('heartbeat')) continue;
      assert.equal(Number(told), defaults[name], flagOf(option));
    }
  });
});

test('a limit of serve: the client is told, and the log names the flag', { timeout: 120_000 }, async (t) => {
  const { command, sockets } = await serve(t, '--max-message-size', '4');
  const client = run(t, ['connect', sockets, '--wait', 'forever'], { input: 'hello\n' });
  await command.seen(/#1 {4}error .*exceeds --max-message-size \(4 bytes\); raise it, or split the data/);
  assert.notEqual(await client.exit, 0);
});
