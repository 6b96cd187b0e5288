// Compressed messages with peers that nobody here wrote (RFC 7692): every parameter each way, in both roles.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CompressionSettings } from '../../src/engine/index.ts';
import { peer } from '../support/peers.ts';
import { type OpenPair, pattern, same } from './cases.ts';
import { ourClientWith, ourServerWith } from './pairs.ts';
import type { Message } from './peers/peer.ts';
import { PythonPeer } from './peers/python.ts';
import { connectUndici } from './peers/undici.ts';
import { connectWs, listenWs } from './peers/ws.ts';

const messages: readonly Message[] = [
  'Grüße, 世界 👋',
  '',
  new Uint8Array(0),
  'a'.repeat(1024),
  JSON.stringify(Array.from({ length: 300 }, (_, id) => ({ id, name: `device ${id}`, on: id % 3 === 0 }))),
  pattern(5000),
  'Grüße 👋\n'.repeat(70_000),
  pattern(1_000_000),
  'a'.repeat(1024),
];

/** @param extensions  what is agreed on */
function compressionCases(open: OpenPair, extensions: RegExp, fragments = true): void {
  test('text and binary, small and large, both ways and in order', async (t) => {
    const { ours, peer } = await open(t);
    assert.match(ours.connection.extensions, extensions);
    for (const message of messages) {
      ours.connection.send(message);
      peer.send(message);
    }
    for (const message of messages) {
      same(await peer.next(), message);
      same(await ours.messages.next(), message);
    }
  });

  test('many small messages in order, both ways at once', async (t) => {
    const { ours, peer } = await open(t);
    for (let index = 0; index < 300; index++) {
      ours.connection.send(`ours ${index}`.padEnd(index * 5, '.'));
      peer.send(`peer ${index}`.padEnd(index * 5, '.'));
    }
    for (let index = 0; index < 300; index++) {
      same(await peer.next(), `ours ${index}`.padEnd(index * 5, '.'));
      same(await ours.messages.next(), `peer ${index}`.padEnd(index * 5, '.'));
    }
  });

  test('fragments', { skip: fragments ? false : 'the API of browsers sends whole messages only' }, async (t) => {
    const { ours, peer } = await open(t);
    const pieces = ['Grü'.repeat(500), '', 'ße 👋'.repeat(500)];
    peer.sendFragments?.(pieces);
    same(await ours.messages.next(), pieces.join(''));
    for (const [index, piece] of pieces.entries()) ours.connection.sendFragment(piece, { fin: index === 2 });
    same(await peer.next(), pieces.join(''));
    ours.connection.send(pieces.join(''));
    same(await peer.next(), pieces.join(''));
  });
}

const always = { threshold: 0 };
const bits = (server: number, client: number) => ({ serverMaxWindowBits: server, clientMaxWindowBits: client });
const noTakeover = { serverNoContextTakeover: true, clientNoContextTakeover: true };

/** What we ask for, and what must come of it. */
const variants: [settings: CompressionSettings, extensions: RegExp][] = [
  [{ ...always }, /^permessage-deflate/],
  [{ ...always, serverNoContextTakeover: true }, /server_no_context_takeover/],
  [{ ...always, ...noTakeover }, /server_no_context_takeover; client_no_context_takeover/],
  [{ ...always, ...bits(9, 10) }, /server_max_window_bits=9; client_max_window_bits=10/],
  [{ ...always, ...bits(15, 9), ...noTakeover, level: 1 }, /client_max_window_bits=9/],
];

for (const [settings, extensions] of variants) {
  const asked = JSON.stringify(settings);
  describe(`our client and the server of ws: ${asked}`, () => {
    const theirs = { threshold: 0, ...(settings.clientNoContextTakeover ? { clientNoContextTakeover: true } : {}) };
    compressionCases(
      ourClientWith((tls) => listenWs(tls, theirs), settings),
      settings.clientMaxWindowBits === undefined ? extensions : /^permessage-deflate.*_max_window_bits/,
    );
  });
  describe(`our server and the client of ws: ${asked}`, () => {
    compressionCases(
      ourServerWith((it) => connectWs(it, { threshold: 0 }), settings),
      extensions,
    );
  });
  describe(`our server and the client of undici: ${asked}`, () => {
    compressionCases(ourServerWith(connectUndici, settings), extensions, false);
  });
}

for (let size = 8; size <= 15; size++) {
  describe(`our server and the client of ws: windows of 2^${size}`, () => {
    const settings = { ...always, ...bits(size, size) };
    compressionCases(
      ourServerWith((it) => connectWs(it, { threshold: 0 }), settings),
      size === 15
        ? /^permessage-deflate$/
        : new RegExp(`server_max_window_bits=${size}; client_max_window_bits=${size}$`),
    );
  });
}

const { path, skip } = peer('python-websockets');

describe('Python websockets', { skip }, () => {
  let python: PythonPeer;
  before(() => {
    python = new PythonPeer(path);
  });
  after(() => python.stop());

  describe('its server and our client', () => {
    compressionCases(
      ourClientWith((tls) => new PythonPeer(path).listen(tls), always),
      /^permessage-deflate/,
    );
  });
  for (const [settings, extensions] of variants) {
    describe(`its client and our server: ${JSON.stringify(settings)}`, () => {
      compressionCases(
        ourServerWith((it) => python.connect(it), settings),
        extensions,
      );
    });
  }
});
