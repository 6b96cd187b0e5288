// RFC 7692 §7.1: every parameter of permessage-deflate, legal and illegal, as a server reads offers and a client
// responses; and what each end goes by after it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocketError, webSocketError } from '../../src/core/errors.ts';
import type {
  CompressionOptions,
  CompressionSettings,
  DeflateAgreement,
} from '../../src/core/extension/compression-settings.ts';
import { formatExtensions, parseExtensions } from '../../src/core/extension/negotiation.ts';
import { acceptDeflate, confirmDeflate, deflateOffer } from '../../src/core/extension/permessage-deflate.ts';
import { compressionOptions } from '../support/compression-options.ts';

function parse(field: string) {
  return parseExtensions(field, (problem) => webSocketError('ERR_WS_RESPONSE_EXTENSIONS', field, problem));
}

function options(settings: CompressionSettings | true = true): CompressionOptions {
  return compressionOptions(settings) as CompressionOptions;
}

/** `s15 c15` for windows; `-` behind one whose context is not taken over. */
function show(agreement: DeflateAgreement): string {
  const server = `s${agreement.serverMaxWindowBits}${agreement.serverNoContextTakeover ? '-' : ''}`;
  return `${server} c${agreement.clientMaxWindowBits}${agreement.clientNoContextTakeover ? '-' : ''}`;
}

function answer(field: string, settings: CompressionSettings | true = true, canKeepContext = true): string {
  const accepted = acceptDeflate(parse(field), options(settings), canKeepContext);
  return accepted === undefined
    ? 'declined'
    : `${formatExtensions([accepted.extension]).replace('permessage-deflate', 'pmd')} → ${show(accepted.agreement)}`;
}

describe('RFC 7692 §7.1 a server and one offer', () => {
  const accepted: [parameters: string, answer: string][] = [
    ['', 'pmd → s15 c15'],
    ['; server_no_context_takeover', 'pmd; server_no_context_takeover → s15- c15'],
    ['; client_no_context_takeover', 'pmd; client_no_context_takeover → s15 c15-'],
    [
      '; client_no_context_takeover; server_no_context_takeover',
      'pmd; server_no_context_takeover; client_no_context_takeover → s15- c15-',
    ],
    ['; client_max_window_bits', 'pmd → s15 c15'],
    ['; client_max_window_bits=15', 'pmd → s15 c15'],
    ['; client_max_window_bits="10"', 'pmd; client_max_window_bits=10 → s15 c10'],
    ['; server_max_window_bits=9; client_max_window_bits', 'pmd; server_max_window_bits=9 → s9 c15'],
  ];
  for (let bits = 8; bits <= 15; bits++) {
    accepted.push([`; server_max_window_bits=${bits}`, `pmd; server_max_window_bits=${bits} → s${bits} c15`]);
    if (bits < 15) {
      accepted.push([`; client_max_window_bits=${bits}`, `pmd; client_max_window_bits=${bits} → s15 c${bits}`]);
    }
  }
  for (const [parameters, expected] of accepted) {
    test(`accepts permessage-deflate${parameters}`, () => {
      assert.equal(answer(`permessage-deflate${parameters}`), expected);
    });
  }

  const declined = [
    '; server_no_context_takeover=1',
    '; server_no_context_takeover=true',
    '; client_no_context_takeover=0',
    '; server_max_window_bits',
    ...['7', '16', '0', '08', '8.0', '+9', '1e1', '-8', '015', 'x', '100'].flatMap((value) => [
      `; server_max_window_bits=${value}`,
      `; client_max_window_bits=${value}`,
    ]),
    '; server_no_context_takeover; server_no_context_takeover',
    '; client_no_context_takeover; client_no_context_takeover',
    '; server_max_window_bits=10; server_max_window_bits=10',
    '; client_max_window_bits; client_max_window_bits=10',
    '; unknown',
    '; unknown=1; client_max_window_bits',
    '; Server_No_Context_Takeover',
    '; __proto__',
    '; constructor',
  ];
  for (const parameters of declined) {
    test(`declines permessage-deflate${parameters}`, () => {
      assert.equal(answer(`permessage-deflate${parameters}`), 'declined');
    });
  }

  test('declines other extensions, and names that only look alike', () => {
    for (const name of ['permessage-bzip2', 'x-webkit-deflate-frame', 'Permessage-Deflate', 'permessage-deflate2']) {
      assert.equal(answer(name), 'declined');
    }
  });
});

describe('RFC 7692 §5.1 a server and several offers', () => {
  test('takes the first that it can', () => {
    assert.equal(
      answer('permessage-deflate; server_max_window_bits=10, permessage-deflate'),
      'pmd; server_max_window_bits=10 → s10 c15',
    );
  });

  test('passes over the invalid ones and what it does not know', () => {
    const field =
      'x-other; a=1, permessage-deflate; server_max_window_bits=16, permessage-deflate; new_parameter, ' +
      'permessage-deflate; client_max_window_bits; server_no_context_takeover, permessage-deflate';
    assert.equal(answer(field), 'pmd; server_no_context_takeover → s15- c15');
  });

  test('none of them will do', () => {
    assert.equal(answer('permessage-deflate; a, permessage-deflate; client_max_window_bits=7'), 'declined');
  });
});

