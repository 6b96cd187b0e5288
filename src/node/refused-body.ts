// The body of a response that refuses a handshake: why the server refuses it. The body is read within bounds of size and
// time. Its Content-Type decides whether it becomes a string or bytes.

import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { TextDecoder } from 'node:util';
import { nodeHost } from './environment.ts';

export interface RefusedBody {
  /** A string where it is text. */
  readonly body: string | Buffer;
  /** Nothing of it is missing. */
  readonly isComplete: boolean;
}

/** Bytes that are kept. */
const MAX_SIZE = 64 * 1024;
/** Milliseconds for the whole body, and without a byte of it. The error of a refused client waits no longer. */
const MAX_TIME = 2_000;
const MAX_SILENCE = 500;

/**
 * Reads a body as far as the bounds allow. It never fails: it resolves with the bytes received until then.
 *
 * @param message  cannot be used afterwards
 * @param signal   ends it at once
 */
export function readRefusedBody(message: IncomingMessage, signal: AbortSignal): Promise<RefusedBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isFinished = false;
    const finish = (isComplete: boolean): void => {
      if (isFinished) return;
      isFinished = true;
      deadline.clear();
      silence.clear();
      signal.removeEventListener('abort', cut);
      message.off('data', take);
      message.off('end', end);
      const bytes = Buffer.concat(chunks).subarray(0, MAX_SIZE);
      resolve({ body: asText(bytes, message.headers['content-type']) ?? bytes, isComplete });
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_SIZE) finish(false);
      else silence.set(MAX_SILENCE);
    };
    const end = (): void => finish(message.complete);
    const cut = (): void => finish(false);
    const deadline = nodeHost.clock.timer({ expired: cut });
    const silence = nodeHost.clock.timer({ expired: cut });
    deadline.set(MAX_TIME);
    silence.set(MAX_SILENCE);
    signal.addEventListener('abort', cut);
    message.on('data', take);
    message.on('end', end);
    message.on('error', cut);
    message.on('close', cut);
    if (signal.aborted) cut();
  });
}

const TEXT =
  /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript|problem)\b|application\/x-www-form-urlencoded)/i;

/** @returns `undefined` for what is called something else, and for what its encoding does not allow */
function asText(bytes: Buffer, type: string | undefined): string | undefined {
  if (bytes.length === 0) return '';
  if (type !== undefined && !TEXT.test(type)) return undefined;
  const charset = /;\s*charset="?([^\s";]+)/i.exec(type ?? '')?.[1] ?? 'utf-8';
  try {
    // As a stream: a character that was cut at the bound is left out.
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true });
    return type === undefined && text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Characters of a body that is short enough for an error text, and of the line that is shown. */
const SHORT_BODY = 4_096;
const MAX_LINE = 600;

/**
 * Returns what a server says in a body, in one line: the first line of a short text, or the title of a page.
 *
 * @returns `''` where the body has neither
 */
export function explanationIn({ body }: RefusedBody, type: string | undefined): string {
  if (typeof body !== 'string' || body.length > SHORT_BODY) return '';
  const isPage = /^(?:text\/html|application\/xhtml)/i.test(type ?? '') || /^\s*<(?:!doctype|html)\b/i.test(body);
  const text = isPage ? (/<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1] ?? '') : body;
  const line =
    text
      .trimStart()
      .split(/[\r\n]/, 1)[0]
      ?.trimEnd() ?? '';
  // No characters that a terminal might obey, or that turn the direction of what follows.
  const plain = line.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, '?');
  return plain.length > MAX_LINE ? `${plain.slice(0, MAX_LINE - 1)}…` : plain;
}
