// The engine and the kit on every runtime that the README names: each runs the same program, which must print the same.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { repository } from '../support/command.ts';
import { serverCertificate, trust } from '../support/engine.ts';

const program = fileURLToPath(new URL('program.mjs', import.meta.url));
const unhandled = fileURLToPath(new URL('unhandled.mjs', import.meta.url));
const installed = join(repository, 'node_modules/.cache/runtimes/node_modules');
const platform = `${process.platform}-${process.arch}`;

/** How a runtime is started. Its binary is the first of the places that exists. */
interface Runtime {
  readonly name: string;
  readonly places: readonly string[];
  readonly parameters?: readonly string[];
}

const runtimes: readonly Runtime[] = [
  ...[20, 22, 24, 26].map((version) => ({ name: `Node ${version}`, places: [`node-${version}/bin/node`] })),
  // npm links to a script that a postinstall may have put in the place of the binary.
  {
    name: 'Bun',
    places: [`@oven/bun-${platform.replace('arm64', 'aarch64')}/bin/bun`, 'bun/bin/bun.exe'],
    parameters: ['run'],
  },
  {
    name: 'Deno',
    places: [`@deno/${platform}${process.platform === 'linux' ? '-glibc' : ''}/deno`],
    parameters: ['run', '--allow-all', '--no-lock'],
  },
];

const expected = [
  'echo: 12 messages, no extensions, 1000 true',
  'echo, compressed: 12 messages, permessage-deflate, 1000 true',
  'echo over TLS: 12 messages, no extensions, 1000 true',
  'TLS that is not trusted: ERR_WS_TLS',
  'fragments, ping and pong: ["are you there","one, two"]',
  'upgrade: context, subprotocol, header, refusal: ["Ada","b","Ada","ERR_WS_REFUSED",401]',
  'publish: [3,"something","something","something"]',
  'closing by either end, and by drain: ["4001 enough true","4002 bye true","1001 server is going away true","{\\"closed\\":1,\\"terminated\\":0,\\"codes\\":{\\"1001\\":1}}"]',
  'peers that break the rules, or leave: ["1006 ERR_WS_NOT_MASKED","1006 ERR_WS_LOST","1006 ERR_WS_LOST","1006 ERR_WS_LOST"]',
  'a silent peer: ERR_WS_HEARTBEAT',
  'a slow reader: all of it came',
  'attached to an HTTP server: ["page","hello",404]',
  'giving up: ["ERR_WS_CONNECT","connect() was aborted by its signal"]',
  'the kit: ["open 101","client: hello 127.0.0.1","client: 3 bytes","server: 70000 bytes","server: bye","1000 as you wish","left 1000",true,200]',
  'end',
];

for (const runtime of runtimes) {
  const binary = runtime.places.map((place) => join(installed, place)).find(existsSync);
  const missing = `${runtime.name} is not installed; node scripts/install-runtimes.mjs`;
  // As of all peers: a green CI run has met every one.
  if (binary === undefined && process.env.CI === 'true' && platform === 'linux-x64') throw new Error(missing);

  test(`${runtime.name}: engine and kit, both roles, and it ends by itself`, {
    skip: binary === undefined && missing,
  }, async () => {
    const { code, lines, errors } = await run(binary as string, runtime.parameters ?? [], program);
    assert.deepEqual(lines, expected, errors);
    assert.deepEqual([code, errors], [0, '']);
  });

  test(`${runtime.name}: rejections of the kit that nobody handles are lines, others are not its business`, {
    skip: binary === undefined && missing,
  }, async () => {
    const { code, lines, errors } = await run(binary as string, runtime.parameters ?? [], unhandled);
    assert.deepEqual([code, lines], [0, ['handled', 'alive']], errors);
    const calls = Array.from(errors.matchAll(/^harmony-websocket: (\S+) failed with (\S+) /gm), ([, call, number]) => [
      call,
      number,
    ]);
    assert.deepEqual(calls.sort(), [
      ['WebSocket.close', '2302999'],
      ['WebSocket.send', '-1'],
      ['WebSocketServer.stop', '2302999'],
    ]);
    assert.equal(errors.trimEnd().split('\n').length, 3, errors);
    const other = await run(binary as string, runtime.parameters ?? [], unhandled, 'own');
    assert.equal(other.code, 1);
    assert.match(other.errors, /Error: own|error: own/);
  });
}

interface Outcome {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

function run(
  binary: string,
  parameters: readonly string[],
  file: string,
  ...further: readonly string[]
): Promise<Outcome> {
  const dist = pathToFileURL(join(repository, 'dist')).href;
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(binary, [...parameters, file, dist, ...further], {
    env: {
      ...environment,
      NO_COLOR: '1',
      CERT: `${serverCertificate().cert}\n${trust().ca}`,
      KEY: serverCertificate().key,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, lines: printed.stdout.trimEnd().split('\n'), errors: printed.stderr }));
  });
}