describe('RFC 7692 §7.1 a server that insists', () => {
  const cases: [settings: CompressionSettings, offer: string, answer: string][] = [
    [{ serverNoContextTakeover: true }, '', 'pmd; server_no_context_takeover → s15- c15'],
    [{ clientNoContextTakeover: true }, '', 'pmd; client_no_context_takeover → s15 c15-'],
    [{ serverMaxWindowBits: 10 }, '', 'pmd; server_max_window_bits=10 → s10 c15'],
    [{ serverMaxWindowBits: 10 }, '; server_max_window_bits=12', 'pmd; server_max_window_bits=10 → s10 c15'],
    [{ serverMaxWindowBits: 12 }, '; server_max_window_bits=10', 'pmd; server_max_window_bits=10 → s10 c15'],
    [{ clientMaxWindowBits: 10 }, '; client_max_window_bits', 'pmd; client_max_window_bits=10 → s15 c10'],
    [{ clientMaxWindowBits: 10 }, '; client_max_window_bits=12', 'pmd; client_max_window_bits=10 → s15 c10'],
    [{ clientMaxWindowBits: 12 }, '; client_max_window_bits=10', 'pmd; client_max_window_bits=10 → s15 c10'],
    // RFC 7692 §7.1.2.2: it cannot be told, so its window would be 15.
    [{ clientMaxWindowBits: 10 }, '', 'declined'],
    [{ clientMaxWindowBits: 15 }, '', 'pmd → s15 c15'],
  ];
  for (const [settings, offer, expected] of cases) {
    test(`${JSON.stringify(settings)}, offered permessage-deflate${offer}`, () => {
      assert.equal(answer(`permessage-deflate${offer}`, settings), expected);
    });
  }

  test('falls back to the offer that lets it', () => {
    assert.equal(
      answer('permessage-deflate, permessage-deflate; client_max_window_bits', { clientMaxWindowBits: 9 }),
      'pmd; client_max_window_bits=9 → s15 c9',
    );
  });

  test('a host whose zlib keeps no context asks for none, both ways', () => {
    assert.equal(
      answer('permessage-deflate', true, false),
      'pmd; server_no_context_takeover; client_no_context_takeover → s15- c15-',
    );
  });
});

describe('RFC 7692 §7.1 what a client offers', () => {
  const cases: [settings: CompressionSettings | true, canKeepContext: boolean, offer: string][] = [
    [true, true, 'client_max_window_bits'],
    [{ serverNoContextTakeover: true }, true, 'server_no_context_takeover; client_max_window_bits'],
    [{ clientNoContextTakeover: true }, true, 'client_no_context_takeover; client_max_window_bits'],
    [{ serverMaxWindowBits: 8 }, true, 'server_max_window_bits=8; client_max_window_bits'],
    [{ clientMaxWindowBits: 8 }, true, 'client_max_window_bits=8'],
    [true, false, 'server_no_context_takeover; client_no_context_takeover; client_max_window_bits'],
  ];
  for (const [settings, canKeepContext, expected] of cases) {
    test(`${JSON.stringify(settings)}${canKeepContext ? '' : ', without contexts'}`, () => {
      const offer = deflateOffer(options(settings), canKeepContext);
      assert.equal(formatExtensions([offer]), `permessage-deflate; ${expected}`);
    });
  }
});

