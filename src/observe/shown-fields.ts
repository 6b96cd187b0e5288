// Header fields as logs and inspectors show them: without the values that are secrets.

import { hideCredentialsIn } from '../core/credentials.ts';

/** Shown instead of a secret. */
const MASK = '***';
const SECRET_FIELDS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'set-cookie']);
const SUBPROTOCOLS = 'sec-websocket-protocol';

/**
 * Words that announce a secret. Browsers cannot set header fields for a WebSocket, so pages offer their token as a subprotocol:
 * `bearer, <token>`, or `base64url.bearer.authorization.k8s.io.<token>`.
 */
const ANNOUNCES =
  /^(?:.*[.:|=_-])?(?:access[._-]?token|api[._-]?key|auth|authorization|bearer|id[._-]?token|jwt|password|secret|session|ticket|token)(?<rest>[.:|=_-].*)?$/iu;
/** As long as a token is. Shorter names are read by people. */
const LONG = /[A-Za-z0-9_+/=~-]{20,}/gu;

/** @param fields  name, value, name, value … @returns the same with `***` for secrets, and for credentials in URLs */
export function withoutSecrets(fields: readonly string[]): string[] {
  return fields.map((text, index) => {
    if (index % 2 === 0) return text;
    const name = (fields[index - 1] as string).toLowerCase();
    if (SECRET_FIELDS.has(name)) return MASK;
    return name === SUBPROTOCOLS ? withoutTokens(text) : hideCredentialsIn(text);
  });
}

/** @param names  subprotocols, with commas between them @returns the same with `***` for what looks like a token */
export function withoutTokens(names: string): string {
  let isAnnounced = false;
  return names
    .split(',')
    .map((part) => {
      const name = part.trim();
      const space = part.slice(0, part.length - part.trimStart().length);
      if (name === '') return part;
      const announced = ANNOUNCES.exec(name);
      const rest = announced?.groups?.rest;
      if (announced !== null) {
        isAnnounced = rest === undefined;
        return space + (rest === undefined ? name : name.slice(0, name.length - rest.length + 1) + MASK);
      }
      const shown = isAnnounced ? MASK : name.replaceAll(LONG, (text) => (looksRandom(text) ? MASK : text));
      isAnnounced = false;
      return space + shown;
    })
    .join(',');
}

/** Whether it has what random letters and digits have, and names do not. */
function looksRandom(text: string): boolean {
  const digits = text.replaceAll(/\D/gu, '').length;
  return digits >= 4 || (digits > 0 && /[a-z]/u.test(text) && /[A-Z]/u.test(text));
}
