// RFC 6455 §5.1: a client masks every frame, a server none; an endpoint that receives the opposite fails the connection.

import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { receives, receivesBytes } from '../support/feeds.ts';
import { hex } from '../support/hex.ts';

describe('RFC 6455 §5.1 what is received', () => {
  // One of each kind, unmasked and masked; the server refuses at the second byte, so the key need not be there.
  const kinds: [name: string, unmasked: string, masked: string][] = [
    ['text', '81 02  48 69', '81 82  37 fa 21 3d  7f 93'],
    ['binary', '82 02  48 69', '82 82  37 fa 21 3d  7f 93'],
    ['empty text', '81 00', '81 80  37 fa 21 3d'],
    ['fragment', '01 02  48 69', '01 82  37 fa 21 3d  7f 93'],
    ['ping', '89 02  48 69', '89 82  37 fa 21 3d  7f 93'],
    ['empty pong', '8a 00', '8a 80  37 fa 21 3d'],
    ['close', '88 02  03 e8', '88 82  37 fa 21 3d  34 12'],
    ['masked with the zero key', '81 02  48 69', '81 82  00 00 00 00  48 69'],
    ['16-bit length', '82 7e 01 00', '82 fe 01 00  37 fa 21 3d'],
    ['64-bit length', '82 7f 00 00 00 00 00 01 00 00', '82 ff 00 00 00 00 00 01 00 00  37 fa 21 3d'],
  ];
  for (const [name, unmasked, masked] of kinds) {
    test(`a server fails on an unmasked frame: ${name}`, () => {
      receivesBytes('server', hex(unmasked), { fails: 'ERR_WS_NOT_MASKED' });
    });
    test(`a client fails on a masked frame: ${name}`, () => {
      receivesBytes('client', hex(masked), { fails: 'ERR_WS_MASKED' });
    });
  }

  test('the second byte is enough to tell', () => {
    receivesBytes('server', hex('81 05'), { fails: 'ERR_WS_NOT_MASKED' });
    receivesBytes('client', hex('81 85'), { fails: 'ERR_WS_MASKED' });
  });

  test('the same in the middle of a message: the fragments before it are not delivered', () => {
    receivesBytes('server', hex('01 82  37 fa 21 3d  7f 93', '80 01 21'), { fails: 'ERR_WS_NOT_MASKED' });
    receivesBytes('client', hex('01 02  48 69', '80 81  37 fa 21 3d  16'), { fails: 'ERR_WS_MASKED' });
  });

  test('messages that were complete before it are delivered', () => {
    receives(['81 02  48 69'], { events: ['message "Hi"'] });
    receivesBytes('server', hex('81 82  37 fa 21 3d  7f 93', '81 02  48 69'), {
      events: ['message "Hi"'],
      fails: 'ERR_WS_NOT_MASKED',
    });
    receivesBytes('client', hex('81 02  48 69', '81 82  37 fa 21 3d  7f 93'), {
      events: ['message "Hi"'],
      fails: 'ERR_WS_MASKED',
    });
  });
});

describe('RFC 6455 §5.1 what is sent', () => {
  const sendAll = (role: 'client' | 'server') => {
    const { connection, written, turn } = openConnection(role);
    connection.send('Hi');
    connection.send(hex('01 02'));
    connection.send('');
    connection.sendFragment('a', { fin: false });
    connection.sendFragment('', { fin: true });
    connection.ping(hex('05'));
    connection.pong();
    void connection.close(1000, 'x');
    turn.end();
    return written;
  };
  test('a client masks every frame, empty and control frames included', () => {
    sendAll('client').equals(
      hex('81 82  37 fa 21 3d  7f 93', '82 82  37 fa 21 3d  36 f8', '81 80  37 fa 21 3d'),
      hex('01 81  37 fa 21 3d  56', '80 80  37 fa 21 3d', '89 81  37 fa 21 3d  32', '8a 80  37 fa 21 3d'),
      hex('88 83  37 fa 21 3d  34 12 59'),
    );
  });
  test('a server masks none', () => {
    sendAll('server').equals(
      hex('81 02  48 69', '82 02  01 02', '81 00', '01 01  61', '80 00', '89 01  05', '8a 00', '88 03  03 e8 78'),
    );
  });
});