describe('RFC 7692 §7.1 a client and the response', () => {
  function confirm(field: string, settings: CompressionSettings | true = true, canKeepContext = true): string {
    try {
      const accepted = confirmDeflate(parse(field), options(settings), canKeepContext, (problem) =>
        webSocketError('ERR_WS_RESPONSE_DEFLATE', problem),
      );
      return accepted === undefined ? 'declined' : show(accepted.agreement);
    } catch (error) {
      assert.ok(error instanceof WebSocketError && error.code === 'ERR_WS_RESPONSE_DEFLATE');
      return /valid: (.*) \(RFC 7692 §7.1\)$/.exec(error.message)?.[1] ?? error.message;
    }
  }

  const cases: [settings: CompressionSettings | true, parameters: string, outcome: string][] = [
    [true, '', 's15 c15'],
    [true, '; server_no_context_takeover', 's15- c15'],
    [true, '; client_no_context_takeover', 's15 c15-'],
    [true, '; server_max_window_bits=8', 's8 c15'],
    [true, '; client_max_window_bits=8', 's15 c8'],
    [
      true,
      '; client_max_window_bits=9; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover',
      's10- c9-',
    ],
    [{ serverNoContextTakeover: true }, '; server_no_context_takeover', 's15- c15'],
    [{ clientNoContextTakeover: true }, '', 's15 c15-'],
    [{ serverMaxWindowBits: 10 }, '; server_max_window_bits=9', 's9 c15'],
    [{ clientMaxWindowBits: 10 }, '', 's15 c10'],
    [{ clientMaxWindowBits: 10 }, '; client_max_window_bits=9', 's15 c9'],
    // What the client must fail on
    [true, '; client_max_window_bits', 'client_max_window_bits has no value; expected 8–15'],
    [true, '; server_max_window_bits', 'server_max_window_bits has no value; expected 8–15'],
    [true, '; server_max_window_bits=16', 'server_max_window_bits=16; expected 8–15'],
    [true, '; client_max_window_bits=7', 'client_max_window_bits=7; expected 8–15'],
    [true, '; client_max_window_bits=09', 'client_max_window_bits=09; expected 8–15'],
    [true, '; server_no_context_takeover=1', 'server_no_context_takeover has the value 1; it takes none'],
    [true, '; client_no_context_takeover=1', 'client_no_context_takeover has the value 1; it takes none'],
    [true, '; unknown', 'unknown parameter unknown'],
    [true, '; server_max_window_bits=9; server_max_window_bits=9', 'server_max_window_bits is repeated'],
    [true, '; client_no_context_takeover; client_no_context_takeover', 'client_no_context_takeover is repeated'],
    [true, ', permessage-deflate', 'accepted 2 times; once is possible'],
    [{ serverNoContextTakeover: true }, '', 'server_no_context_takeover was offered and is missing'],
    [{ serverMaxWindowBits: 10 }, '', 'server_max_window_bits=10 was offered and is missing'],
    [{ serverMaxWindowBits: 10 }, '; server_max_window_bits=11', 'server_max_window_bits=11; offered was 10'],
    [{ clientMaxWindowBits: 10 }, '; client_max_window_bits=11', 'client_max_window_bits=11; offered was 10'],
  ];
  for (const [settings, parameters, expected] of cases) {
    test(`${JSON.stringify(settings)}, answered permessage-deflate${parameters}`, () => {
      assert.equal(confirm(`permessage-deflate${parameters}`, settings), expected);
    });
  }

  test('a server that accepts something else, or nothing, has declined', () => {
    assert.equal(confirm('x-other'), 'declined');
  });

  test('a host whose zlib keeps no context takes no other answer', () => {
    assert.equal(confirm('permessage-deflate', true, false), 'server_no_context_takeover was offered and is missing');
    assert.equal(confirm('permessage-deflate; server_no_context_takeover', true, false), 's15- c15-');
  });
});

describe('the compression option', () => {
  test('off unless asked for', () => {
    assert.equal(compressionOptions(undefined), undefined);
    assert.equal(compressionOptions(false), undefined);
  });

  test('defaults', () => {
    const defaults = {
      level: 5,
      memLevel: 8,
      threshold: 1024,
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    assert.deepEqual(compressionOptions(true), defaults);
    assert.deepEqual(compressionOptions({}), defaults);
    assert.deepEqual(compressionOptions({ level: undefined }), defaults);
    assert.deepEqual(compressionOptions({ level: 0, threshold: Infinity }), {
      ...defaults,
      level: 0,
      threshold: Infinity,
    });
  });

  const names =
    'level, memLevel, threshold, serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits';
  const refused: [setting: unknown, text: string][] = [
    ['yes', 'compression is "yes"; expected true, false or an object such as { level: 5, threshold: 1024 }'],
    [null, 'compression is null; expected true, false or an object such as { level: 5, threshold: 1024 }'],
    [{ level: 10 }, 'compression.level is 10; expected an integer 0–9'],
    [{ level: 1.5 }, 'compression.level is 1.5; expected an integer 0–9'],
    [{ memLevel: 0 }, 'compression.memLevel is 0; expected an integer 1–9'],
    [{ threshold: -1 }, 'compression.threshold is -1; expected an integer of at least 0, or Infinity'],
    [{ threshold: '1' }, 'compression.threshold is "1"; expected an integer of at least 0, or Infinity'],
    [{ serverMaxWindowBits: 7 }, 'compression.serverMaxWindowBits is 7; expected an integer 8–15'],
    [{ clientMaxWindowBits: 16 }, 'compression.clientMaxWindowBits is 16; expected an integer 8–15'],
    [{ serverNoContextTakeover: 1 }, 'compression.serverNoContextTakeover is 1; expected true or false'],
    [{ clientNoContextTakeover: 'on' }, 'compression.clientNoContextTakeover is "on"; expected true or false'],
    [{ treshold: 5 }, 'compression.treshold (5) is not an option: did you mean compression.threshold?'],
    [{ colour: 5 }, `compression.colour (5) is not an option: the options are ${names}`],
  ];
  for (const [setting, text] of refused) {
    test(`${JSON.stringify(setting)} is refused`, () => {
      assert.throws(
        () => compressionOptions(setting as CompressionSettings),
        (error) => error instanceof WebSocketError && error.code === 'ERR_WS_OPTION' && error.message === text,
      );
    });
  }
});
