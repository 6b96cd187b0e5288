// One object, many connections: what may be called from inside what, listeners that change while events are
// delivered, and what is left at the end.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { webSocket } from '../../src/kit/index.ts';
import { outcome } from './outcome.ts';
import { Recorder, recordedClient, recordedServer } from './recorder.ts';
import { type Peer, ScriptedServer } from './scripted-server.ts';
import { hex } from './wire.ts';

/** A server whose first connections go by scripts, one each; the last script is that of all others. */
async function scripted(...scripts: ((peer: Peer) => Promise<void>)[]): Promise<ScriptedServer> {
  let count = 0;
  return ScriptedServer.listen((peer) => scripts[Math.min(count++, scripts.length - 1)]!(peer));
}

const opens = async (peer: Peer): Promise<void> => void (await peer.open());
const refuses = async (peer: Peer): Promise<void> => {
  await peer.request();
  peer.socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
};
const closes = async (peer: Peer): Promise<void> => {
  await peer.open();
  peer.write(hex('88 02  03 e9'));
  peer.socket.end();
};
const vanishes = async (peer: Peer): Promise<void> => {
  await peer.open();
  peer.socket.resetAndDestroy();
};

describe('connect from inside events', { timeout: 120_000 }, () => {
  const rows: [what: string, event: 'close' | 'error', script: (peer: Peer) => Promise<void>, before: string[]][] = [
    ['close, by the peer', 'close', closes, ["close{1001,'The link is down'}"]],
    ['close, after a loss', 'close', vanishes, ["error{200,'0'}", "close{0,'The link is down'}"]],
    ['error, of a refused handshake', 'error', refuses, ["error{200,'503'}"]],
    ['error, of a loss', 'error', vanishes, ["error{200,'0'}", "close{0,'The link is down'}"]],
  ];
  for (const [what, event, script, before] of rows) {
    for (const form of ['callback', 'Promise'] as const) {
      test(`${what} (${form}) [kit §3.1 idle first; kit §3.1 reuse; S14]`, async () => {
        const server = await scripted(script, opens);
        const { ws, trace } = recordedClient();
        const again = () => {
          if (form === 'Promise') void trace.outcome('again', ws.connect(server.url));
          else ws.connect(server.url, (err, value) => trace.record(`again→${err?.code ?? value}`));
        };
        const record = (name: string) => {
          trace.record(name);
          if (before.at(0) === name || before.at(-1) === name) again();
        };
        if (event === 'close') ws.on('close', (_err, { code, reason }) => record(`close{${code},'${reason}'}`));
        else ws.on('error', (err) => record(`error{200,'${err.data}'}`));
        await ws.connect(server.url);
        await trace.until('openInfo', script === refuses ? 1 : 2);
        const events = trace.events.filter((name) => !/^(headerReceive|open)/.test(name));
        assert.deepEqual(events, [...before, 'again→true']);
        void ws.close();
        await server.close();
        await trace.until('close{1000');
      });
    }
  }

  test('send and close from inside the last events fail as on an idle object [kit §3.1 idle first]', async () => {
    const server = await scripted(vanishes);
    const { ws, trace } = recordedClient();
    ws.on('error', () => {
      void trace.outcome('send', ws.send('x'));
      void trace.outcome('close()', ws.close());
    });
    await ws.connect(server.url);
    await trace.until('close{');
    await new Promise(setImmediate);
    assert.deepEqual(trace.events.slice(3).sort(), ['close()→2302999', "close{0,'The link is down'}", 'send→-1']);
    await server.close();
  });

  test('listeners stay with the object, over several connections [kit §1.7 listeners stay]', async () => {
    const server = await scripted(closes);
    const { ws, trace } = recordedClient();
    for (let round = 1; round <= 5; round++) {
      await ws.connect(server.url);
      await trace.until('close{', round);
    }
    assert.deepEqual(
      trace.events,
      Array.from({ length: 5 }, () => [
        'headerReceive',
        'open{101}',
        'openInfo',
        "close{1001,'The link is down'}",
      ]).flat(),
    );
    await server.close();
  });

  test('those of a server stay over stop and start [kit §1.7 listeners stay; kit §4.10 listeners]', async () => {
    const { server, trace, port } = await recordedServer();
    for (let round = 1; round <= 3; round++) {
      const { ws } = recordedClient();
      await ws.connect(`ws://127.0.0.1:${port}`);
      await trace.until('connect', round);
      await server.stop();
      const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
      if (round < 3) await server.start({ serverIP: '127.0.0.1', serverPort: port, ...limits });
    }
    const each = ['connect', "close{1001,'server is going away'}"];
    assert.deepEqual(trace.events, [...each, ...each, ...each]);
  });

  test('options may be changed after the call [kit §3.1 options read once]', async () => {
    let request = '';
    const server = await scripted(async (peer) => {
      request = await peer.open();
    });
    const { ws, trace } = recordedClient();
    const options = { header: { a: '1' }, protocol: 'chat', proxy: 'no-proxy' as webSocket.ProxyConfiguration };
    const connected = ws.connect(server.url, options);
    options.header.a = '2';
    options.protocol = 'other';
    options.proxy = { host: '127.0.0.1', port: 1, exclusionList: [] };
    await connected;
    await trace.until('openInfo');
    assert.match(request, /^Sec-WebSocket-Protocol: chat\r$/m);
    assert.match(request, /^a: 1\r$/m);
    await server.close();
    await trace.until('close{');
  });
});

