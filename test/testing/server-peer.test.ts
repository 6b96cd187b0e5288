// Scripted servers against the engine's client: every way to misbehave, and what failed assertions say.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ClientConnection, type CloseEvent, connect, type WebSocketError } from '../../src/engine/index.ts';
import { type PeerScript, useNetwork } from '../../src/testing/index.ts';
import { certificates } from '../support/certificates.ts';

const url = 'ws://chat.example/';

async function failure(promise: Promise<unknown>): Promise<WebSocketError> {
  return promise.then(
    () => assert.fail('expected a rejection'),
    (error) => error,
  );
}

/** The end of a connection, in short. */
function ending({ code, reason, wasClean, error }: CloseEvent): string {
  return [code, JSON.stringify(reason), wasClean ? 'clean' : 'unclean', ...(error ? [error.code] : [])].join(' ');
}

describe('opening handshake', { timeout: 30_000 }, () => {
  test('accept: the request can be looked at, subprotocol and headers are chosen', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example:8080/room', (peer) => {
      const head = peer.receivedHead;
      assert.equal(head.startLine, 'GET /room?user=1 HTTP/1.1');
      assert.equal(head.method, 'GET');
      assert.equal(head.target, '/room?user=1');
      head.assertHeader('host', 'chat.example:8080');
      head.assertHeader('Sec-WebSocket-Version', '13');
      head.assertHeader('Sec-WebSocket-Protocol', 'a, b');
      head.assertHeader('Sec-WebSocket-Key', /^[\w+/]{22}==$/);
      head.assertHeader('Cookie', undefined);
      assert.throws(
        () => head.assertHeader('Cookie', 'x'),
        /^AssertionError.*: header Cookie: expected "x", received none, in\nGET/,
      );
      peer.accept({ subprotocol: 'b', headers: { 'Set-Cookie': ['a=1', 'b=2'] } });
    });
    const client = await connect('ws://chat.example:8080/room?user=1', { subprotocols: ['a', 'b'] });
    assert.equal(client.subprotocol, 'b');
    assert.deepEqual(
      client.response.rawHeaders.filter((text) => /=[12]/.test(text)),
      ['a=1', 'b=2'],
    );
    await server.finished();
    client.terminate();
  });

  test('refuse: status, headers and body', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => peer.refuse(403, { headers: { 'WWW-Authenticate': 'Bearer' }, body: 'no' }));
    const { code, status } = await failure(connect(url));
    assert.deepEqual([code, status], ['ERR_WS_REFUSED', 403]);
  });

  test('another path than the peer’s: 404', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example/room', (peer) => peer.accept());
    assert.equal((await failure(connect('ws://chat.example/kitchen'))).status, 404);
    assert.equal(server.connections.length, 0);
  });

  for (const [what, headers, code] of [
    ['a wrong accept value', { 'Sec-WebSocket-Accept': 'wrong' }, 'ERR_WS_RESPONSE_ACCEPT'],
    ['no accept value', { 'sec-websocket-accept': undefined }, 'ERR_WS_RESPONSE_ACCEPT_MISSING'],
    ['another upgrade', { Upgrade: 'h2c' }, 'ERR_WS_RESPONSE_UPGRADE'],
    ['a subprotocol nobody asked for', { 'Sec-WebSocket-Protocol': 'soup' }, 'ERR_WS_RESPONSE_SUBPROTOCOL'],
  ] as const) {
    test(`accept with ${what}`, async () => {
      await using network = useNetwork();
      network.peer(url, (peer) => peer.accept({ headers }));
      assert.equal((await failure(connect(url))).code, code);
    });
  }

  test('garbage', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => peer.sendAscii('220 mail.example ESMTP\r\n'));
    assert.equal((await failure(connect(url))).code, 'ERR_WS_RESPONSE_MALFORMED');
  });

  for (const how of ['end', 'reset'] as const) {
    test(`TCP is gone before the answer (${how})`, async () => {
      await using network = useNetwork();
      network.peer(url, (peer) => peer[how]());
      assert.equal((await failure(connect(url))).code, 'ERR_WS_HANDSHAKE_LOST');
    });
  }

  test('a late answer: delay waits in the network’s time', async () => {
    await using network = useNetwork();
    network.peer(url, async (peer) => {
      await peer.delay(8_000);
      peer.accept();
    });
    const opened: ClientConnection[] = [];
    const attempt = connect(url).then((connection) => opened.push(connection));
    await network.advance(7_999);
    assert.equal(opened.length, 0);
    await network.advance(1);
    await attempt;
    opened[0]?.terminate();
  });

  test('frames right after the response, in one piece with it', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => {
      peer.accept();
      peer.sendText('already here');
    });
    const client = await connect(url);
    for await (const message of client) {
      assert.equal(message, 'already here');
      break;
    }
    client.terminate();
  });

  test('a proxy: the head of CONNECT, then that of the tunnelled request', async () => {
    await using network = useNetwork();
    const proxy = network.peer('http://proxy.example:3128', async (peer) => {
      assert.equal(peer.receivedHead.startLine, 'CONNECT chat.example:80 HTTP/1.1');
      peer.sendAscii('HTTP/1.1 200 Connection established\r\n\r\n');
      const request = await peer.receivesHead();
      assert.equal(request.startLine, 'GET /room HTTP/1.1');
      peer.accept();
      peer.sendText('through the tunnel');
    });
    const client = await connect('ws://chat.example/room', { proxy: { host: 'proxy.example', port: 3128 } });
    for await (const message of client) {
      assert.equal(message, 'through the tunnel');
      break;
    }
    await proxy.finished();
    client.terminate();
  });

  test('wss: a scripted server with a certificate', async () => {
    await using network = useNetwork();
    const { server: certificate, ca } = certificates();
    network.peer('wss://localhost/', (peer) => peer.accept(), {
      tls: { cert: certificate.cert, key: certificate.key },
    });
    assert.throws(() => network.peer('wss://localhost:444/'), /needs a certificate/);
    const client = await connect('wss://localhost/', { tls: { ca: ca.cert } });
    client.terminate();
  });
});

