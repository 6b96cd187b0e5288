// The rules of tokens (docs/resume.md, "Tokens"), for every store in the same way. A store keeps one of these records with
// each session, changes it only by these functions, and each time at once or not at all.

import { sameHash } from './names.ts';

/** What a store keeps of the tokens of one session. Hashes only. */
export interface TokenRecord {
  current: string;
  /** The one before it, until the client has shown that it has the current one. */
  previous: string | undefined;
  /** The one before that: presented again, it was stolen or the client is confused. */
  retired: string | undefined;
  /** What the client names the session by, until it knows its id. */
  readonly nonce: string;
  /** The client has shown that it knows the id: the nonce gives nothing any more. */
  isKnown: boolean;
  /** The highest number of an attempt that was seen. */
  attempt: number;
}

export function newTokens(current: string, nonce: string, attempt: number): TokenRecord {
  return { current, previous: undefined, retired: undefined, nonce, isKnown: false, attempt };
}

/** Whether this attempt is an old one. Changes nothing: to be asked before the owner is told to let go. */
export function isStale(tokens: TokenRecord, attempt: number): boolean {
  return attempt < tokens.attempt;
}

/**
 * Whether this attempt of the client is not older than one that was seen. An older one was under way for long, on a connection
 * that the client has given up: it would take the session from the connection that the client uses.
 */
export function takeAttempt(tokens: TokenRecord, attempt: number): boolean {
  if (isStale(tokens, attempt)) return false;
  tokens.attempt = attempt;
  return true;
}

/** Which token of a session was presented. `retired`: it was valid once, and is not. */
export function checkToken(tokens: TokenRecord, presented: string): 'valid' | 'retired' | 'wrong' {
  // All are compared, so that the time does not tell which.
  const isCurrent = sameHash(tokens.current, presented);
  const isPrevious = tokens.previous !== undefined && sameHash(tokens.previous, presented);
  const isRetired = tokens.retired !== undefined && sameHash(tokens.retired, presented);
  if (isCurrent || isPrevious) return 'valid';
  return isRetired ? 'retired' : 'wrong';
}

/** A valid token was presented, and `next` goes to the client. The answer may be lost: the presented one stays valid. */
export function rotateToken(tokens: TokenRecord, presented: string, next: string): void {
  if (tokens.previous !== undefined && !sameHash(tokens.previous, presented)) tokens.retired = tokens.previous;
  tokens.previous = presented;
  tokens.current = next;
}

/**
 * As {@link takeAttempt} and {@link rotateToken}, for a client that knows the session only by its nonce.
 *
 * @returns whether it may have the session. Not where the id is known: then this attempt is an old one.
 */
export function renewToken(tokens: TokenRecord, attempt: number, next: string): boolean {
  if (tokens.isKnown || !takeAttempt(tokens, attempt)) return false;
  tokens.current = next;
  return true;
}

/** The first acknowledgement on a connection shows that the client has the current token. */
export function confirmToken(tokens: TokenRecord): void {
  if (tokens.previous !== undefined) tokens.retired = tokens.previous;
  tokens.previous = undefined;
  tokens.isKnown = true;
}
