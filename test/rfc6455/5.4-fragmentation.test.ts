// RFC 6455 §5.4: messages in fragments: their order, control frames between them, and the bounds on their number and
// size.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openConnection } from '../support/core-connection.ts';
import { type Outcome, receives } from '../support/feeds.ts';
import { pattern } from '../support/hex.ts';
import { frame, showData, wire } from '../support/wire.ts';

describe('RFC 6455 §5.4 a fragmented message is the concatenation of its fragments', () => {
  const cases: [name: string, frames: string[], outcome: Outcome][] = [
    ['text in two', ['01 03 48 65 6c', '80 02 6c 6f'], { events: ['message "Hello"'] }],
    ['binary in three', ['02 01 01', '00 02 02 03', '80 01 04'], { events: ['message 01 02 03 04'] }],
    ['empty fragments', ['01 00', '00 00', '00 01 61', '00 00', '80 00'], { events: ['message "a"'] }],
    ['nothing but empty fragments, text', ['01 00', '80 00'], { events: ['message ""'] }],
    ['nothing but empty fragments, binary', ['02 00', '00 00', '80 00'], { events: ['message'] }],
    [
      'one message after the other',
      ['01 01 61', '80 01 62', '82 01 03', '02 01 04', '80 01 05', '81 01 63'],
      { events: ['message "ab"', 'message 03', 'message 04 05', 'message "c"'] },
    ],
    ['not ended: nothing is delivered', ['01 03 48 65 6c', '00 01 6c'], {}],
  ];
  for (const [name, frames, outcome] of cases) test(name, () => receives(frames, outcome));

  test('a message of long fragments', () => {
    const parts = [pattern(70_000, 1), pattern(10, 2), pattern(20_000, 3), pattern(600, 4)];
    const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
    const frames = parts.map((part, index) => frame(index === 0 ? 0x02 : index === 3 ? 0x80 : 0x00, part));
    for (const role of ['client', 'server'] as const) {
      const input = wire(role, ...frames);
      for (const size of [1, 7, 1000, 16_384, 65_536, input.length]) {
        const { transport, events } = openConnection(role);
        for (let at = 0; at < input.length; at += size) transport.deliver(input.slice(at, at + size));
        assert.deepEqual(events, [`message ${showData(whole)}`], `${role}, chunks of ${size} bytes`);
      }
    }
  });
});

describe('RFC 6455 §5.4 control frames may come between fragments, and are handled before the message', () => {
  const controls: Record<string, [frame: string, events: string[], written: string[]]> = {
    ping: ['89 01 70', ['ping 70'], ['8a 01 70']],
    'empty ping': ['89 00', ['ping'], ['8a 00']],
    pong: ['8a 01 71', ['pong 71'], []],
    'empty pong': ['8a 00', ['pong'], []],
  };
  const names = Object.keys(controls);
  const orders = [...names.map((name) => [name]), ...names.flatMap((first) => names.map((second) => [first, second]))];
  for (const order of orders) {
    test(order.join(', '), () => {
      const chosen = order.map((name) => controls[name] as (typeof controls)[string]);
      const between = chosen.map(([bytes]) => bytes);
      const events = chosen.flatMap(([, told]) => told);
      const written = chosen.flatMap(([, , answer]) => answer);
      const twice = <Item>(items: Item[]) => [...items, ...items];
      receives(['01 02 e2 82', ...between, '80 01 ac'], { events: [...events, 'message "€"'], written });
      receives(['02 01 01', ...between, '00 01 02', ...between, '80 01 03'], {
        events: [...twice(events), 'message 01 02 03'],
        written: twice(written),
      });
    });
  }
});