describe('frames, both ways', { timeout: 30_000 }, () => {
  test('messages and control frames are asserted in their order', async () => {
    await using network = useNetwork();
    const server = network.peer(url);
    const opening = connect(url);
    const peer = await server.next();
    peer.accept();
    const client = await opening;
    client.send('hello');
    client.send('{"id":7}');
    client.send(new Uint8Array([1, 2]));
    client.ping('are you there');
    client.sendFragment('Hel', { fin: false });
    client.sendFragment('lo', { fin: true });
    peer.answersPings = false;
    assert.equal(await peer.receives('text', 'hello'), 'hello');
    assert.deepEqual(JSON.parse(await peer.receives('text', /^\{/)), { id: 7 });
    assert.deepEqual(await peer.receives('binary', '01 02'), Buffer.from([1, 2]));
    await peer.receivesPing('are you there');
    await peer.receivesFrame({ opcode: 'text', fin: false, payload: 'Hel' });
    await peer.receivesFrame({ opcode: 'continuation', fin: true, rsv: 0, payload: 'lo' });
    await peer.receivesNothing();
    peer.sendPing('x');
    await peer.receivesPong('x');
    client.terminate();
    await peer.receivesEnd();
  });

  test('the frames of a client can be gone through', async () => {
    await using network = useNetwork();
    const seen: string[] = [];
    const server = network.peer(url, async (peer) => {
      peer.accept();
      for await (const frame of peer) seen.push(frame.payload.toString());
    });
    const client = await connect(url);
    client.send('a');
    client.send('b');
    await network.settle();
    client.terminate();
    await server.finished();
    assert.deepEqual(seen, ['a', 'b']);
  });

  for (const [what, frame, code] of [
    ['a masked frame', { opcode: 'text', payload: 'x', masked: true }, 'ERR_WS_MASKED'],
    ['a reserved bit', { opcode: 'text', rsv: 4 }, 'ERR_WS_RESERVED_BITS'],
    ['a reserved opcode', { opcode: 3 }, 'ERR_WS_RESERVED_OPCODE'],
    ['a fragmented ping', { opcode: 'ping', fin: false }, 'ERR_WS_CONTROL_FRAGMENTED'],
    ['a continuation of nothing', { opcode: 'continuation' }, 'ERR_WS_UNEXPECTED_CONTINUATION'],
    ['text that is not UTF-8', { opcode: 'text', payload: Uint8Array.of(0xc0, 0xaf) }, 'ERR_WS_INVALID_UTF8'],
    ['a Close of one byte', { opcode: 'close', payload: Uint8Array.of(3) }, 'ERR_WS_CLOSE_PAYLOAD'],
  ] as const) {
    test(`an illegal frame: ${what}`, async () => {
      await using network = useNetwork();
      const server = network.peer(url, async (peer) => {
        peer.accept();
        peer.sendFrame(frame);
        const { code } = await peer.receivesClose();
        assert.ok(code === 1002 || code === 1007);
        await peer.receivesEnd();
      });
      const client = await connect(url);
      const event = await client.closed;
      assert.equal(event.error?.code, code);
      await server.finished();
    });
  }

  test('any bytes: lengths that are not minimal (RFC 6455 §5.2)', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => {
      peer.accept();
      peer.sendBytes('81 7e 00 05  48 65 6c 6c 6f');
    });
    const client = await connect(url);
    assert.equal((await client.closed).error?.code, 'ERR_WS_LENGTH_NOT_MINIMAL');
  });

  test('bytes that are not hexadecimal digits are refused', async () => {
    await using network = useNetwork();
    const server = network.peer(url, (peer) => peer.sendBytes('8g'));
    const attempt = failure(connect(url));
    await assert.rejects(server.finished(), /cannot read "8g" as bytes/);
    await attempt;
  });
});