describe('send and close at awkward times', { timeout: 120_000 }, () => {
  test('messages queued for the opening are dropped with a handshake that fails, and not sent by the next [kit §3.7 queue dropped]', async () => {
    const received = new Recorder();
    const server = await scripted(refuses, async (peer) => {
      await peer.open();
      received.record((await peer.frame()).payload.toString());
    });
    const { ws, trace } = recordedClient();
    void ws.connect(server.url);
    assert.equal(await ws.send('lost'), true);
    await trace.until('error');
    assert.deepEqual(trace.events, ["error{200,'503'}"]);
    await ws.connect(server.url);
    await trace.until('openInfo');
    await ws.send('second');
    await received.until('second');
    assert.deepEqual(received.events, ['second']);
    await server.close();
    await trace.until('close{');
  });

  test('a large backlog and close: nothing is lost, however slowly the peer reads [kit §3.8 flush; S11]', async () => {
    const { server, trace: atServer, url } = await recordedServer();
    let bytes = 0;
    let messages = 0;
    server.on('messageReceive', ({ data }) => {
      bytes += (data as ArrayBuffer).byteLength;
      messages++;
    });
    const { ws, trace } = recordedClient();
    ws.on('open', () => {
      for (let count = 0; count < 40; count++) void ws.send(new ArrayBuffer(500_000));
      void ws.close();
    });
    await ws.connect(url);
    await Promise.all([trace.until('close{'), atServer.until('close{')]);
    assert.deepEqual([messages, bytes], [40, 20_000_000]);
    assert.deepEqual(atServer.events, ['connect', "close{1000,'CLOSE_NORMAL'}"]);
    await server.stop();
  });

  test('sends while connecting, then close: aborted, nothing is sent [kit §3.8 while connecting]', async () => {
    const { server, trace: atServer, url } = await recordedServer();
    const { ws, trace } = recordedClient();
    void trace.outcome('connect', ws.connect(url));
    void trace.outcome('send', ws.send('x'));
    void trace.outcome('close()', ws.close({ code: 1001, reason: 'never mind' }));
    void trace.outcome('send', ws.send('y'));
    await trace.until('close{');
    await server.stop();
    assert.deepEqual(trace.events, [
      'connect→true',
      'send→true',
      'close()→true',
      'send→-1',
      "close{1001,'never mind'}",
    ]);
    assert.ok(!atServer.events.some((event) => event.startsWith('message')));
  });

  test('connect again from inside the close of an aborted connect [kit §3.8 while connecting; kit §3.1 reuse]', async () => {
    const { server, url } = await recordedServer();
    const { ws, trace } = recordedClient();
    ws.on('close', () => {
      trace.record('close{');
      if (trace.events.filter((event) => event === 'close{').length === 1) void ws.connect(url);
    });
    void ws.connect(url);
    void ws.close();
    await trace.until('openInfo');
    await server.stop();
    await trace.until('close{', 2);
    assert.deepEqual(trace.events, ['close{', 'headerReceive', 'open{101}', 'openInfo', 'close{']);
  });

  test('close from the callback of connect [kit §3.8 while connecting]', async () => {
    const { server, url } = await recordedServer();
    const { ws, trace } = recordedClient();
    ws.connect(url, () => {
      trace.record('connect');
      ws.close((err, value) => trace.record(`close()→${err ?? value}`));
    });
    await trace.until('close{');
    assert.deepEqual(trace.events, ['connect', 'close()→true', "close{1000,'CLOSE_NORMAL'}"]);
    await server.stop();
  });

  test('events come in the order of the wire: messages, then the Close [kit §3.6 wire order; S36; kit §3.8 messages after]', async () => {
    const server = await scripted(async (peer) => {
      await peer.open();
      peer.write(hex('81 01 61  82 01 62  81 01 63  88 02 03 e8'));
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url);
    await trace.until('close{');
    const messages = ['message a', 'message <62>', 'message c'].flatMap((message) => [message, 'dataEnd']);
    assert.deepEqual(trace.events, [
      'headerReceive',
      'open{101}',
      'openInfo',
      ...messages,
      "close{1000,'The link is down'}",
    ]);
    await server.close();
  });
});

describe('listeners that change while an event is delivered', { timeout: 120_000 }, () => {
  /** Two messages, then a Close. */
  const talks = async (peer: Peer): Promise<void> => {
    await peer.open();
    peer.write(hex('81 01 61  81 01 62  88 00'));
    peer.socket.end();
  };

  test('a listener that replaces itself: the next event goes to the new one [kit §1.7 one listener]', async () => {
    const server = await scripted(talks);
    const { ws, trace } = recordedClient();
    ws.on('message', (_err, first) => {
      trace.record(`first ${first}`);
      ws.on('message', (_error, second) => trace.record(`second ${second}`));
    });
    await ws.connect(server.url);
    await trace.until('close{');
    assert.deepEqual(
      trace.events.filter((event) => /^(first|second)/.test(event)),
      ['first a', 'second b'],
    );
    await server.close();
  });

  test('a listener that removes itself, and dataEnd in its own event [kit §1.7 off; kit §3.10 dataEnd]', async () => {
    const server = await scripted(talks);
    const { ws, trace } = recordedClient();
    const listener = (_err: unknown, data: string | ArrayBuffer) => {
      trace.record(`message ${data}`);
      ws.off('message', listener);
    };
    ws.on('message', listener);
    await ws.connect(server.url);
    await trace.until('close{');
    assert.deepEqual(trace.events.slice(3), ['message a', 'dataEnd', "close{1000,'The link is down'}"]);
    await server.close();
  });

  test('a close listener that is set by the error before it [kit §3.9 order and count]', async () => {
    const server = await scripted(vanishes);
    const { ws, trace } = recordedClient();
    ws.off('close');
    ws.on('error', () => ws.on('close', (_err, { code }) => trace.record(`late close ${code}`)));
    await ws.connect(server.url);
    await trace.until('late close 0');
    await server.close();
  });

  test('arguments: dataEnd gets only undefined, a static error listener one error [kit §1.6 dataEnd; kit §1.11 onWebSocketError; kit §1.11 onDataEnd; kit §1.11 dynamic reports]', async () => {
    const server = await scripted(async (peer) => {
      await peer.open();
      peer.write(hex('81 01 61'));
      await new Promise(setImmediate);
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    const seen: unknown[][] = [];
    ws.on('dataEnd', (...args) => seen.push(args));
    ws.onDataEnd((...args) => seen.push(args));
    ws.onWebSocketError((...args) => seen.push(args.map((error) => ({ ...error }))));
    ws.onWebSocketClose((...args) => seen.push(args));
    await ws.connect(server.url);
    await trace.until('close{');
    assert.deepEqual(seen, [
      [undefined],
      [undefined],
      [{ code: 200, message: 'The link is down', data: '0' }],
      [undefined, { code: 0, reason: 'The link is down' }],
    ]);
    await server.close();
  });

  test('names of ArkTS-static: off with another callback keeps the listener, without one clears it [kit §1.11 own slots]', async () => {
    const { ws, trace } = recordedClient();
    const keep = () => trace.record('static error');
    ws.onWebSocketError(keep);
    ws.offWebSocketError(() => {});
    await outcome(ws, 'connect', 'ws://');
    await trace.until('static error');
    ws.offWebSocketError(keep);
    await outcome(ws, 'connect', 'ws://');
    await trace.until('error{', 2);
    assert.deepEqual(trace.events, ["error{200,'0'}", 'static error', "error{200,'0'}"]);
    assert.throws(() => Reflect.apply(ws.onOpen, ws, [5]), { code: 401 });
    assert.throws(() => Reflect.apply(ws.offOpen, ws, [5]), { code: 401 });
  });
});

describe('kit specification §5, S37: references', { timeout: 120_000 }, () => {
  test('a connected client that nobody refers to gets its messages, and keeps the process alive until it closes [S37]', () => {
    const program = `
      import { setFlagsFromString } from 'node:v8';
      import { runInNewContext } from 'node:vm';
      import { webSocket } from ${JSON.stringify(new URL('../../src/kit/index.ts', import.meta.url).href)};
      setFlagsFromString('--expose-gc');
      const gc = runInNewContext('gc');
      const server = webSocket.createWebSocketServer();
      await server.start({ serverIP: '127.0.0.1', serverPort: 0 });
      server.on('connect', (connection) => setTimeout(() => { gc(); server.send('late', connection); server.stop(); }, 50));
      (() => {
        const ws = webSocket.createWebSocket();
        ws.on('message', (err, data) => console.log(data));
        ws.on('close', (err, value) => console.log(value.code));
        ws.connect('ws://127.0.0.1:' + server.serverPort);
      })();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    assert.equal(stderr, '');
    assert.equal(stdout, 'late\n1001\n');
  });
});
