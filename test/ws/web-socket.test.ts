// The members and events of a WebSocket in the shape of `ws`, by name.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { describe, test } from 'node:test';
import { uncaughtExceptions } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { acceptHandshake, switchingProtocols } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { closed, connecting, libraries, opened } from './client-support.ts';

const NOT_OPEN = 'WebSocket is not open: readyState';

for (const [name, library] of libraries) {
  const { WebSocket } = library;

  describe(`constants: ${name}`, () => {
    for (const [value, state] of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'].entries()) {
      test(`${state} on the class and its prototype cannot be changed`, () => {
        for (const object of [WebSocket, WebSocket.prototype]) {
          const expected = { value, enumerable: true, configurable: false, writable: false };
          assert.deepEqual(Object.getOwnPropertyDescriptor(object, state), expected);
        }
      });
    }
  });

  describe(`send: ${name}`, () => {
    test(
      'strings and numbers are text; bytes, arrays and undefined are binary',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const bytes = Uint8Array.of(1, 2, 3);
        webSocket.send('déjà');
        webSocket.send(5);
        webSocket.send(bytes);
        webSocket.send(bytes.buffer);
        webSocket.send(new DataView(bytes.buffer, 1));
        webSocket.send([7, 8]);
        webSocket.send(undefined as never);
        webSocket.send('');
        const frames = [];
        for (let at = 0; at < 8; at++) {
          const { first, payload } = await peer.readFrame();
          frames.push(`${first.toString(16)} ${payload.toString(first === 0x81 ? 'utf8' : 'hex')}`);
        }
        assert.deepEqual(frames, ['81 déjà', '81 5', '82 010203', '82 010203', '82 0203', '82 0708', '82 ', '81 ']);
      }),
    );

    test(
      'binary says what a message is',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        webSocket.send('a', { binary: true });
        webSocket.send(Buffer.from('b'), { binary: false });
        assert.equal((await peer.readFrame()).first, 0x82);
        assert.equal((await peer.readFrame()).first, 0x81);
      }),
    );

    test(
      'fin: false begins a message, and what follows continues it',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        webSocket.send('a', { fin: false });
        webSocket.send('b', { fin: false });
        webSocket.send('c');
        webSocket.send('d');
        const firsts = [];
        for (let at = 0; at < 4; at++) firsts.push((await peer.readFrame()).first);
        assert.deepEqual(firsts, [0x01, 0x00, 0x80, 0x81]);
      }),
    );

    test(
      'a Blob keeps its place among messages, pings and the closing handshake',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        webSocket.send('before');
        webSocket.send(new Blob(['blob']));
        webSocket.send('behind');
        webSocket.ping('x');
        webSocket.close(1000);
        assert.equal(webSocket.readyState, WebSocket.CLOSING);
        const frames = [];
        for (let at = 0; at < 5; at++) {
          const { first, payload } = await peer.readFrame();
          frames.push(`${first.toString(16)} ${first === 0x88 ? payload.toString('hex') : payload}`);
        }
        assert.deepEqual(frames, ['81 before', '82 blob', '81 behind', '89 x', '88 03e8']);
      }),
    );

    test(
      'the callback is called without an error, and with one afterwards',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const told = new Inbox<unknown>();
        webSocket.send('a', (error) => told.push(error ?? 'sent'));
        webSocket.send('b', {}, (error) => told.push(error ?? 'sent'));
        assert.deepEqual(await told.take(2), ['sent', 'sent']);
        webSocket.close();
        webSocket.send('late', (error) => told.push(error?.message));
        assert.equal(await told.next(), `${NOT_OPEN} 2 (CLOSING)`);
        assert.ok(webSocket.bufferedAmount >= 4);
        peer.end(hex('88 00'));
        await closed(webSocket);
        webSocket.send('late', (error) => told.push(error?.message));
        assert.equal(await told.next(), `${NOT_OPEN} 3 (CLOSED)`);
      }),
    );

    test(
      'throws for an object without bytes',
      leavingNothing(async (scope) => {
        const { webSocket } = await opened(scope, library);
        assert.throws(() => webSocket.send({} as never), { name: 'TypeError' });
      }),
    );
  });

  test(
    `send, ping and pong throw while CONNECTING: ${name}`,
    leavingNothing(async (scope) => {
      const { webSocket } = await connecting(scope, library);
      assert.equal(webSocket.readyState, WebSocket.CONNECTING);
      for (const call of ['send', 'ping', 'pong'] as const) {
        assert.throws(() => webSocket[call]('x'), { name: 'Error', message: `${NOT_OPEN} 0 (CONNECTING)` });
      }
      webSocket.pause();
      webSocket.resume();
      assert.equal(webSocket.isPaused, false);
      assert.equal(webSocket._socket, null);
    }),
  );

  describe(`ping and pong: ${name}`, () => {
    test(
      'data may be text, a number, bytes or absent; the callback may stand in every place',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const told = new Inbox<unknown>();
        const sent = (error?: Error): void => told.push(error ?? 'sent');
        webSocket.ping(sent as never);
        webSocket.ping('a', sent as never);
        webSocket.ping(5, true, sent);
        webSocket.pong(Buffer.from('b'), undefined, sent);
        const frames = [];
        for (let at = 0; at < 4; at++) {
          const { first, payload } = await peer.readFrame();
          frames.push(`${first.toString(16)} ${payload}`);
        }
        assert.deepEqual(frames, ['89 ', '89 a', '89 5', '8a b']);
        assert.deepEqual(await told.take(4), ['sent', 'sent', 'sent', 'sent']);
      }),
    );

    test(
      'more than 125 bytes are refused',
      leavingNothing(async (scope) => {
        const { webSocket } = await opened(scope, library);
        for (const call of ['ping', 'pong'] as const) {
          assert.throws(() => webSocket[call]('x'.repeat(126)), {
            name: 'RangeError',
            message: 'The data size must not be greater than 125 bytes',
          });
        }
      }),
    );
  });

  describe(`close: ${name}`, () => {
    test(
      'codes and reasons that may not be sent throw',
      leavingNothing(async (scope) => {
        const { webSocket } = await opened(scope, library);
        for (const code of ['error', 1004, 1005, 1006, 1015, 2999, 5000]) {
          assert.throws(() => webSocket.close(code as number), {
            name: 'TypeError',
            message: 'First argument must be a valid error code number',
          });
        }
        assert.throws(() => webSocket.close(1000, 'a'.repeat(124)), {
          name: 'RangeError',
          message: 'The message must not be greater than 123 bytes',
        });
      }),
    );

    test(
      'messages of the peer come until its Close frame, and its code is what close tells',
      leavingNothing(async (scope) => {
        const { webSocket, peer, events } = await opened(scope, library);
        webSocket.close(4000, Buffer.from('bye'));
        webSocket.close(4001);
        assert.equal(webSocket.readyState, WebSocket.CLOSING);
        const { first, payload } = await peer.readFrame();
        assert.deepEqual([first, payload.toString('latin1', 2)], [0x88, 'bye']);
        peer.write(hex('81 02 68 69'));
        peer.end(hex('88 02 0f a0'));
        assert.deepEqual(await events.take(4), ['upgrade', 'open', 'text hi', 'close 4000 ']);
        assert.equal(webSocket.readyState, WebSocket.CLOSED);
        webSocket.close();
        webSocket.terminate();
      }),
    );

    test(
      'without a code the Close frame is empty, and the peer may begin',
      leavingNothing(async (scope) => {
        const { peer, events } = await opened(scope, library);
        peer.write(hex('88 00'));
        const { first, payload } = await peer.readFrame();
        assert.deepEqual([first, payload.length], [0x88, 0]);
        peer.end();
        assert.deepEqual(await events.take(3), ['upgrade', 'open', 'close 1005 ']);
      }),
    );

    for (const call of ['close', 'terminate'] as const) {
      test(
        `${call} while CONNECTING: an error and close, in a later tick`,
        leavingNothing(async (scope) => {
          const { webSocket, events } = await connecting(scope, library);
          webSocket[call]();
          assert.equal(webSocket.readyState, WebSocket.CLOSING);
          assert.deepEqual(events.rest, []);
          assert.deepEqual(await events.take(2), [
            'error WebSocket was closed before the connection was established',
            'close 1006 ',
          ]);
        }),
      );
    }

    test(
      'in a listener of upgrade',
      leavingNothing(async (scope) => {
        const { webSocket, peer, events } = await connecting(scope, library);
        webSocket.on('upgrade', () => webSocket.terminate());
        await acceptHandshake(peer);
        assert.deepEqual(await events.take(3), [
          'upgrade',
          'error WebSocket was closed before the connection was established',
          'close 1006 ',
        ]);
      }),
    );

    test(
      'terminate: close follows with 1006, without an error',
      leavingNothing(async (scope) => {
        const { webSocket, events } = await opened(scope, library);
        webSocket.terminate();
        assert.deepEqual(await events.take(3), ['upgrade', 'open', 'close 1006 ']);
      }),
    );

    test(
      'a lost connection: close with 1006, without an error',
      leavingNothing(async (scope) => {
        const { peer, events } = await opened(scope, library);
        peer.reset();
        assert.deepEqual(await events.take(3), ['upgrade', 'open', 'close 1006 ']);
      }),
    );
  });

  describe(`messages: ${name}`, () => {
    test(
      'binaryType',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        assert.equal(webSocket.binaryType, 'nodebuffer');
        webSocket.binaryType = 'nonsense' as never;
        assert.equal(webSocket.binaryType, 'nodebuffer');
        for (const type of ['nodebuffer', 'arraybuffer', 'fragments', 'blob'] as const) {
          webSocket.binaryType = type;
          const message = once(webSocket, 'message');
          peer.write(hex('82 02 01 02'));
          const [data, isBinary] = (await message) as [unknown, boolean];
          assert.equal(isBinary, true);
          if (type === 'nodebuffer') assert.deepEqual(data, Buffer.of(1, 2));
          else if (type === 'arraybuffer') assert.deepEqual(data, Uint8Array.of(1, 2).buffer);
          else if (type === 'fragments') assert.deepEqual(Buffer.concat(data as Buffer[]), Buffer.of(1, 2));
          else assert.deepEqual(await (data as Blob).arrayBuffer(), Uint8Array.of(1, 2).buffer);
        }
        const message = once(webSocket, 'message');
        peer.write(hex('81 01 61'));
        assert.deepEqual(await message, [Buffer.from('a'), false]);
      }),
    );

    test(
      'come behind open, even if they came with the response',
      leavingNothing(async (scope) => {
        const { peer, events } = await connecting(scope, library);
        peer.write(Buffer.concat([Buffer.from(switchingProtocols(await peer.readHead())), hex('81 01 61')]));
        assert.deepEqual(await events.take(3), ['upgrade', 'open', 'text a']);
      }),
    );

    test(
      'pause holds them back, and resume lets them come',
      leavingNothing(async (scope) => {
        const { webSocket, peer, events } = await opened(scope, library);
        await events.take(2);
        webSocket.pause();
        assert.equal(webSocket.isPaused, true);
        assert.equal(webSocket._socket?.isPaused(), true);
        peer.write(hex('81 01 61'));
        const isDelivered = events.next();
        webSocket.resume();
        assert.equal(webSocket.isPaused, false);
        assert.equal(await isDelivered, 'text a');
      }),
    );
  });

  describe(`_socket: ${name}`, () => {
    test(
      'tells addresses, takes options, and stops and ends the connection',
      leavingNothing(async (scope) => {
        const { webSocket, peer, events } = await opened(scope, library);
        await events.take(2);
        const socket = webSocket._socket as NetSocket;
        assert.equal(socket.remoteAddress, '127.0.0.1');
        assert.equal(socket.remotePort, peer.socket.localPort);
        assert.equal(socket.remoteFamily, 'IPv4');
        assert.equal(socket.setNoDelay(true), socket);
        assert.equal(socket.setKeepAlive(true, 1000), socket);
        socket.unref();
        socket.ref();
        socket.pause();
        peer.write(hex('81 01 61'));
        const isDelivered = events.next();
        socket.resume();
        assert.equal(await isDelivered, 'text a');
        const gone = once(socket, 'close');
        socket.destroy();
        assert.equal(socket.destroyed, true);
        await gone;
        assert.equal(await events.next(), 'close 1006 ');
      }),
    );
  });

  test(
    `unexpected-response leaves request and response to the listener: ${name}`,
    leavingNothing(async (scope) => {
      const { webSocket, peer, events } = await connecting(scope, library);
      const told = once(webSocket, 'unexpected-response');
      await peer.readHead();
      peer.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
      const [request, response] = (await told) as [ClientRequest, IncomingMessage];
      assert.equal(response.statusCode, 401);
      const [body] = (await once(response, 'data')) as [Buffer];
      assert.equal(String(body), 'no');
      assert.deepEqual(events.rest, []);
      request.destroy();
      webSocket.terminate();
      assert.equal(await closed(webSocket), 1006);
    }),
  );

  describe(`responses that are not right: ${name}`, () => {
    for (const [what, change, message] of [
      ['a status', () => 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n', 'Unexpected server response: 401'],
      [
        'Sec-WebSocket-Accept',
        (head: string) => switchingProtocols(head).replace(/Accept: .*/u, 'Accept: x'),
        'Invalid Sec-WebSocket-Accept header',
      ],
      ['Upgrade', (head: string) => switchingProtocols(head).replace('websocket', 'x'), 'Invalid Upgrade header'],
      [
        'a subprotocol that was not asked for',
        (head: string) => switchingProtocols(head, 'Sec-WebSocket-Protocol: x'),
        'Server sent a subprotocol but none was requested',
      ],
      [
        'an extension that was not asked for',
        (head: string) => switchingProtocols(head, 'Sec-WebSocket-Extensions: x'),
        'Server indicated an extension that was not requested',
      ],
      [
        'parameters of permessage-deflate',
        (head: string) => switchingProtocols(head, 'Sec-WebSocket-Extensions: permessage-deflate; x'),
        'Invalid Sec-WebSocket-Extensions header',
      ],
    ] as const) {
      test(
        what,
        leavingNothing(async (scope) => {
          const { peer, events } = await connecting(scope, library);
          peer.write(change(await peer.readHead()));
          const seen = await events.take(what === 'a status' ? 2 : 3);
          assert.deepEqual(
            seen.filter((one) => one !== 'upgrade'),
            [`error ${message}`, 'close 1006 '],
          );
        }),
      );
    }

    for (const [fields, message] of [
      [[], 'Server sent no subprotocol'],
      [['Sec-WebSocket-Protocol: x'], 'Server sent an invalid subprotocol'],
    ] as const) {
      test(
        message,
        leavingNothing(async (scope) => {
          const { peer, events } = await connecting(scope, library, {}, ['a', 'b']);
          await acceptHandshake(peer, ...fields);
          assert.deepEqual(await events.take(3), ['upgrade', `error ${message}`, 'close 1006 ']);
        }),
      );
    }
  });

  describe(`violations of the peer: ${name}`, () => {
    for (const [bytes, code, type, message, closeCode] of [
      [
        'a1 00',
        'WS_ERR_UNEXPECTED_RSV_2_3',
        'RangeError',
        'Invalid WebSocket frame: RSV2 and RSV3 must be clear',
        1002,
      ],
      ['85 00', 'WS_ERR_INVALID_OPCODE', 'RangeError', 'Invalid WebSocket frame: invalid opcode 5', 1002],
      ['80 00', 'WS_ERR_INVALID_OPCODE', 'RangeError', 'Invalid WebSocket frame: invalid opcode 0', 1002],
      ['01 00 01 00', 'WS_ERR_INVALID_OPCODE', 'RangeError', 'Invalid WebSocket frame: invalid opcode 1', 1002],
      ['09 00', 'WS_ERR_EXPECTED_FIN', 'RangeError', 'Invalid WebSocket frame: FIN must be set', 1002],
      [
        '89 7e 00 7e',
        'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
        'RangeError',
        'Invalid WebSocket frame: invalid payload length 126',
        1002,
      ],
      [
        '88 01 00',
        'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
        'RangeError',
        'Invalid WebSocket frame: invalid payload length 1',
        1002,
      ],
      [
        '88 02 03 ee',
        'WS_ERR_INVALID_CLOSE_CODE',
        'RangeError',
        'Invalid WebSocket frame: invalid status code 1006',
        1002,
      ],
      [
        '81 80 00 00 00 00',
        'WS_ERR_UNEXPECTED_MASK',
        'RangeError',
        'Invalid WebSocket frame: MASK must be clear',
        1002,
      ],
      ['81 01 ff', 'WS_ERR_INVALID_UTF8', 'Error', 'Invalid WebSocket frame: invalid UTF-8 sequence', 1007],
    ] as const) {
      test(
        `${bytes}: ${code}`,
        leavingNothing(async (scope) => {
          const { webSocket, peer } = await opened(scope, library);
          const error = new Promise<Error & { code?: string }>((resolve) => webSocket.on('error', resolve));
          peer.write(hex(bytes));
          const { name: given, code: found, message: text } = await error;
          assert.deepEqual([given, found, text], [type, code, message]);
          assert.equal((await peer.readFrame()).payload.readUInt16BE(), closeCode);
          peer.end();
          assert.equal(await closed(webSocket), 1006);
        }),
      );
    }
  });

  // The parser of `ws` stops there.
  test(
    `what a listener throws is uncaught, and the connection goes on: ${name}`,
    { skip: name === 'ws' },
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const { webSocket, peer, events } = await opened(scope, library);
      await events.take(2);
      webSocket.on('ping', () => {
        throw new Error('mine');
      });
      peer.write(hex('89 00'));
      assert.equal((await uncaught.next()).message, 'mine');
      peer.write(hex('81 01 61'));
      assert.deepEqual(await events.take(2), ['ping ', 'text a']);
    }),
  );
}