describe('ends', { timeout: 30_000 }, () => {
  const cases: Record<string, { script: PeerScript; end: string }> = {
    'close, answered': {
      script: async (peer) => {
        peer.accept();
        peer.sendClose(4001, 'bye');
        await peer.receivesClose(4001);
      },
      end: '4001 "bye" clean',
    },
    'an empty Close': {
      script: async (peer) => {
        peer.accept();
        peer.sendClose();
        await peer.receivesClose(1005, '');
      },
      end: '1005 "" clean',
    },
    'a Close with a code that must not be sent (RFC 6455 §7.4.1)': {
      script: async (peer) => {
        peer.accept();
        peer.sendClose(1005, 'illegal');
        await peer.receivesClose(1002);
      },
      end: '1006 "illegal" unclean ERR_WS_CLOSE_CODE',
    },
    'FIN without a Close': {
      script: (peer) => {
        peer.accept();
        peer.end();
      },
      end: '1006 "" unclean ERR_WS_LOST',
    },
    reset: {
      script: (peer) => {
        peer.accept();
        peer.reset();
      },
      end: '1006 "" unclean ERR_WS_LOST',
    },
    'FIN in the middle of a frame': {
      script: (peer) => {
        peer.accept();
        peer.sendFrame({ opcode: 'text', payload: 'Hello', cut: 4 });
        peer.end();
      },
      end: '1006 "" unclean ERR_WS_LOST',
    },
    'reset in the middle of a frame': {
      script: (peer) => {
        peer.accept();
        peer.sendFrame({ opcode: 'binary', payload: new Uint8Array(70_000), cut: 1 });
        peer.reset();
      },
      end: '1006 "" unclean ERR_WS_LOST',
    },
  };
  for (const [name, { script, end }] of Object.entries(cases)) {
    test(name, async () => {
      await using network = useNetwork();
      const server = network.peer(url, script);
      const client = await connect(url);
      const event = await client.closed;
      assert.equal(ending(event), end);
      await server.finished();
    });
  }

  test('our Close, answered; with the answer late, and never', async () => {
    await using network = useNetwork();
    const server = network.peer(url, async (peer, number) => {
      peer.answersClose = false;
      peer.accept();
      await peer.receivesClose(1000, 'done');
      if (number === 2) await peer.delay(4_000);
      if (number < 3) peer.answerClose();
    });
    const ends: string[] = [];
    for (let count = 0; count < 3; count++) {
      const client = await connect(url);
      void client.close(1000, 'done').then((event) => ends.push(`${network.now} ${ending(event)}`));
      await network.settle();
    }
    await network.advance(10_000);
    assert.deepEqual(ends, ['0 1000 "done" clean', '4000 1000 "done" clean', '5000 1006 "" unclean ERR_WS_LOST']);
    await server.finished();
  });

  test('half-open: the peer goes on sending after our end', async () => {
    await using network = useNetwork();
    const server = network.peer(url);
    const opening = connect(url);
    const peer = await server.next();
    peer.answersEnd = false;
    peer.accept();
    const client = await opening;
    client.terminate();
    await peer.receivesEnd();
    peer.sendText('too late');
    await peer.receivesReset();
    assert.equal(peer.isOpen, false);
  });

  test('a peer that does not read: the client’s bytes pile up, and go on when it reads', async () => {
    await using network = useNetwork();
    const server = network.peer(url);
    const opening = connect(url);
    const peer = await server.next();
    peer.accept();
    const client = await opening;
    peer.stopReading();
    const text = 'x'.repeat(50_000);
    for (let count = 0; count < 20; count++) client.send(text);
    await network.settle();
    assert.ok(client.bufferedAmount > 500_000);
    peer.resumeReading();
    for (let count = 0; count < 20; count++) await peer.receives('text', text);
    assert.equal(client.bufferedAmount, 0);
    client.terminate();
  });
});

