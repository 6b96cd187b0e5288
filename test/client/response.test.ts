// RFC 6455 §4.1, the response on its way in: cut anywhere, large, and with frames right behind it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ClientConnection, type ConnectOptions, connect } from '../../src/engine/index.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { hex, toHex } from '../support/hex.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';

/** Connects to a raw server that answers with what `respond` makes of the request. */
async function connectTo(
  scope: Scope,
  respond: (peer: RawPeer, request: string) => Promise<void> | void,
  options: ConnectOptions = {},
): Promise<{ connecting: Promise<ClientConnection>; peer: RawPeer }> {
  const server = await listenRaw(scope);
  const connecting = connect(server.url, options);
  connecting.then(
    (connection) => scope.defer(() => connection.terminate()),
    () => {},
  );
  const peer = await server.accepted();
  await respond(peer, await peer.readHead());
  return { connecting, peer };
}

test(
  'the response is kept: status, text, fields as they were, subprotocol, address',
  leavingNothing(async (scope) => {
    const { connecting, peer } = await connectTo(
      scope,
      (raw, request) =>
        raw.write(
          switchingProtocols(request, 'Sec-WebSocket-Protocol: v2', 'Set-Cookie: a=1', 'set-cookie: b=2').replace(
            'Switching Protocols',
            'Web Socket Protocol Handshake',
          ),
        ),
      { subprotocols: ['v1', 'v2'] },
    );
    const connection = await connecting;
    const { status, statusText, rawHeaders } = connection.response;
    assert.equal(status, 101);
    assert.equal(statusText, 'Web Socket Protocol Handshake');
    assert.deepEqual(rawHeaders.slice(0, 4), ['Upgrade', 'websocket', 'Connection', 'Upgrade']);
    assert.deepEqual(rawHeaders.slice(6), ['Sec-WebSocket-Protocol', 'v2', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2']);
    assert.equal(connection.subprotocol, 'v2');
    assert.equal(connection.remoteAddress, '127.0.0.1');
    assert.equal(connection.remotePort, peer.socket.localPort);
    assert.equal(connection.url, `ws://127.0.0.1:${connection.remotePort}/`);
  }),
);
test(
  'a server that ignores the offered subprotocols is accepted',
  leavingNothing(async (scope) => {
    const { connecting } = await connectTo(scope, (raw, request) => raw.write(switchingProtocols(request)), {
      subprotocols: ['chat'],
    });
    assert.equal((await connecting).subprotocol, '');
  }),
);
test(
  'tokens in any letters and spaces around values (RFC 6455 §4.1 items 2, 3, 4)',
  leavingNothing(async (scope) => {
    const { connecting } = await connectTo(scope, (raw, request) =>
      raw.write(
        switchingProtocols(request)
          .replace('Upgrade: websocket', 'UPGRADE:  WebSocket \t')
          .replace('Connection: Upgrade', 'connection: keep-alive, UPGRADE')
          .replace(/(Accept: )(\S+)/, '$1 $2 '),
      ),
    );
    assert.equal((await connecting).isOpen, true);
  }),
);
test(
  'a head that comes one byte at a time, with a frame behind it',
  leavingNothing(async (scope) => {
    const { connecting } = await connectTo(scope, (raw, request) =>
      // 81 05 Hello
      raw.writeByteByByte(`${switchingProtocols(request, 'X-Some: thing')}\x81\x05Hello`),
    );
    for await (const message of await connecting) {
      assert.equal(message, 'Hello');
      break;
    }
  }),
);
test(
  'interim responses before the 101 are passed over (RFC 7231 §6.2)',
  leavingNothing(async (scope) => {
    const { connecting } = await connectTo(scope, (raw, request) =>
      raw.write(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${switchingProtocols(request)}`),
    );
    assert.equal((await connecting).isOpen, true);
  }),
);

describe('bytes after the head', () => {
  test(
    'frames in the same segment are delivered in order, after open, before connect resolves to its caller',
    leavingNothing(async (scope) => {
      const log: string[] = [];
      const { connecting, peer } = await connectTo(
        scope,
        (raw, request) =>
          raw.write(
            Buffer.concat([
              Buffer.from(switchingProtocols(request)),
              hex('81 01 61  89 01 62  82 02 01 02  88 02 03 e8'),
            ]),
          ),
        {
          handlers: {
            open: (connection) => log.push(`open ${connection.isOpen}`),
            message: (_, data) => log.push(typeof data === 'string' ? `text ${data}` : `binary ${toHex(data)}`),
            ping: (_, payload) => log.push(`ping ${payload}`),
            close: (_, { code, wasClean }) => log.push(`close ${code} ${wasClean}`),
          },
        },
      );
      const connection = await connecting;
      const pong = await peer.readFrame();
      assert.equal(pong.first, 0x8a);
      assert.equal(pong.payload.toString(), 'b');
      const close = await peer.readFrame();
      assert.equal(close.first, 0x88);
      assert.equal(toHex(close.payload), '03 e8');
      peer.end();
      assert.equal((await connection.closed).code, 1000);
      assert.deepEqual(log, ['open true', 'text a', 'ping b', 'binary 01 02', 'close 1000 true']);
    }),
  );
  test(
    'without a message handler they wait to be pulled, even if the connection has closed by then',
    leavingNothing(async (scope) => {
      const { connecting } = await connectTo(scope, (raw, request) =>
        raw.end(Buffer.concat([Buffer.from(switchingProtocols(request)), hex('81 01 61  81 01 62  88 00')])),
      );
      const connection = await connecting;
      await connection.closed;
      const messages: unknown[] = [];
      for await (const message of connection) messages.push(message);
      assert.deepEqual(messages, ['a', 'b']);
    }),
  );
  test(
    'half a frame after the head, the rest later',
    leavingNothing(async (scope) => {
      const { connecting, peer } = await connectTo(scope, (raw, request) =>
        raw.write(Buffer.concat([Buffer.from(switchingProtocols(request)), hex('81 05 48 65')])),
      );
      const connection = await connecting;
      peer.write('llo');
      const { value } = await connection[Symbol.asyncIterator]().next();
      assert.equal(value, 'Hello');
    }),
  );
  test(
    'that are not a frame fail the connection with 1002, not the handshake',
    leavingNothing(async (scope) => {
      const { connecting, peer } = await connectTo(scope, (raw, request) =>
        raw.write(Buffer.concat([Buffer.from(switchingProtocols(request)), hex('f1 05')])),
      );
      const connection = await connecting;
      const close = await peer.readFrame();
      assert.equal(close.first, 0x88);
      assert.equal(close.payload.readUInt16BE(), 1002);
      peer.end();
      const event = await connection.closed;
      assert.equal(event.error?.code, 'ERR_WS_RESERVED_BITS');
      assert.equal(event.error?.closeCode, 1002);
    }),
  );
});

describe('maxHeaderSize', () => {
  const field = (size: number): string => `X-Large: ${'x'.repeat(size)}`;
  test(
    'a head below it is taken',
    leavingNothing(async (scope) => {
      const { connecting } = await connectTo(scope, (raw, request) =>
        raw.write(switchingProtocols(request, field(60_000))),
      );
      assert.equal((await connecting).isOpen, true);
    }),
  );
  test(
    'a larger one is refused, with the bound and its name',
    leavingNothing(async (scope) => {
      const { connecting, peer } = await connectTo(scope, (raw, request) =>
        raw.write(switchingProtocols(request, field(70_000))),
      );
      const error = await rejectsWith(connecting, 'ERR_WS_RESPONSE_MALFORMED', /maxHeaderSize/, /65,?536/);
      assert.doesNotMatch(error.message, /did not answer in HTTP/);
      await peer.gone();
    }),
  );
  test(
    'a head without an end is not read for ever',
    leavingNothing(async (scope) => {
      const { connecting, peer } = await connectTo(
        scope,
        (raw) => raw.write(`HTTP/1.1 101 Switching Protocols\r\n${'X-Again: and again\r\n'.repeat(200)}`),
        { maxHeaderSize: 2_000 },
      );
      await rejectsWith(connecting, 'ERR_WS_RESPONSE_MALFORMED');
      await peer.gone();
    }),
  );
  test(
    'another bound, and none',
    leavingNothing(async (scope) => {
      const answer = (raw: RawPeer, request: string): void => raw.write(switchingProtocols(request, field(70_000)));
      const wide = await connectTo(scope, answer, { maxHeaderSize: 80_000 });
      assert.equal((await wide.connecting).isOpen, true);
      const unbounded = await connectTo(scope, answer, { maxHeaderSize: Infinity });
      assert.equal((await unbounded.connecting).isOpen, true);
    }),
  );
});
