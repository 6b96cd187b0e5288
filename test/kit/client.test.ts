import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { type BusinessError, webSocket } from '../../src/kit/index.ts';
import { Recorder, recordedClient, recordedServer } from './recorder.ts';
import { type Peer, ScriptedServer } from './scripted-server.ts';
import { hex } from './wire.ts';

/** Runs a client against a scripted server until the client's `close` or `error`. */
async function conversation(
  script: (peer: Peer) => Promise<void>,
  {
    start = () => {},
    options = {},
  }: { start?: (ws: webSocket.WebSocket, trace: Recorder) => void; options?: object } = {},
): Promise<string[]> {
  const server = await ScriptedServer.listen(script);
  const { ws, trace } = recordedClient();
  start(ws, trace);
  await ws.connect(server.url, options);
  await Promise.race([trace.until('close{'), trace.until('error').then(() => new Promise(setImmediate))]);
  await server.close();
  return trace.events;
}

describe('kit specification §1.1, §1.2: the module', () => {
  test('has three members and nothing else [kit §1.1 runtime members; kit §1.3 TlsProtocol]', () => {
    assert.deepEqual(Object.keys(webSocket), ['createWebSocket', 'createWebSocketServer', 'TlsProtocol']);
    assert.deepEqual(webSocket.TlsProtocol, { TLS_V_1_0: 0, TLS_V_1_1: 1, TLS_V_1_2: 2, TLS_V_1_3: 3 });
  });

  test('every call gives a distinct object without enumerable members [kit §1.2 createWebSocket; kit §1.2 createWebSocketServer; kit §8 TV only]', () => {
    assert.notEqual(webSocket.createWebSocket(), webSocket.createWebSocket());
    for (const object of [webSocket.createWebSocket(), webSocket.createWebSocketServer()]) {
      const members: string[] = [];
      for (const name in object) members.push(name);
      assert.deepEqual(members, []);
    }
  });

  test('Node’s own globals are not touched (S38) [S38]', () => {
    assert.equal('WebSocketServer' in globalThis, false);
  });
});