describe('failures', { timeout: 30_000 }, () => {
  test('another thing arrives: expected, received, and received before', async () => {
    await using network = useNetwork();
    const server = network.peer(url, async (peer) => {
      peer.accept();
      await peer.receives('text', 'one');
      await peer.receives('binary', '01 02');
    });
    const client = await connect(url);
    client.send('one');
    client.send('two');
    const error = await failure(server.finished());
    assert.equal(error.name, 'AssertionError');
    assert.equal(
      error.message,
      'ws://chat.example:80/ (connection 1): expected binary 01 02, received text "two"\n' +
        '  before that: head "GET / HTTP/1.1", text "one"',
    );
    const { expected, actual } = error as unknown as { expected: string; actual: string };
    assert.deepEqual([expected, actual], ['binary 01 02', 'text "two"']);
    assert.match(error.stack ?? '', /server-peer\.test\.ts/);
    // The client is not left waiting.
    assert.equal((await client.closed).code, 1006);
  });

  test('nothing arrives: the test is told, instead of waiting for ever', async () => {
    await using network = useNetwork();
    const server = network.peer(url);
    assert.match((await failure(server.next())).message, /expected a client, received none; nothing is on its way/);
    assert.match((await failure(server.finished())).message, /expected a client, received none/);
    const opening = connect(url);
    const peer = await server.next();
    peer.accept();
    const client = await opening;
    assert.match(
      (await failure(peer.receives('text', 'hello'))).message,
      /expected text "hello", received nothing, and nothing is on its way/,
    );
    client.terminate();
    await network.settle();
    assert.match((await failure(peer.receives('text'))).message, /expected any text, received the end of TCP \(FIN\)/);
    assert.match((await failure(peer.receivesClose(1000, 'x'))).message, /expected close 1000 "x", received the end/);
  });

  test('something arrives that nothing was said about', async () => {
    await using network = useNetwork();
    const server = network.peer(url);
    const opening = connect(url);
    const peer = await server.next();
    peer.accept();
    const client = await opening;
    await peer.receivesNothing();
    client.send('surprise');
    assert.match((await failure(peer.receivesNothing())).message, /expected nothing, received text "surprise"/);
    client.terminate();
  });

  test('a script that has not ended says what it waits for: to finished(), and to uninstall()', async () => {
    const network = useNetwork();
    const server = network.peer(url, async (peer) => {
      peer.accept();
      await peer.receivesClose(1000);
    });
    const client = await connect(url);
    const text = 'ws://chat.example:80/: expected the end of its script, received a script waits for close 1000';
    assert.ok((await failure(server.finished())).message.startsWith(text));
    client.terminate();
    // Now it does end, with the failure of its assertion.
    await network.settle();
    assert.match((await failure(server.finished())).message, /expected close 1000, received the end of TCP/);
    const second = await connect(url);
    second.send('x');
    assert.match((await failure(network.uninstall())).message, /expected close 1000, received text "x"/);
  });

  test('a Ping is asserted only if it is not answered automatically', async () => {
    await using network = useNetwork();
    const server = network.peer(url, async (peer) => {
      await peer.receivesPing();
    });
    const attempt = failure(connect(url));
    await assert.rejects(server.finished(), /answers Ping frames by itself; set answersPings = false first/);
    await attempt;
  });

  test('after close() nobody listens; connections stay', async () => {
    await using network = useNetwork();
    const server = network.peer(url, (peer) => peer.accept());
    const client = await connect(url);
    server.close();
    assert.equal((await failure(connect(url))).code, 'ERR_WS_CONNECT');
    assert.equal(client.isOpen, true);
    client.terminate();
    network.peer(url, (peer) => peer.accept());
    (await connect(url)).terminate();
  });
});
