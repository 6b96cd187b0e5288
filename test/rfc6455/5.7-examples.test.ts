// RFC 6455 §5.7: the examples, literally, as they are received and as they are sent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { receivesBytes } from '../support/feeds.ts';
import { hex, pattern } from '../support/hex.ts';
import { showData } from '../support/wire.ts';

describe('RFC 6455 §5.7 Examples, received', () => {
  test('a single-frame unmasked text message: "Hello"', () => {
    receivesBytes('client', hex('81 05 48 65 6c 6c 6f'), { events: ['message "Hello"'] });
  });
  test('a single-frame masked text message: "Hello"', () => {
    receivesBytes('server', hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'), { events: ['message "Hello"'] });
  });
  test('a fragmented unmasked text message: "Hel" and "lo"', () => {
    receivesBytes('client', hex('01 03 48 65 6c', '80 02 6c 6f'), { events: ['message "Hello"'] });
  });
  test('unmasked Ping request', () => {
    const input = hex('89 05 48 65 6c 6c 6f');
    receivesBytes('client', input, { events: ['ping 48 65 6c 6c 6f'], written: ['8a 05 48 65 6c 6c 6f'] });
  });
  test('masked Pong response', () => {
    receivesBytes('server', hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58'), { events: ['pong 48 65 6c 6c 6f'] });
  });
  test('256 bytes binary message in a single unmasked frame', () => {
    const payload = pattern(256);
    receivesBytes('client', hex('82 7e 01 00', payload), { events: [`message ${showData(payload)}`] });
  });
  test('64 KiB binary message in a single unmasked frame', () => {
    const payload = pattern(65536);
    const input = hex('82 7f 00 00 00 00 00 01 00 00', payload);
    for (const cut of [0, 1, 2, 5, 9, 10, 11, 1000, 65545]) {
      const { receive, events } = openConnection('client');
      receive(input.subarray(0, cut));
      receive(input.subarray(cut));
      assert.deepEqual(events, [`message ${showData(payload)}`], `cut at ${cut}`);
    }
  });
});

describe('RFC 6455 §5.7 Examples, sent', () => {
  test('a single-frame unmasked text message: "Hello"', () => {
    const { connection, turn, written } = openConnection('server');
    connection.send('Hello');
    turn.end();
    written.equals('81 05 48 65 6c 6c 6f');
  });
  test('a single-frame masked text message: "Hello"', () => {
    const { connection, turn, written } = openConnection('client');
    connection.send('Hello');
    turn.end();
    written.equals('81 85 37 fa 21 3d 7f 9f 4d 51 58');
  });
  test('a fragmented unmasked text message: "Hel" and "lo"', () => {
    const { connection, turn, written } = openConnection('server');
    connection.sendFragment('Hel', { fin: false });
    connection.sendFragment('lo', { fin: true });
    turn.end();
    written.equals('01 03 48 65 6c', '80 02 6c 6f');
  });
  test('unmasked Ping request and masked Pong response', () => {
    const server = openConnection('server');
    server.connection.ping('Hello');
    server.turn.end();
    server.written.equals('89 05 48 65 6c 6c 6f');
    const client = openConnection('client');
    client.receive(server.written.bytes);
    client.written.equals('8a 85 37 fa 21 3d 7f 9f 4d 51 58');
  });
  test('256 bytes binary message in a single unmasked frame', () => {
    const { connection, turn, written } = openConnection('server');
    connection.send(pattern(256));
    turn.end();
    written.equals('82 7e 01 00', pattern(256));
  });
  test('64 KiB binary message in a single unmasked frame', () => {
    const { connection, turn, written } = openConnection('server');
    connection.send(pattern(65536));
    turn.end();
    written.equals('82 7f 00 00 00 00 00 01 00 00', pattern(65536));
  });
});
