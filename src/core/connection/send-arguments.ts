// What `send` and `sendFragment` are given beside their data. Most calls give nothing or a plain object with known names,
// which is told at once and without a copy.

import { webSocketError } from '../errors.ts';
import type { FragmentOptions, SendOptions } from '../message/send-options.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import { type AnySchema, readOptions, type Schema } from '../option-check.ts';
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
  return isPlain<SendOptions>(options, sendSchema) ? options : readOptions(sendSchema, options);
}

/** @throws WebSocketError ERR_WS_OPTION */
export function readFragmentOptions(options: unknown): FragmentOptions {
  if (typeof options !== 'object' || options === null || typeof (options as { fin?: unknown }).fin !== 'boolean') {
    const expected = '{ fin: true } or { fin: false }';
    throw webSocketError('ERR_WS_OPTION', 'second argument of sendFragment', options, expected);
  }
  return isPlain<FragmentOptions>(options, fragmentSchema) ? options : readOptions(fragmentSchema, options);
}

/** Whether all names are known and own, with values of the right type. */
function isPlain<Options>(options: object, schema: Schema<Options>): options is Options & object {
  const { rows } = schema as unknown as AnySchema;
  for (const name in options) {
    if (!Object.hasOwn(rows, name) || !Object.hasOwn(options, name)) return false;
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined && typeof value !== 'boolean') return false;
  }
  return true;
}