describe('kit specification §3.4: the request', { timeout: 120_000 }, () => {
  async function requestOf(path: string, options: webSocket.WebSocketRequestOptions): Promise<string[]> {
    let request = '';
    const server = await ScriptedServer.listen(async (peer) => {
      request = await peer.request();
      peer.socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url + path, options);
    await trace.until('error');
    await server.close();
    return request
      .replace(/(Sec-WebSocket-Key: ).*/i, '$1…')
      .replace(/(Host: 127.0.0.1:)\d+/i, '$1…')
      .trimEnd()
      .split('\r\n');
  }

  test('headers in the order of a device [kit §3.4 order; kit §3.3 path]', async () => {
    assert.deepEqual(await requestOf('/chat?room=1', { protocol: 'chat', header: { B: 'b', a: 1 } }), [
      'GET /chat?room=1 HTTP/1.1',
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'Host: 127.0.0.1:…',
      'Origin: http://127.0.0.1',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: …',
      'Sec-WebSocket-Protocol: chat',
      'Sec-WebSocket-Version: 13',
      'a: 1',
      'b: b',
    ]);
  });

  test('custom headers replace defaults [kit §3.4 replaced defaults; kit §1.3 header]', async () => {
    const header = { Host: 'other', Origin: 'null', Pragma: 'x', 'Cache-Control': 'y', 'User-Agent': 'z' };
    const lines = (await requestOf('', { header })).map((line) => line.toLowerCase());
    assert.deepEqual(lines.filter((line) => /^(host|origin|pragma|cache-control|user-agent):/.test(line)).sort(), [
      'cache-control: y',
      'host: other',
      'origin: null',
      'pragma: x',
      'user-agent: z',
    ]);
  });

  test('compression is never offered [kit §3.4 compression]', async () => {
    assert.ok(!(await requestOf('', {})).some((line) => /extensions/i.test(line)));
  });
});

describe('kit specification §3.5, §3.6: the response', { timeout: 120_000 }, () => {
  test('headerReceive, open and openInfo in this order, with their values [kit §3.6 order; kit §3.6 open value; kit §3.6 headerReceive value; kit §1.6 open; kit §1.6 openInfo; kit §1.6 headerReceive; kit §1.6 first parameter; kit §1.11 onOpen]', async () => {
    const values: unknown[] = [];
    await conversation(
      async (peer) => {
        await peer.open('Sec-WebSocket-Protocol: chat', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-A: 1', 'x-a: 2');
        peer.write(hex('88 00'));
        peer.socket.end();
      },
      {
        options: { protocol: 'chat' },
        start: (ws) => {
          ws.on('headerReceive', (...args) => values.push(args));
          ws.on('open', (...args) => values.push(args));
          ws.on('openInfo', (...args) => values.push(args));
          ws.onOpen((...args) => values.push(args));
        },
      },
    );
    const [headers, ...rest] = values as [[Record<string, unknown>], ...unknown[]];
    const { 'sec-websocket-accept': accept, ...others } = headers[0];
    assert.equal(typeof accept, 'string');
    assert.deepEqual(others, {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-protocol': 'chat',
      'set-cookie': ['a=1', 'b=2'],
      'x-a': '1, 2',
    });
    assert.deepEqual(rest, [
      [undefined, { status: 101, message: 'Switching Protocols' }],
      [{ status: 101, message: 'Switching Protocols' }],
      [undefined, { status: 101, message: 'Switching Protocols', protocol: 'chat' }],
    ]);
  });

  test('a server that ignores the offered subprotocol is accepted; openInfo has no protocol then [kit §3.5 subprotocol; kit §1.6 openInfo]', async () => {
    let info: object = {};
    const events = await conversation(
      async (peer) => {
        await peer.open();
        peer.write(hex('88 00'));
        peer.socket.end();
      },
      {
        options: { protocol: 'chat' },
        start: (ws) =>
          ws.on('openInfo', (_err, value) => {
            info = value;
          }),
      },
    );
    assert.ok(events.includes('open{101}'));
    assert.deepEqual(info, { status: 101, message: 'Switching Protocols' });
  });

  const rejected: [string, string, string][] = [
    ['404', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', '404'],
    ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '200'],
    [
      'a wrong accept value',
      'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
      '101',
    ],
    ['garbage', 'hello\r\n\r\n', '0'],
    ['nothing', '', '0'],
  ];
  for (const [name, answer, data] of rejected) {
    test(`${name} → error{200,'${data}'} and nothing else [kit §3.5 refused; kit §3.5 accepted; kit §3.6 headerReceive only for 101]`, async () => {
      const events = await conversation(async (peer) => {
        await peer.request();
        peer.socket.end(answer);
      });
      assert.deepEqual(events, [`error{200,'${data}'}`]);
    });
  }

  test('a name that does not resolve → -1 and one error event [kit §3.6 no such name; kit §2.2 -1 connect]', async () => {
    const { ws, trace } = recordedClient();
    // Too long for a DNS label, so that nobody is asked.
    await trace.outcome('connect', ws.connect(`ws://${'x'.repeat(64)}.example/`));
    await trace.until('error');
    assert.deepEqual(trace.events, ['connect→-1', "error{200,'0'}"]);
  });

  test('the error event is an Error with code, message and data, and knows its cause [S2; kit §2.4 message; kit §2.4 client data; kit §2.2 200; kit §1.6 error; kit §7 JSON]', async () => {
    let error: BusinessError | undefined;
    await conversation(
      async (peer) => {
        await peer.request();
        peer.socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      },
      {
        start: (ws, trace) =>
          ws.on('error', (err) => {
            error = err;
            trace.record('error');
          }),
      },
    );
    assert.equal(JSON.stringify(error), '{"code":200,"message":"Websocket connect failed","data":"403"}');
    assert.ok(error?.cause instanceof Error);
  });

  test('a redirect is followed [kit §3.4 redirects]', async () => {
    const { server, url } = await recordedServer();
    const redirecting = await ScriptedServer.listen(async (peer) => {
      await peer.request();
      peer.socket.end(`HTTP/1.1 302 Found\r\nLocation: ${url}/\r\nContent-Length: 0\r\n\r\n`);
    });
    const { ws, trace } = recordedClient();
    await ws.connect(redirecting.url);
    await trace.until('openInfo');
    await redirecting.close();
    await server.stop();
  });
});

describe('kit specification §3.7: send', { timeout: 120_000 }, () => {
  test('messages sent between connect and open are flushed unchanged and in order, before those of the open listener (S12) [kit §3.7 while connecting; S12; kit §3.7 snapshot]', async () => {
    const received = new Recorder();
    await conversation(
      async (peer) => {
        await peer.open();
        for (let count = 0; count < 3; count++) received.record((await peer.frame()).payload.toString('latin1'));
        peer.write(hex('88 00'));
        peer.socket.end();
      },
      {
        start: (ws) => {
          // connect is called right after this; sends follow within the same turn.
          queueMicrotask(() => {
            const bytes = Uint8Array.from(Buffer.from('first'));
            void ws.send(bytes.buffer);
            bytes.fill(0);
            void ws.send('second');
          });
          ws.on('open', () => void ws.send('third'));
        },
      },
    );
    assert.deepEqual(received.events, ['first', 'second', 'third']);
  });

  test('answers come in call order, those of connect and close included [kit §1.5 callback; kit §3.7 order]', async () => {
    const { server, url } = await recordedServer();
    const { ws, trace } = recordedClient();
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    void ws.connect(url).then(note('connect'));
    ws.send('1', note('send 1'));
    void ws.send('2').then(note('send 2'));
    ws.connect(url, note('connect again'));
    ws.close(note('close'));
    ws.send('3', note('send 3'));
    assert.deepEqual(order, []);
    await trace.until('close{');
    assert.deepEqual(order, ['connect', 'send 1', 'send 2', 'connect again', 'close', 'send 3']);
    await server.stop();
  });

  test('a buffer may be changed at once, whatever its size [kit §3.7 snapshot]', async () => {
    const { server, url } = await recordedServer();
    const { ws, trace } = recordedClient();
    server.on('messageReceive', ({ data, clientConnection }) => {
      void server.send(data, clientConnection);
      new Uint8Array(data as ArrayBuffer).fill(9);
    });
    const sizes = [1, 1000, 20_000, 200_000];
    const sums: number[] = [];
    ws.on('message', (_err, data) => {
      sums.push(new Uint8Array(data as ArrayBuffer).reduce((sum, byte) => sum + byte, 0));
      if (sums.length === sizes.length) trace.record('all');
    });
    await ws.connect(url);
    for (const size of sizes) {
      const bytes = new Uint8Array(size).fill(1);
      void ws.send(bytes.buffer);
      bytes.fill(2);
    }
    await trace.until('all');
    assert.deepEqual(sums, sizes);
    await server.stop();
  });
});

describe('kit specification §3.8, §3.9: the end', { timeout: 120_000 }, () => {
  const rows: [what: string, frame: string, expected: string[]][] = [
    ['Close with code and text [kit §3.9 code and text]', '88 05  03 e9 62 79 65', ["close{1001,'bye'}"]],
    ['Close without payload [kit §3.9 empty Close]', '88 00', ["close{1000,'The link is down'}"]],
    [
      'Close with illegal code 1016 [kit §3.9 illegal code; kit §3.9 which are illegal]',
      '88 05  03 f8 62 79 65',
      ["close{1002,'bye'}"],
    ],
    ['Close with illegal code 999', '88 02  03 e7', ["close{1002,'The link is down'}"]],
    ['reserved opcode [kit §3.9 violation]', '83 00', ["error{200,'0'}", "close{1002,'The link is down'}"]],
    ['reserved bit', 'c1 00', ["error{200,'0'}", "close{1002,'The link is down'}"]],
    ['masked frame', '81 80  00 00 00 00', ["error{200,'0'}", "close{1002,'The link is down'}"]],
    ['invalid UTF-8', '81 01 ff', ["error{200,'0'}", "close{1007,'The link is down'}"]],
  ];
  for (const [what, frame, expected] of rows) {
    test(`${what} → ${expected.join(', ')} [kit §3.9 order and count]`, async () => {
      const events = await conversation(async (peer) => {
        await peer.open();
        peer.write(hex(frame));
        assert.equal((await peer.frame()).first, 0x88);
        peer.socket.end();
      });
      assert.deepEqual(events.slice(3), expected);
    });
  }

  test('a message too large is answered with 1009 [kit §3.10 size]', async () => {
    const events = await conversation(async (peer) => {
      await peer.open();
      // 100 MiB + 1 byte announced: refused before a byte of it comes.
      peer.write(hex('82 7f  00 00 00 00 06 40 00 01'));
      assert.equal((await peer.frame()).payload.readUInt16BE(), 1009);
      peer.socket.end();
    });
    assert.deepEqual(events.slice(3), ["error{200,'0'}", "close{1009,'The link is down'}"]);
  });

  test('local close, peer answers with another code → as requested (S6) [S6; kit §3.9 local close]', async () => {
    const events = await conversation(
      async (peer) => {
        await peer.open();
        await peer.frame();
        peer.write(hex('88 05  0f a1 62 79 65'));
        peer.socket.end();
      },
      { start: (ws) => ws.on('openInfo', () => void ws.close({ code: 1001, reason: 'mine' })) },
    );
    assert.deepEqual(events.slice(2), ["close{1001,'mine'}"]);
  });

  test('local close, TCP lost during closing → as requested, no error (Q5) [Q5]', async () => {
    const events = await conversation(
      async (peer) => {
        await peer.open();
        await peer.frame();
        peer.socket.resetAndDestroy();
      },
      { start: (ws) => ws.on('openInfo', () => void ws.close()) },
    );
    assert.deepEqual(events.slice(2), ["close{1000,'CLOSE_NORMAL'}"]);
  });

  test('after the peer’s Close: send → -1, close → 2302999 [kit §3.7 not connected]', async () => {
    const events = await conversation(
      async (peer) => {
        await peer.open();
        peer.write(hex('81 01 61  88 00'));
        await peer.frame();
        peer.socket.end();
      },
      {
        start: (ws, trace) =>
          ws.on('message', () => {
            setImmediate(() => {
              void trace.outcome('send', ws.send('x'));
              void trace.outcome('close()', ws.close());
            });
          }),
      },
    );
    assert.deepEqual(events.slice(3), ['dataEnd', 'send→-1', 'close()→2302999', "close{1000,'The link is down'}"]);
  });

  test('messages after our Close frame are not delivered [kit §3.8 messages after]', async () => {
    const events = await conversation(
      async (peer) => {
        await peer.open();
        assert.equal((await peer.frame()).first, 0x88);
        peer.write(hex('81 01 61  88 02  03 e8'));
        peer.socket.end();
      },
      { start: (ws) => ws.on('openInfo', () => void ws.close()) },
    );
    assert.deepEqual(events.slice(2), ["close{1000,'CLOSE_NORMAL'}"]);
  });

  test('closing while connecting leaves nothing open, and emits one close event (S13) [S13; kit §3.8 while connecting; kit §3.9 aborted]', async () => {
    const gone = new Recorder();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.request();
      gone.record('request');
      await peer.closed();
      gone.record('closed');
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url);
    await gone.until('request');
    await trace.outcome('close()', ws.close({ code: 1001, reason: 'changed my mind' }));
    await gone.until('closed');
    await trace.until('close{');
    assert.deepEqual(trace.events, ['close()→true', "close{1001,'changed my mind'}"]);
    await server.close();
  });
});

describe('kit specification §3.10: message and dataEnd', { timeout: 120_000 }, () => {
  test('text, binary, empty, fragmented, with a NUL [kit §3.10 whole; kit §3.10 dataEnd; kit §3.10 defects; S17; kit §1.6 message]', async () => {
    const events = await conversation(async (peer) => {
      await peer.open();
      peer.write(hex('81 03 61 00 62  82 02 01 02  81 00  82 00  01 01 61  89 00  80 01 62'));
      peer.write(hex('88 00'));
      peer.socket.end();
    });
    assert.deepEqual(
      events.filter((event) => /^(message|dataEnd)/.test(event)),
      ['message a\u0000b', 'message <0102>', 'message ', 'message <>', 'message ab'].flatMap((event) => [
        event,
        'dataEnd',
      ]),
    );
  });

  test('without a message listener there is no dataEnd, and nothing is kept for later [kit §3.10 dataEnd; kit §3.10 no listener]', async () => {
    const seen = new Recorder();
    const events = await conversation(
      async (peer) => {
        await peer.open();
        peer.write(hex('81 01 61  89 00'));
        // The Pong shows that the frames before the Ping have been processed.
        assert.equal((await peer.frame()).first, 0x8a);
        seen.record('first');
        await peer.frame();
        peer.write(hex('81 01 62  88 00'));
        peer.socket.end();
      },
      {
        start: (ws, trace) => {
          ws.off('message');
          void seen.until('first').then(() => {
            ws.on('message', (_err, data) => trace.record(`message ${data}`));
            return ws.send('ready');
          });
        },
      },
    );
    assert.deepEqual(events.slice(3), ['message b', 'dataEnd', "close{1000,'The link is down'}"]);
  });
});

describe('kit specification §1.7, §3.1: listeners and reuse', { timeout: 120_000 }, () => {
  test('connect works from inside close and of error (S14) [S14; kit §3.1 idle first; kit §3.1 reuse]', async () => {
    const { server, trace: atServer, url } = await recordedServer();
    server.on('connect', (connection) => {
      atServer.record('connect');
      void server.close(connection);
    });
    const { ws, trace } = recordedClient();
    let rounds = 0;
    ws.on('close', () => {
      trace.record('close{');
      rounds++;
      if (rounds < 3) void trace.outcome('connect', ws.connect(url));
    });
    ws.on('error', () => void trace.outcome('connect', ws.connect(url)));
    await trace.outcome('connect', ws.connect('ws://'));
    await trace.until('close{', 3);
    assert.deepEqual(
      trace.events.filter((event) => /^(connect|open\{|close)/.test(event)),
      [
        'connect→-1',
        'connect→true',
        'open{101}',
        'close{',
        'connect→true',
        'open{101}',
        'close{',
        'connect→true',
        'open{101}',
        'close{',
      ],
    );
    await server.stop();
  });

  test('connect from inside the error of a lost connection: its close event still comes [kit §3.1 idle first; kit §3.9 order and count]', async () => {
    const { server, url } = await recordedServer();
    const losing = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      peer.socket.destroy();
    });
    const { ws, trace } = recordedClient();
    ws.on('error', () => {
      trace.record('error');
      void trace.outcome('connect', ws.connect(url));
    });
    await ws.connect(losing.url);
    await trace.until('openInfo', 2);
    assert.deepEqual(trace.events.slice(3, 6), ['error', "close{0,'The link is down'}", 'connect→true']);
    await losing.close();
    await server.stop();
  });

  test('a name of ArkTS-static has its own slot, and its own buffer [kit §1.11 own slots; kit §1.11 onMessage; kit §1.11 onWebSocketClose; kit §1.11 onDataEnd; kit §1.11 onHeaderReceive]', async () => {
    const seen: unknown[] = [];
    await conversation(
      async (peer) => {
        await peer.open();
        peer.write(hex('82 02 01 02'));
        peer.write(hex('88 02  03 e8'));
        peer.socket.end();
      },
      {
        start: (ws) => {
          ws.on('message', (_err, data) => {
            seen.push(data);
            structuredClone(data, { transfer: [data as ArrayBuffer] });
          });
          ws.onMessage((_err, data) => seen.push(Buffer.from(data as ArrayBuffer).toString('hex')));
          ws.onWebSocketClose((err, result) => seen.push([err, result]));
          ws.onWebSocketError(() => seen.push('error'));
          ws.onDataEnd((nothing) => seen.push(nothing));
          ws.onHeaderReceive((headers) => seen.push(headers.upgrade));
          ws.off('dataEnd');
        },
      },
    );
    seen.splice(1, 1); // the buffer that was transferred away
    assert.deepEqual(seen, ['websocket', '0102', undefined, [undefined, { code: 1000, reason: 'The link is down' }]]);
  });

  test('a listener removed by another while an event is delivered is not called', async () => {
    const events = await conversation(
      async (peer) => {
        await peer.open();
        peer.write(hex('88 00'));
        peer.socket.end();
      },
      {
        start: (ws, trace) =>
          ws.on('headerReceive', () => {
            trace.record('headerReceive');
            ws.off('open');
          }),
      },
    );
    assert.deepEqual(events, ['headerReceive', 'openInfo', "close{1000,'The link is down'}"]);
  });

  test('exceptions in callbacks surface as uncaught and disturb nothing [kit §1.7 exceptions]', () => {
    const program = `
      import { webSocket } from ${JSON.stringify(new URL('../../src/kit/index.ts', import.meta.url).href)};
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      const fail = (name) => (...args) => { console.log(name); throw new Error(name); };
      const server = webSocket.createWebSocketServer();
      server.on('connect', fail('server connect'));
      server.on('messageReceive', ({ clientConnection, data }) => { server.send(data, clientConnection); fail('messageReceive')(); });
      server.on('close', () => { server.stop(); fail('server close')(); });
      await server.start({ serverIP: '127.0.0.1', serverPort: 0 });
      const ws = webSocket.createWebSocket();
      for (const event of ['headerReceive', 'openInfo', 'dataEnd', 'close']) ws.on(event, fail(event));
      ws.on('open', () => { ws.send('x', fail('send')); fail('open')(); });
      ws.on('message', () => { ws.close(fail('close()')); fail('message')(); });
      ws.connect('ws://127.0.0.1:' + server.serverPort, fail('connect'));`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      {
        encoding: 'utf8',
        timeout: 120_000,
      },
    );
    assert.equal(stderr, '');
    assert.equal(status, 0);
    const lines = stdout.trim().split('\n');
    const calls = lines.filter((line) => !line.startsWith('uncaught'));
    assert.deepEqual(
      calls.filter((line) => !/server|Receive$/.test(line) || line === 'headerReceive'),
      ['connect', 'headerReceive', 'open', 'openInfo', 'send', 'message', 'dataEnd', 'close()', 'close'],
    );
    assert.deepEqual(
      calls.filter((line) => /^server|^messageReceive/.test(line)),
      ['server connect', 'messageReceive', 'server close'],
    );
    for (const name of calls) assert.ok(lines.includes(`uncaught ${name}`), name);
  });

  test('errors without a listener are dropped [kit §1.7 error without listener]', async () => {
    const { ws, trace } = recordedClient();
    ws.off('error');
    assert.equal(await trace.outcome('connect', ws.connect('ws://')), undefined);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.deepEqual(trace.events, ['connect→-1']);
  });
});
