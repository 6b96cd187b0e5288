// Offers, answers and agreements of permessage-deflate (RFC 7692 §7.1), and the settings of a user.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocketError } from '../../../src/core/errors.ts';
import { compressionCheck } from '../../../src/core/extension/compression-rows.ts';
import {
  type CompressionOptions,
  type CompressionSettings,
  completeCompression,
  type DeflateAgreement,
} from '../../../src/core/extension/compression-settings.ts';
import { formatExtensions, parseExtensions } from '../../../src/core/extension/negotiation.ts';
import { acceptDeflate, confirmDeflate, deflateOffer } from '../../../src/core/extension/permessage-deflate.ts';

function options(settings: CompressionSettings | true = true): CompressionOptions {
  return completeCompression(settings) as CompressionOptions;
}

function parse(field: string) {
  return parseExtensions(field, (problem) => webSocketError('ERR_WS_RESPONSE_EXTENSIONS', field, problem));
}

/** `server client`: the window of each end, with `!` behind it where no context is taken over. */
function show(agreement: DeflateAgreement): string {
  const server = `${agreement.serverMaxWindowBits}${agreement.serverNoContextTakeover ? '!' : ''}`;
  return `${server} ${agreement.clientMaxWindowBits}${agreement.clientNoContextTakeover ? '!' : ''}`;
}

describe('settings', () => {
  test('are completed with the defaults', () => {
    assert.equal(completeCompression(undefined), undefined);
    assert.equal(completeCompression(false), undefined);
    assert.deepEqual(options(), {
      level: 5,
      memLevel: 8,
      threshold: 1024,
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    });
    assert.deepEqual(options({ level: 1 }), { ...options(), level: 1 });
  });

  test('are checked', () => {
    assert.equal(compressionCheck.read(true, 'compression', {}), true);
    assert.deepEqual(
      { ...(compressionCheck.read({ threshold: Infinity }, 'compression', {}) as object) },
      { threshold: Infinity },
    );
    for (const wrong of [{ level: 10 }, { memLevel: 0 }, { threshold: -1 }, { serverMaxWindowBits: 7 }, { x: 1 }, 5]) {
      assert.throws(() => compressionCheck.read(wrong, 'compression', {}), { code: 'ERR_WS_OPTION' });
    }
  });
});

describe('a client offers', () => {
  const rows: [settings: CompressionSettings | true, canKeep: boolean, offer: string][] = [
    [true, true, 'client_max_window_bits'],
    [true, false, 'server_no_context_takeover; client_no_context_takeover; client_max_window_bits'],
    [{ serverNoContextTakeover: true }, true, 'server_no_context_takeover; client_max_window_bits'],
    [{ clientNoContextTakeover: true }, true, 'client_no_context_takeover; client_max_window_bits'],
    [{ serverMaxWindowBits: 9, clientMaxWindowBits: 10 }, true, 'server_max_window_bits=9; client_max_window_bits=10'],
  ];
  for (const [settings, canKeep, offer] of rows) {
    test(offer, () => {
      assert.equal(formatExtensions([deflateOffer(options(settings), canKeep)]), `permessage-deflate; ${offer}`);
    });
  }
});

