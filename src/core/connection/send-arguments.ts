// What `send` and `sendFragment` are given beside their data. Most calls give nothing or a plain object with known names,
// which is told at once and without a copy.

import { webSocketError } from '../errors.ts';
import type { FragmentOptions, SendOptions } from '../message/send-options.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import { readOptions } from '../option-check.ts';
import { fragmentSchema, sendSchema } from './option-rows.ts';

/** @throws WebSocketError ERR_WS_OPTION */
export function checkSent(call: string, position: string, sent: unknown): asserts sent is SentCallback | undefined {
  if (sent === undefined || typeof sent === 'function') return;
  const expected = 'a function that is called when the message was sent or dropped, or undefined';
  throw webSocketError('ERR_WS_OPTION', `${position} argument of ${call}`, sent, expected);
}

/** @throws WebSocketError ERR_WS_OPTION */
export function readSendOptions(options: unknown): SendOptions {
  if (typeof options !== 'object' || options === null) {
    const expected = `${sendSchema.example}, or a function that is called when the message was sent or dropped, or undefined`;
    throw webSocketError('ERR_WS_OPTION', 'second argument of send', options, expected);
  }
  for (const name in options) {
    if ((name !== 'binary' && name !== 'compress') || !isFlag(options, name)) return readOptions(sendSchema, options);
  }
  return options;
}

/** @throws WebSocketError ERR_WS_OPTION */
export function readFragmentOptions(options: unknown): FragmentOptions {
  if (typeof options !== 'object' || options === null || typeof (options as { fin?: unknown }).fin !== 'boolean') {
    const expected = '{ fin: true } or { fin: false }';
    throw webSocketError('ERR_WS_OPTION', 'second argument of sendFragment', options, expected);
  }
  for (const name in options) {
    const isKnown = name === 'fin' || name === 'binary' || name === 'compress';
    if (!isKnown || !isFlag(options, name)) return readOptions(fragmentSchema, options);
  }
  return options as FragmentOptions;
}

function isFlag(options: object, name: string): boolean {
  const value = (options as Record<string, unknown>)[name];
  return value === undefined || typeof value === 'boolean';
}