describe('RFC 6455 §5.4 fragments out of place', () => {
  const cases: [name: string, frames: string[], outcome: Outcome][] = [
    ['a continuation first', ['80 01 61'], { fails: 'ERR_WS_UNEXPECTED_CONTINUATION' }],
    ['a continuation without FIN first', ['00 01 61'], { fails: 'ERR_WS_UNEXPECTED_CONTINUATION' }],
    ['an empty continuation first', ['80 00'], { fails: 'ERR_WS_UNEXPECTED_CONTINUATION' }],
    [
      'a continuation after a whole message',
      ['81 01 61', '80 01 62'],
      { events: ['message "a"'], fails: 'ERR_WS_UNEXPECTED_CONTINUATION' },
    ],
    [
      'a continuation after the last fragment',
      ['01 01 61', '80 01 62', '80 01 63'],
      { events: ['message "ab"'], fails: 'ERR_WS_UNEXPECTED_CONTINUATION' },
    ],
    ['a text inside a text', ['01 01 61', '81 01 62'], { fails: 'ERR_WS_EXPECTED_CONTINUATION' }],
    ['a first fragment inside a text', ['01 01 61', '01 01 62'], { fails: 'ERR_WS_EXPECTED_CONTINUATION' }],
    ['a binary inside a text', ['01 01 61', '00 01 62', '82 01 62'], { fails: 'ERR_WS_EXPECTED_CONTINUATION' }],
    ['a text inside a binary, after an empty fragment', ['02 00', '81 00'], { fails: 'ERR_WS_EXPECTED_CONTINUATION' }],
    [
      'a text inside a text, after a ping',
      ['01 01 61', '89 00', '81 01 62'],
      { events: ['ping'], written: ['8a 00'], fails: 'ERR_WS_EXPECTED_CONTINUATION' },
    ],
  ];
  for (const [name, frames, outcome] of cases) test(name, () => receives(frames, outcome));

  test('refused when the header is there, not when the payload is', () => {
    receives(['80 7f 00 00 00 00 00 01 00 00'], { fails: 'ERR_WS_UNEXPECTED_CONTINUATION' });
    receives(['01 01 61', '81 7e 01 00'], { fails: 'ERR_WS_EXPECTED_CONTINUATION' });
  });
});

describe('RFC 6455 §10.4 bounds on a message', () => {
  const size = { limits: { maxMessageSize: 5 } };
  test('a message of just maxMessageSize is taken', () => {
    receives(['81 05 48 65 6c 6c 6f'], { events: ['message "Hello"'] }, size);
    receives(['01 02 48 65', '00 02 6c 6c', '80 01 6f'], { events: ['message "Hello"'] }, size);
    receives(['01 05 48 65 6c 6c 6f', '00 00', '80 00'], { events: ['message "Hello"'] }, size);
  });
  test('one byte more is refused at the header: 1009', () => {
    receives(['81 06'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, size);
    receives(['82 7e 00 7e'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, size);
    receives(['01 03 48 65 6c', '80 03'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, size);
    receives(['01 03 48 65 6c', '00 02 6c 6f', '80 01'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, size);
  });
  test('the sum is of one message: the next starts anew', () => {
    const events = ['message "Hello"', 'message "World"'];
    receives(['01 03 48 65 6c', '80 02 6c 6f', '81 05 57 6f 72 6c 64'], { events }, size);
  });
  test('control frames do not count', () => {
    receives(
      ['01 03 48 65 6c', '89 06 31 32 33 34 35 36', '80 02 6c 6f'],
      { events: ['ping 31 32 33 34 35 36', 'message "Hello"'], written: ['8a 06 31 32 33 34 35 36'] },
      size,
    );
  });
  test('a limit of 0 takes empty messages', () => {
    receives(['81 00', '82 00'], { events: ['message ""', 'message'] }, { limits: { maxMessageSize: 0 } });
    receives(['81 01'], { fails: 'ERR_WS_MESSAGE_TOO_LARGE' }, { limits: { maxMessageSize: 0 } });
  });

  const count = { limits: { maxFragments: 3 } };
  test('a message of just maxFragments frames is taken, again and again', () => {
    const message = ['01 01 61', '00 00', '80 01 62'];
    receives([...message, ...message, '81 00'], { events: ['message "ab"', 'message "ab"', 'message ""'] }, count);
  });
  test('one frame more is refused at its header: 1008', () => {
    receives(['01 00', '00 00', '00 00', '80 01'], { fails: 'ERR_WS_TOO_MANY_FRAGMENTS' }, count);
  });
  test('control frames between do not count', () => {
    receives(
      ['02 00', '8a 00', '00 00', '8a 00', '8a 00', '80 00'],
      { events: ['pong', 'pong', 'pong', 'message'] },
      count,
    );
  });
});
