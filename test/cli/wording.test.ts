// Errors of the engine in words of the command line: flags instead of options, and no advice for programs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectHelp } from '../../cli/commands/connect.ts';
import { serveHelp } from '../../cli/commands/serve.ts';
import { connectFlags, inFlags, serveFlags } from '../../cli/wording.ts';
import { errorTable } from '../../src/core/error-table.ts';
import { describeTlsError } from '../../src/node/tls.ts';

/** What `connect` and `serve` never do: programming mistakes, topics, fragments, streams. */
const ofPrograms =
  /^ERR_WS_(DATA|FRAGMENT|STREAM|SEND_STREAM|ITERATING|TOPIC|TOO_MANY_TOPICS|OPTION|TERMINATED|UPGRADE_REFUSED|ABORTED|QUEUES_FULL|NO_CLUSTER|CLUSTER_ENDED)/;

/** Names as programs write them: `maxMessageSize`, `tls.ca`, `drained()`. Headers and the like are not. */
const programNames = /\b(?!permessage|libuv)[a-z]+[A-Z]\w*\b|\b(tls|proxy|heartbeat|limits|compression)\.\w+|\w\(\)/;

/** Values for the texts of the table, whose types differ: the first that a text can be made of are taken. */
const values: readonly (readonly unknown[])[] = [
  [302, 302, 302, 302, 302],
  [302, 'x', 'x', 'x', 'x'],
  ['x', 'x', 302, 302, 302],
  ['x', 'x', 'x', 'x', 'x'],
  ['x', ['x'], 'x', 'x', 'x'],
];

function textsOfEngine(): [code: string, text: string][] {
  return Object.entries(errorTable).flatMap(([code, row]) => {
    const make = row.text as (...values: readonly unknown[]) => string;
    for (const some of values) {
      try {
        return [[code, make(...some)] as [string, string]];
      } catch {}
    }
    throw new Error(`no values for ${code}: add some above`);
  });
}

describe('errors of the engine in words of the command', () => {
  for (const [command, flags, help] of [
    ['connect', connectFlags, connectHelp],
    ['serve', serveFlags, serveHelp],
  ] as const) {
    test(`${command}: no text names an option of the engine or a call`, () => {
      for (const [code, text] of textsOfEngine()) {
        if (ofPrograms.test(code)) continue;
        const spoken = inFlags(text, flags);
        assert.doesNotMatch(
          spoken.replace(/"[^"]*"/g, '').replace(/--[a-z-]+/g, ''),
          programNames,
          `${code}: ${spoken}`,
        );
        assert.notEqual(spoken, '');
      }
    });

    test(`${command}: every flag that a text may name is in its help`, () => {
      for (const flag of flags.values()) assert.match(help, new RegExp(`\\n {2}${flag}\\b`), flag);
    });
  }

  test('TLS', () => {
    const problems = [
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ...['CERT_UNTRUSTED', 'CERT_HAS_EXPIRED', 'INVALID_PURPOSE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ].map((code) => describeTlsError(Object.assign(new Error('x'), { code }), 'host'));
    const handshakes = ['protocol version', 'version too low', 'certificate required', 'http request'].map((reason) =>
      describeTlsError(Object.assign(new Error('x'), { code: 'ERR_SSL_X', reason }), 'host'),
    );
    for (const problem of [...problems, ...handshakes]) {
      const spoken = inFlags(errorTable.ERR_WS_TLS.text('host', problem!), connectFlags);
      assert.doesNotMatch(spoken, programNames, spoken);
    }
  });

  const table: [text: string, spoken: string][] = [
    [
      errorTable.ERR_WS_HANDSHAKE_TIMEOUT.text(200),
      'opening handshake took longer than --timeout (200 ms); check the other end, or raise --timeout',
    ],
    [
      errorTable.ERR_WS_MESSAGE_TOO_LARGE.text(7, 5),
      'message of 7 bytes or more exceeds --max-message-size (5 bytes); raise it, or split the data',
    ],
    [
      errorTable.ERR_WS_HEARTBEAT.text(5),
      'no pong came within --heartbeat-timeout (5 ms) of a ping; the peer is gone or does not respond: connect again to continue',
    ],
    [
      errorTable.ERR_WS_SLOW_CONSUMER.text(9, 5),
      '9 bytes wait for a slow peer, above --max-queued-bytes (5); raise it',
    ],
    ['x; lower tls.minVersion, or update the older side', 'x; update the older side'],
    ['x; pass its issuer as tls.ca if you trust it', 'x; pass its issuer as --ca if you trust it'],
    ['x; set tls.cert and tls.key', 'x; set --cert and --key'],
    ['x; set limits.maxMessageSize', 'x; set --max-message-size'],
    [
      'x; check that it runs, or exclude the host (proxy.exclude, in the environment NO_PROXY)',
      'x; check that it runs, or exclude the host (in the environment NO_PROXY)',
    ],
    ['x; do this (proxy.exclude), or wait for drained()', 'x; do this'],
    // What comes from elsewhere stays.
    [
      'did not follow the redirect to "/maxRedirects; tls.ca"',
      'did not follow the redirect to "/maxRedirects; tls.ca"',
    ],
    [
      `${errorTable.ERR_WS_REFUSED.text(503, 'No')}. The server says: maxConnections (5) are open; raise limits.maxConnections`,
      `${errorTable.ERR_WS_REFUSED.text(503, 'No')}. The server says: maxConnections (5) are open; raise limits.maxConnections`,
    ],
    [
      'cannot connect to proxy h:1 set by the environment variable HTTP_PROXY (x); check that the proxy runs, or name hosts to reach without it in NO_PROXY',
      'cannot connect to proxy h:1 set by the environment variable HTTP_PROXY (x); check that the proxy runs, or name hosts to reach without it in NO_PROXY',
    ],
    ['maxConnections (5) are open; raise limits.maxConnections', 'max connections (5) are open'],
    [
      'more than maxMessagesPerSecond (5); raise it, or send fewer',
      'more than max messages per second (5); send fewer',
    ],
  ];
  for (const [text, spoken] of table) test(text, () => assert.equal(inFlags(text, connectFlags), spoken));
});
