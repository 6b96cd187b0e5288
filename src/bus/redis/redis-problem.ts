// What went wrong, from the errors of two libraries and of the server: their text without secrets, and whether it is final.
//
// An error of a library is never passed on as `cause`: ioredis notes on it the command that failed, which may be AUTH with
// the password.

import { webSocketError } from '../../core/errors.ts';

/** Answers after which there is no sense in trying again: they are about what this program was given. */
const FINAL = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR Client sent AUTH|ERR AUTH )/;
const DENIED = /^NOPERM/;
const UNKNOWN_COMMAND = /^ERR unknown command/;

/** The text of any thrown value: one line, at most 300 characters. */
export function textOf(error: unknown): string {
  if (error === undefined) return 'the connection was closed';
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code, errors } = error as { message?: unknown; code?: unknown; errors?: unknown };
  if (typeof message === 'string' && message !== '') return message.split('\n', 1)[0]?.slice(0, 300) as string;
  // Node tried several addresses: the texts are inside.
  if (Array.isArray(errors) && errors.length > 0) return textOf(errors[0]);
  return typeof code === 'string' ? code : 'unknown error';
}

/** Whether the server lacks a right of the account. */
export function isDenied(error: unknown): boolean {
  return DENIED.test(textOf(error));
}

/** Another server of the cluster has the slot. */
export function isMoved(error: unknown): boolean {
  return textOf(error).startsWith('MOVED ');
}

/** It has just started, and reads its data. */
export function isLoading(error: unknown): boolean {
  return textOf(error).startsWith('LOADING');
}

/** The server will never take a driver that is set up like this. @returns what to do; `undefined`: it may */
export function remedyOf(error: unknown, isSharded: boolean): string | undefined {
  const text = textOf(error);
  if (isSharded && UNKNOWN_COMMAND.test(text)) {
    return 'sharded channels need Redis 7 or Valkey: leave out sharded';
  }
  if (DENIED.test(text)) return 'give the account the permissions that docs/redis.md lists';
  return FINAL.test(text) ? 'check the user name and the password' : undefined;
}

export function lostError(address: string, error: unknown): Error {
  return webSocketError('ERR_WS_REDIS_LOST', address, textOf(error));
}

export function refusedError(address: string, error: unknown, remedy: string): Error {
  return webSocketError('ERR_WS_REDIS_REFUSED', address, textOf(error), remedy);
}

/** @param channels  those that the account may not subscribe to */
export function deniedError(address: string, channels: readonly string[], error: unknown): Error {
  return webSocketError('ERR_WS_REDIS_DENIED', address, channels[0] as string, textOf(error));
}
