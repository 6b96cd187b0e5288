// Redirects of the kit's client: which hosts they may lead to, and what goes with them.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { type Configuration, configure } from '../../src/kit/configure.ts';
import type { BusinessError } from '../../src/kit/index.ts';
import { recordedClient } from './recorder.ts';
import { ScriptedServer } from './scripted-server.ts';

const restores: (() => void)[] = [];
const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const restore of restores.splice(0)) restore();
  for (const server of servers.splice(0)) await server.close();
});
function set(configuration: Configuration): void {
  restores.push(configure(configuration));
}

/** Listens to the end of the test. */
async function listen(script: Parameters<typeof ScriptedServer.listen>[0]): Promise<ScriptedServer> {
  const server = await ScriptedServer.listen(script);
  servers.push(server);
  return server;
}

/** A server that sends its clients elsewhere. */
function redirecting(location: string): Promise<ScriptedServer> {
  return listen(async (peer) => {
    await peer.request();
    peer.socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
  });
}

/** A server that takes clients, and the requests that it got. */
async function taking(): Promise<{ server: ScriptedServer; requests: string[]; port: string }> {
  const requests: string[] = [];
  const server = await listen(async (peer) => {
    requests.push(await peer.open());
    peer.socket.end();
  });
  return { server, requests, port: new URL(server.url).port };
}

/** Connects, and tells the first of open and error. */
async function first(url: string, options: object = {}): Promise<{ event: string; error: BusinessError | undefined }> {
  const { ws, trace } = recordedClient();
  let error: BusinessError | undefined;
  ws.on('error', (given) => {
    error = given;
    trace.record(`error{${given.code},'${given.data}'}`);
  });
  assert.equal(await ws.connect(url, options), true);
  const [event = ''] = await Promise.race([trace.until('open{'), trace.until('error{')]);
  await Promise.race([trace.until('close{'), trace.until('error{')]);
  return { event, error };
}

describe('allowedDomains on every hop [kit §8 domains; kit §3.4 redirects]', { timeout: 60_000 }, () => {
  test('a redirect to another host is not followed, and that host hears nothing', async () => {
    const { requests, port } = await taking();
    const door = await redirecting(`ws://localhost:${port}/`);
    set({ allowedDomains: ['127.0.0.1'] });
    const { event, error } = await first(door.url);
    assert.equal(event, "error{200,'302'}");
    assert.deepEqual(requests, []);
    const cause = error?.cause as BusinessError;
    assert.deepEqual({ ...cause }, { code: 2302998, message: 'It is not allowed to access this domain' });
    assert.match(String(cause.cause), /host "localhost" is not in allowedDomains/);
  });

  test('each hop is asked for, by its host in lower case and without brackets and port', async () => {
    const { requests, port } = await taking();
    const second = await redirecting(`http://LOCALHOST:${port}/`);
    const door = await redirecting(second.url);
    const asked: string[] = [];
    set({ allowedDomains: (host) => asked.push(host) > 0 });
    assert.equal((await first(door.url)).event, 'open{101}');
    assert.deepEqual(asked, ['127.0.0.1', '127.0.0.1', 'localhost']);
    assert.equal(requests.length, 1);
  });

  test('what was configured when connect was called decides', async () => {
    const { port } = await taking();
    const restore = configure({ allowedDomains: ['127.0.0.1'] });
    const door = await listen(async (peer) => {
      await peer.request();
      restore();
      peer.socket.end(`HTTP/1.1 302 Found\r\nLocation: ws://localhost:${port}/\r\nContent-Length: 0\r\n\r\n`);
    });
    assert.equal((await first(door.url)).event, "error{200,'302'}");
  });

  test('a hook that throws stops it', async () => {
    const { requests, port } = await taking();
    const door = await redirecting(`ws://localhost:${port}/`);
    set({
      allowedDomains: (host) => {
        if (host === 'localhost') throw new Error('mine');
        return true;
      },
    });
    const { event, error } = await first(door.url);
    assert.equal(event, "error{200,'302'}");
    assert.match(String(error?.cause), /mine/);
    assert.deepEqual(requests, []);
  });
});

describe('headers across origins [kit §3.4 redirects]', { timeout: 60_000 }, () => {
  const options = { header: { 'X-Api-Key': 'secret', Authorization: 'secret', Cookie: 'secret' }, protocol: 'chat' };

  test('fields of the option header stay at the first origin; Origin and subprotocols go along', async () => {
    const { requests, port } = await taking();
    const door = await redirecting(`ws://localhost:${port}/`);
    assert.equal((await first(door.url, options)).event, 'open{101}');
    assert.doesNotMatch(requests[0] ?? '', /secret/);
    assert.match(requests[0] ?? '', /^Origin: http:\/\/127\.0\.0\.1\r$/im);
    assert.match(requests[0] ?? '', /^Sec-WebSocket-Protocol: chat\r$/im);
  });

  test('within an origin they go along', async () => {
    const requests: string[] = [];
    const server = await listen(async (peer) => {
      const request = requests.length === 0 ? await peer.request() : await peer.open();
      requests.push(request);
      peer.socket.end(requests.length === 1 ? 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n' : '');
    });
    assert.equal((await first(server.url, options)).event, 'open{101}');
    assert.equal(requests[1]?.match(/secret/g)?.length, 3);
  });
});
