// What a request says to a server that asks who the application is: by the Basic scheme (RFC 7617) or the Digest scheme
// (RFC 7616).

import { Buffer } from 'node:buffer';
import { crypto } from './builtins.ts';
import type { Authentication } from './request-plan.ts';

/** Returns the value of `Authorization` by the Basic scheme. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/**
 * Returns the value of `Authorization` that answers a 401.
 *
 * @param fields  the values of `WWW-Authenticate`
 * @returns `undefined` if the server asks for something else than is allowed
 */
export function answerChallenge(
  fields: readonly string[],
  { username, password, scheme }: Authentication,
  method: string,
  target: string,
): string | undefined {
  const challenges = fields.flatMap(splitChallenges);
  if (scheme !== 'basic') {
    // RFC 7616 §3.7: the first one that is understood.
    for (const { name, parameters } of challenges) {
      const answer = name === 'digest' ? digest(parameters, username, password, method, target) : undefined;
      if (answer !== undefined) return answer;
    }
  }
  if (scheme !== 'digest' && challenges.some(({ name }) => name === 'basic')) return basic(username, password);
  return undefined;
}

interface Challenge {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** RFC 7235 §4.1: several challenges may share a field, separated by the same comma as their parameters. */
function splitChallenges(field: string): Challenge[] {
  const challenges: { name: string; parameters: Record<string, string> }[] = [];
  const item = /\s*,?\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))|([\w!#$%&'*+.^`|~-]+))/uy;
  for (let match = item.exec(field); match !== null; match = item.exec(field)) {
    const [, key, quoted, plain, name] = match;
    if (name !== undefined) challenges.push({ name: name.toLowerCase(), parameters: {} });
    else if (key !== undefined) {
      const last = challenges[challenges.length - 1];
      if (last !== undefined) last.parameters[key.toLowerCase()] = quoted?.replace(/\\(.)/gu, '$1') ?? plain ?? '';
    }
  }
  return challenges;
}

/** Node's names of the digests. */
const digests: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** RFC 7616 §3.4. @returns `undefined` for a digest or a protection that is not known */
function digest(
  { realm = '', nonce = '', qop, opaque, algorithm = 'MD5' }: Readonly<Record<string, string>>,
  username: string,
  password: string,
  method: string,
  target: string,
): string | undefined {
  const isSession = /-sess$/iu.test(algorithm);
  const hashName = digests[algorithm.replace(/-sess$/iu, '').toUpperCase()];
  const protections = qop?.split(',').map((one) => one.trim().toLowerCase());
  if (hashName === undefined || (protections !== undefined && !protections.includes('auth'))) return undefined;
  const hash = (text: string): string => crypto.createHash(hashName).update(text).digest('hex');
  const cnonce = crypto.randomBytes(16).toString('hex');
  const count = '00000001';
  const user = hash(`${username}:${realm}:${password}`);
  const a1 = isSession ? hash(`${user}:${nonce}:${cnonce}`) : user;
  const a2 = hash(`${method}:${target}`);
  const response =
    protections === undefined ? hash(`${a1}:${nonce}:${a2}`) : hash(`${a1}:${nonce}:${count}:${cnonce}:auth:${a2}`);
  const parts = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(target)}`,
    `algorithm=${algorithm}`,
    `response="${response}"`,
    ...(protections === undefined ? [] : [`qop=auth`, `nc=${count}`, `cnonce="${cnonce}"`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/gu, '\\$&')}"`;
}