describe('a server answers', () => {
  /** `-`: it declines. `canKeep` is false for a codec without contexts. */
  const rows: [
    offer: string,
    settings: CompressionSettings | true,
    answer: string,
    agreement: string,
    canKeep?: false,
  ][] = [
    ['', true, '', '15 15'],
    ['client_max_window_bits', true, '', '15 15'],
    ['client_max_window_bits=10', true, 'client_max_window_bits=10', '15 10'],
    ['client_max_window_bits', { clientMaxWindowBits: 9 }, 'client_max_window_bits=9', '15 9'],
    // RFC 7692 §7.1.2.2: a client that does not name the parameter cannot be told a window.
    ['', { clientMaxWindowBits: 9 }, '-', ''],
    ['server_max_window_bits=15', true, 'server_max_window_bits=15', '15 15'],
    ['server_max_window_bits=10', { serverMaxWindowBits: 9 }, 'server_max_window_bits=9', '9 15'],
    ['', { serverMaxWindowBits: 9 }, 'server_max_window_bits=9', '9 15'],
    ['server_no_context_takeover', true, 'server_no_context_takeover', '15! 15'],
    ['client_no_context_takeover', true, 'client_no_context_takeover', '15 15!'],
    ['', { serverNoContextTakeover: true }, 'server_no_context_takeover', '15! 15'],
    ['', { clientNoContextTakeover: true }, 'client_no_context_takeover', '15 15!'],
    ['', true, 'server_no_context_takeover; client_no_context_takeover', '15! 15!', false],
    ['server_no_context_takeover=1', true, '-', ''],
    ['server_max_window_bits', true, '-', ''],
    ['server_max_window_bits=16', true, '-', ''],
    ['client_max_window_bits=08', true, '-', ''],
    ['client_max_window_bits; client_max_window_bits', true, '-', ''],
    ['x', true, '-', ''],
  ];
  for (const [offer, settings, answer, agreement, canKeep = true] of rows) {
    test(`"${offer}" with "${answer}"`, () => {
      const offers = parse(`permessage-bzip2, permessage-deflate${offer === '' ? '' : '; '}${offer}`);
      const accepted = acceptDeflate(offers, options(settings), canKeep);
      if (answer === '-') assert.equal(accepted, undefined);
      else {
        assert.ok(accepted !== undefined);
        const expected = answer === '' ? 'permessage-deflate' : `permessage-deflate; ${answer}`;
        assert.equal(formatExtensions([accepted.extension]), expected);
        assert.equal(show(accepted.agreement), agreement);
      }
    });
  }

  test('the first offer that it can meet (RFC 7692 §5.1)', () => {
    const offers = parse('permessage-deflate; x, permessage-deflate; server_max_window_bits=9, permessage-deflate');
    assert.equal(show(acceptDeflate(offers, options(), true)?.agreement as DeflateAgreement), '9 15');
  });
});

describe('a client confirms', () => {
  function confirm(field: string, settings: CompressionSettings | true = true, canKeep = true): string {
    const failure = (problem: string) => webSocketError('ERR_WS_RESPONSE_DEFLATE', problem);
    const confirmed = confirmDeflate(field === '' ? [] : parse(field), options(settings), canKeep, failure);
    return confirmed === undefined ? 'declined' : show(confirmed.agreement);
  }
  const rows: [answer: string, settings: CompressionSettings | true, agreement: string][] = [
    ['', true, 'declined'],
    ['permessage-deflate', true, '15 15'],
    ['permessage-deflate; server_max_window_bits=9; client_max_window_bits=10', true, '9 10'],
    ['permessage-deflate; server_no_context_takeover; client_no_context_takeover', true, '15! 15!'],
    ['permessage-deflate', { clientNoContextTakeover: true }, '15 15!'],
    ['permessage-deflate', { clientMaxWindowBits: 9 }, '15 9'],
    ['permessage-deflate; client_max_window_bits=9', { clientMaxWindowBits: 10 }, '15 9'],
    ['permessage-deflate; server_max_window_bits=9', { serverMaxWindowBits: 10 }, '9 15'],
  ];
  for (const [answer, settings, agreement] of rows) {
    test(`"${answer}" as ${agreement}`, () => assert.equal(confirm(answer, settings), agreement));
  }

  const failures: [answer: string, settings: CompressionSettings | true, problem: string][] = [
    ['permessage-deflate, permessage-deflate', true, 'accepted 2 times'],
    ['permessage-deflate; x', true, 'unknown parameter x'],
    ['permessage-deflate; client_max_window_bits', true, 'client_max_window_bits has no value'],
    ['permessage-deflate', { serverNoContextTakeover: true }, 'server_no_context_takeover'],
    ['permessage-deflate', { serverMaxWindowBits: 9 }, 'server_max_window_bits=9'],
    ['permessage-deflate; server_max_window_bits=10', { serverMaxWindowBits: 9 }, 'server_max_window_bits=10'],
    ['permessage-deflate; client_max_window_bits=10', { clientMaxWindowBits: 9 }, 'client_max_window_bits=10'],
  ];
  for (const [answer, settings, problem] of failures) {
    test(`"${answer}" not where ${JSON.stringify(settings)} was offered`, () => {
      assert.throws(
        () => confirm(answer, settings),
        (error: Error) => error.message.includes(problem),
      );
    });
  }

  test('no answer with a context that its codec cannot keep', () => {
    assert.throws(() => confirm('permessage-deflate', true, false), { code: 'ERR_WS_RESPONSE_DEFLATE' });
    assert.equal(confirm('permessage-deflate; server_no_context_takeover', true, false), '15! 15!');
  });
});
