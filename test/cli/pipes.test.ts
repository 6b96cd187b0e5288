// The command among others in a pipe: slow readers, readers that leave, full disks, and input that is not text. Nothing is
// lost in silence, and how it ended is in the exit code.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Command, run, serve } from './command.ts';
import { echo, listen } from './peer.ts';

const lines = Array.from({ length: 10_000 }, (_, index) => `${index} ${'x'.repeat(400)}`);
const output = `${lines.join('\n')}\n`;

/** Long enough for a command that does not wait for its reader to give up; one that does is not hurried. */
const LATE = 700;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A reader of the output that begins late. */
async function readLate(command: Command): Promise<void> {
  command.process.stdout!.pause();
  await command.seen(/connected to/, 'stderr');
  await delay(LATE);
  command.process.stdout!.resume();
}

/** What a running command has taken at most, in KiB. */
function peakMemory(command: Command): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${command.process.pid}/status`, 'utf8'))?.[1]);
}

describe('connect with a slow reader', { timeout: 120_000 }, () => {
  test('everything that was received before the end of the wait is printed', async (t) => {
    // A server that ends its answers with our Close frame, unlike `ws`.
    const { sockets } = await serve(t, '--quiet');
    const command = run(t, ['connect', sockets, '--wait', '50'], { input: output });
    await readLate(command);
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout.length, output.length);
    assert.equal(command.stdout, output);
  });

  test('and before the peer closed', async (t) => {
    const { url } = await listen(t, (socket) => {
      for (const line of lines) socket.send(line);
      socket.close(1000);
    });
    const command = run(t, ['connect', url]);
    await readLate(command);
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout, output);
  });

  test('and before Ctrl-C: whole lines, the last one included', async (t) => {
    const { url } = await listen(t, (socket) => {
      for (const line of lines) socket.send(line);
    });
    const command = run(t, ['connect', url]);
    command.process.stdout!.pause();
    await command.seen(/connected to/, 'stderr');
    await delay(LATE);
    command.signal('SIGINT');
    // Not within the time in which two signals are one key.
    await command.seen(/wait for the reader of the output; press Ctrl-C again to exit/, 'stderr');
    command.process.stdout!.resume();
    assert.equal(await command.exit, 0);
    assert.match(command.stderr, /\nclosed 1000 \(normal\)\n$/);
    assert.ok(output.startsWith(command.stdout));
    assert.match(command.stdout, /x\n$/);
  });

  test('the peer is held back, and memory stays bounded', { skip: process.platform !== 'linux' }, async (t) => {
    const message = Buffer.alloc(64 * 1024, 'a');
    const count = 2048;
    const { url } = await listen(t, (socket) => {
      for (let i = 0; i < count; i++) socket.send(message);
    });
    const command = run(t, ['connect', url, '--binary', 'raw']);
    let received = 0;
    const stdout = command.process.stdout!.removeAllListeners('data').pause();
    await command.seen(/connected to/, 'stderr');
    await delay(LATE);
    const complete = new Promise<void>((resolve) => {
      stdout.on('data', (text: string) => {
        received += text.length;
        if (received === count * message.length) resolve();
      });
    });
    stdout.resume();
    await complete;
    // 128 MiB were received; the process itself takes 60 MiB.
    assert.ok(peakMemory(command) < 120 * 1024, `${peakMemory(command)} KiB`);
  });
});

test('connect to a slow peer: its input waits, and memory stays bounded', {
  skip: process.platform !== 'linux',
  timeout: 120_000,
}, async (t) => {
  const count = 64;
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
  let received = 0;
  const { url, server } = await listen(t, (socket) => {
    socket.pause();
    socket.on('message', () => received++);
  });
  const command = run(t, ['connect', url, '--wait', 'forever']);
  for (let i = 0; i < count; i++) command.write(line);
  await command.seen(/connected to/, 'stderr');
  await delay(LATE);
  const [socket] = server.clients;
  const all = new Promise<void>((resolve) => socket!.on('message', () => received === count && resolve()));
  socket!.resume();
  await all;
  assert.ok(peakMemory(command) < 160 * 1024, `${peakMemory(command)} KiB`);
  command.process.stdin!.end();
  command.signal('SIGINT');
  assert.equal(await command.exit, 0);
});

describe('what cannot be written has exit code 4, and is said', { timeout: 120_000 }, () => {
  const closed = /harmony-websocket: cannot write to standard output: its reader closed it \(EPIPE\)\n$/;
  const full = /harmony-websocket: cannot write to standard output: the disk is full \(ENOSPC\)\n$/;

  test('connect: the reader has closed its end; the connection ends with a closing handshake', async (t) => {
    const codes: unknown[] = [];
    const { url } = await listen(t, (socket) => {
      const timer = setInterval(() => socket.send('tick'), 5);
      socket.on('close', (code) => {
        clearInterval(timer);
        codes.push(code);
      });
    });
    const command = run(t, ['connect', url]);
    await command.seen(/tick/);
    command.process.stdout!.destroy();
    assert.equal(await command.exit, 4);
    assert.match(command.stderr, /\nclosed 1000 \(normal\)\n/);
    assert.match(command.stderr, closed);
    assert.deepEqual(codes, [1000]);
  });

  for (const [name, parameters] of [
    ['connect', ['connect']],
    ['--help', ['--help']],
    ['connect --help', ['connect', '--help']],
    ['--version', ['--version']],
  ] as const) {
    test(`${name}: the disk is full`, { skip: process.platform !== 'linux' }, async (t) => {
      const { url } = await listen(t, echo);
      const all = name === 'connect' ? [...parameters, url] : parameters;
      const command = run(t, all, { input: 'one\ntwo\n', redirect: '> /dev/full' });
      assert.equal(await command.exit, 4);
      assert.match(command.stderr, full);
      assert.doesNotMatch(command.stderr, /\n +at /, 'no stack');
    });
  }

  test('connect: a file takes a part, which is written to the last byte', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const path = join(temporaryFolder(t), 'output');
    const { url } = await listen(t, echo);
    // Of 512 bytes, or of 1024, depending on the shell.
    const limited = { before: 'ulimit -f 8', redirect: `> '${path}'` };
    const command = run(t, ['connect', url], { input: output.slice(0, 100_000), ...limited });
    assert.equal(await command.exit, 4);
    assert.match(command.stderr, /the file would become larger than this system or `ulimit -f` allows \(EFBIG\)\n$/);
    const written = readFileSync(path, 'utf8');
    assert.ok(written.length === 8 * 512 || written.length === 8 * 1024, `${written.length} bytes`);
    assert.ok(output.startsWith(written));
  });

  test('connect: nobody can be told, because standard error is full', {
    skip: process.platform !== 'linux',
  }, async (t) => {
    const { url } = await listen(t, echo);
    const command = run(t, ['connect', url], { input: 'one\n', redirect: '2> /dev/full' });
    assert.equal(await command.exit, 4);
    assert.equal(command.stdout, 'one\n');
  });

  test('serve: the reader has closed its end; connections are closed with 1001', async (t) => {
    const { command, sockets } = await serve(t);
    const socket = new WebSocket(sockets);
    await once(socket, 'open');
    command.process.stdout!.destroy();
    socket.send('heard by nobody');
    const [code] = await once(socket, 'close');
    assert.equal(code, 1001);
    assert.equal(await command.exit, 4);
    assert.match(command.stderr, closed);
  });

  test('serve: when its log can no longer grow it continues to serve', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const path = join(temporaryFolder(t), 'log');
    const command = run(t, ['serve', '--port', '0'], { before: 'ulimit -f 2', redirect: `> '${path}'` });
    let url: string | undefined;
    while (url === undefined) {
      await delay(20);
      url = existsSync(path) ? /ws:\S+/.exec(readFileSync(path, 'utf8'))?.[0] : undefined;
    }
    const socket = new WebSocket(url);
    await once(socket, 'open');
    for (let i = 0; i < 40; i++) {
      socket.send('x'.repeat(100));
      await once(socket, 'message');
    }
    await command.seen(/error: cannot write the log: .* \(EFBIG\); the server goes on without it\n/, 'stderr');
    command.signal('SIGINT');
    assert.equal((await once(socket, 'close'))[0], 1001);
    assert.equal(await command.exit, 4);
  });
});

test('serve with a slow reader of its log answers all the same, and says what it left out', {
  timeout: 120_000,
}, async (t) => {
  const { command, sockets } = await serve(t);
  const socket = new WebSocket(sockets);
  await once(socket, 'open');
  command.process.stdout!.pause();
  const count = 20_000;
  let echoed = 0;
  const all = new Promise<void>((resolve) => socket.on('message', () => ++echoed === count && resolve()));
  for (let i = 0; i < count; i++) socket.send(`${i} ${'x'.repeat(100)}`);
  await all;
  command.process.stdout!.resume();
  const [, omitted] = await command.seen(/^… (\d+) lines omitted here: the reader of this log was too slow$/m);
  assert.ok(Number(omitted) > 1000, omitted);
  // What comes after is in the log again.
  socket.close(3000, 'enough');
  await command.seen(/closed {3}3000 "enough"/);
  command.signal('SIGINT');
  assert.equal(await command.exit, 0);
});

describe('connect: input that cannot be sent', { timeout: 120_000 }, () => {
  test('lines that are not UTF-8 are named and not sent, those around them are: 1', async (t) => {
    const received: string[] = [];
    const { url } = await listen(t, (socket) => socket.on('message', (data) => received.push(String(data))));
    const command = run(t, ['connect', url, '--wait', '0']);
    command.process.stdin!.end(Buffer.from('before\nlatin1: gr\xfc\xdfe\nafter\n', 'latin1'));
    assert.equal(await command.exit, 1);
    assert.deepEqual(received, ['before', 'after']);
    assert.match(
      command.stderr,
      /error: line 2 of the input was not sent because it is not UTF-8: byte 0xfc at offset 10 of the line, 17 of the input; convert/,
    );
    assert.match(command.stderr, /\nclosed 1000/);
  });

  test('of many such lines the first are named, and the others counted', async (t) => {
    const { url } = await listen(t, () => {});
    const command = run(t, ['connect', url, '--wait', '0']);
    command.process.stdin!.end(Buffer.from('\xff\n'.repeat(1020), 'latin1'));
    assert.equal(await command.exit, 1);
    assert.equal(command.stderr.match(/is not UTF-8/g)?.length, 20);
    assert.match(command.stderr, /error: 1000 further lines of the input were not processed\n/);
  });

  for (const line of ['/send-file no-such-file', '/unknown', '/close 999', '/send-file']) {
    test(`--commands, ${line}: 1`, async (t) => {
      const { url } = await listen(t, echo);
      const command = run(t, ['connect', url, '--commands', '--wait', '0'], { input: `${line}\n` });
      assert.equal(await command.exit, 1);
      assert.match(command.stderr, /\nerror: .*\nclosed 1000 \(normal\)\n$/);
    });
  }

  test('a directory as standard input: 1', async (t) => {
    const { url } = await listen(t, echo);
    const command = run(t, ['connect', url], { redirect: '< /' });
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /error: cannot read standard input: it is a directory\n/);
  });
});

describe('secrets are never printed', { timeout: 120_000 }, () => {
  const secret = 's3cr3t-w0rd';

  async function says(t: TestContext, parameters: string[], environment = {}): Promise<string> {
    const command = run(t, parameters, { input: '', environment });
    await command.exit;
    const all = command.stdout + command.stderr;
    assert.notEqual(all, '');
    assert.ok(!all.includes(secret), all);
    return all;
  }

  test('the password of a URL that is connected to', async (t) => {
    const seen: unknown[] = [];
    const { url } = await listen(t, (_, request) => seen.push(request.headers.authorization));
    const withPassword = url.replace('//', `//user:${secret}@`);
    assert.match(await says(t, ['connect', withPassword, '--wait', '0']), /connected to ws:\/\/\*\*\*@127\.0\.0\.1:/);
    assert.deepEqual(seen, [`Basic ${Buffer.from(`user:${secret}`).toString('base64')}`]);
  });

  for (const [name, parameters] of [
    ['of a URL that cannot be parsed', [`ws://user:${secret}/x@127.0.0.1:1/`]],
    ['of a URL of another scheme', [`http://user:${secret}@127.0.0.1:1/`]],
    ['of a URL where nobody listens', [`ws://user:${secret}@127.0.0.1:1/`]],
    ['of a second URL', ['ws://a', `ws://user:${secret}@b/`]],
    ['of a URL given to an option', ['ws://a', `--wait=ws://user:${secret}@b/`]],
    ['of a URL given to a flag', ['ws://a', `--insecure=ws://user:${secret}@b/`]],
    ['in the value of a header without a colon', ['ws://a', '--header', `Bearer ${secret}`]],
    ['in the value of a header with an invalid name', ['ws://a', '--header', `Authorization Bearer: ${secret}`]],
    ['in the value of a header that cannot be sent', ['ws://127.0.0.1:1', '--header', `Cookie: ${secret}\u2028`]],
    ['in the value of a header that is not for us', ['ws://127.0.0.1:1', '--header', `Proxy-Authorization: ${secret}`]],
  ] as const) {
    test(`the password ${name}`, async (t) => void (await says(t, ['connect', ...parameters])));
  }

  test('the password of a proxy', async (t) => {
    for (const proxy of [`http://user:${secret}@127.0.0.1:1/`, `socks5://user:${secret}@127.0.0.1:1/`]) {
      await says(t, ['connect', 'ws://host.example/'], { HTTP_PROXY: proxy, NO_PROXY: '' });
    }
  });
});
